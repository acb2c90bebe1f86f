/* <stddef.h> of the freestanding environment (C11 7.19), on the types that the compiler predefines. */
#ifndef XSMPATCH_STDDEF_H
#define XSMPATCH_STDDEF_H
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __SIZE_TYPE__ size_t;
typedef __WCHAR_TYPE__ wchar_t;
#undef NULL
#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
