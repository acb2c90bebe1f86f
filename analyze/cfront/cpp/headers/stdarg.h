/* <stdarg.h> of the freestanding environment (C11 7.16), on GCC's built-ins. */
#ifndef XSMPATCH_STDARG_H
#define XSMPATCH_STDARG_H
typedef __builtin_va_list __gnuc_va_list;
#define __GNUC_VA_LIST
typedef __gnuc_va_list va_list;
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_arg(ap, type) __builtin_va_arg(ap, type)
#define va_end(ap) __builtin_va_end(ap)
#define va_copy(to, from) __builtin_va_copy(to, from)
#define __va_copy(to, from) __builtin_va_copy(to, from)
#endif
