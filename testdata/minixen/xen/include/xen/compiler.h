#ifndef __XEN_COMPILER_H__
#define __XEN_COMPILER_H__

#define always_inline   inline __attribute__((__always_inline__))
#define noinline        __attribute__((__noinline__))
#define noreturn        __attribute__((__noreturn__))
#define __packed        __attribute__((__packed__))
#define __maybe_unused  __attribute__((__unused__))
#define __must_check    __attribute__((__warn_unused_result__))
#define __section(s)    __attribute__((__section__(s)))
#define __used          __attribute__((__used__))
#define __printf(f, v)  __attribute__((__format__(__printf__, f, v)))

#define likely(x)       __builtin_expect(!!(x), 1)
#define unlikely(x)     __builtin_expect(!!(x), 0)
#define barrier()       __asm__ __volatile__ ( "" ::: "memory" )

#define __init          __section(".init.text")
#define __initdata      __section(".init.data")
#define __read_mostly   __section(".data.read_mostly")
#define cf_check

#endif
