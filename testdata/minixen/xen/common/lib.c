/* Printing, panicking and the heap. */
#include <xen/lib.h>
#include <xen/console.h>
#include <xen/spinlock.h>

struct sink {
    char *buf;
    size_t size, used;
};

static void put(struct sink *s, char c)
{
    if ( s->used + 1 < s->size )
        s->buf[s->used] = c;
    s->used++;
}

static void put_number(struct sink *s, unsigned long v, unsigned int base)
{
    char tmp[24];
    int n = 0;

    do {
        tmp[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while ( v );
    while ( n )
        put(s, tmp[--n]);
}

/* Knows %s %d %u %x %c %%, with an optional l. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct sink s = { buf, size, 0 };

    for ( ; *fmt; fmt++ )
    {
        bool wide = false;
        long v;

        if ( *fmt != '%' )
        {
            put(&s, *fmt);
            continue;
        }
        if ( *++fmt == 'l' )
        {
            wide = true;
            fmt++;
        }
        switch ( *fmt )
        {
        case 's':
        {
            const char *str = va_arg(ap, const char *);

            while ( str && *str )
                put(&s, *str++);
            break;
        }
        case 'c':
            put(&s, va_arg(ap, int));
            break;
        case 'd':
            v = wide ? va_arg(ap, long) : va_arg(ap, int);
            if ( v < 0 )
                put(&s, '-');
            put_number(&s, v < 0 ? -(unsigned long)v : v, 10);
            break;
        case 'u':
        case 'x':
            v = wide ? va_arg(ap, unsigned long) : va_arg(ap, unsigned int);
            put_number(&s, v, *fmt == 'x' ? 16 : 10);
            break;
        default:
            put(&s, *fmt);
            break;
        }
    }
    if ( size )
        buf[min(s.used, size - 1)] = '\0';
    return s.used;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n;
}

void printk(const char *fmt, ...)
{
    char line[256];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    console_puts(line, min((size_t)n, sizeof(line) - 1));
}

void noreturn panic(const char *fmt, ...)
{
    char line[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    printk("panic: %s\n", line);
    for ( ; ; )
        barrier();
}

void noreturn bug(const char *file, int line)
{
    panic("bug at %s:%d", file, line);
}

/* A heap that only grows, with one free list per power of two. */
#define HEAP_SIZE   MB(4)
#define NR_CLASSES  20

struct chunk {
    struct chunk *next;
    unsigned long class;
};

static char heap[HEAP_SIZE] __attribute__((__aligned__(16)));
static size_t heap_used;
static struct chunk *free_list[NR_CLASSES];
static DEFINE_SPINLOCK(heap_lock);

static unsigned int size_class(size_t size)
{
    unsigned int c = 4;

    while ( (1UL << c) < size + sizeof(struct chunk) )
        c++;
    return c;
}

void *xmalloc_bytes(size_t size)
{
    unsigned int c = size_class(size);
    struct chunk *ch = NULL;

    if ( c >= NR_CLASSES )
        return NULL;
    spin_lock(&heap_lock);
    if ( free_list[c] )
    {
        ch = free_list[c];
        free_list[c] = ch->next;
    }
    else if ( heap_used + (1UL << c) <= HEAP_SIZE )
    {
        ch = (struct chunk *)(heap + heap_used);
        heap_used += 1UL << c;
    }
    spin_unlock(&heap_lock);
    if ( !ch )
        return NULL;
    ch->class = c;
    return ch + 1;
}

void *_xzalloc(size_t size)
{
    void *p = xmalloc_bytes(size);

    return p ? memset(p, 0, size) : NULL;
}

void xfree(void *p)
{
    struct chunk *ch = (struct chunk *)p - 1;

    if ( !p )
        return;
    spin_lock(&heap_lock);
    ch->next = free_list[ch->class];
    free_list[ch->class] = ch;
    spin_unlock(&heap_lock);
}
