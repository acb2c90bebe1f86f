#ifndef __XEN_LIB_H__
#define __XEN_LIB_H__

#include <xen/types.h>
#include <xen/errno.h>

#define ARRAY_SIZE(a)       (sizeof(a) / sizeof((a)[0]))
#define BUILD_BUG_ON(c)     ((void)sizeof(struct { int : -!!(c); }))
#define BUG_ON(c)           do { if ( unlikely(c) ) bug(__FILE__, __LINE__); } while ( 0 )
#define BUG()               bug(__FILE__, __LINE__)
#define ASSERT(c)           ((void)sizeof(c))
#define ASSERT_UNREACHABLE() ((void)0)
#define _p(x)               ((void *)(unsigned long)(x))

#define min(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ > b_ ? a_ : b_; })

#define evaluate_nospec(c)  (c)
#define array_index_nospec(i, n) ((i) < (n) ? (i) : 0)

#define XENLOG_ERR      "<0>"
#define XENLOG_WARNING  "<1>"
#define XENLOG_INFO     "<2>"

void printk(const char *fmt, ...) __printf(1, 2);
#define gdprintk(lvl, fmt, args...) printk(lvl fmt, ## args)

void noreturn bug(const char *file, int line);
void noreturn panic(const char *fmt, ...) __printf(1, 2);

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
size_t strlcpy(char *dst, const char *src, size_t size);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

void *_xzalloc(size_t size);
void *xmalloc_bytes(size_t size);
void xfree(void *p);
#define xzalloc(t)          ((t *)_xzalloc(sizeof(t)))
#define xzalloc_array(t, n) ((t *)_xzalloc(sizeof(t) * (n)))
#define XFREE(p)            do { xfree(p); (p) = NULL; } while ( 0 )

#endif
