#ifndef __XEN_INIT_H__
#define __XEN_INIT_H__

typedef int (*initcall_t)(void);

#define __initcall(fn) \
    static const initcall_t __used __initcall_##fn __section(".initcalls") = fn

#endif
