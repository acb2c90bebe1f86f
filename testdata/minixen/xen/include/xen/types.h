#ifndef __XEN_TYPES_H__
#define __XEN_TYPES_H__

typedef signed char        int8_t;
typedef unsigned char      uint8_t;
typedef short              int16_t;
typedef unsigned short     uint16_t;
typedef int                int32_t;
typedef unsigned int       uint32_t;
typedef long               int64_t;
typedef unsigned long      uint64_t;
typedef unsigned long      size_t;
typedef long               ssize_t;
typedef unsigned long      paddr_t;

typedef _Bool bool;
#define true  1
#define false 0
#define NULL  ((void *)0)

#define offsetof(t, m)  __builtin_offsetof(t, m)
#define container_of(p, t, m) ({                            \
        typeof(((t *)0)->m) *p_ = (p);                      \
        (t *)((char *)p_ - offsetof(t, m)); })

typedef __builtin_va_list va_list;
#define va_start(v, l)  __builtin_va_start(v, l)
#define va_arg(v, t)    __builtin_va_arg(v, t)
#define va_end(v)       __builtin_va_end(v)

#endif
