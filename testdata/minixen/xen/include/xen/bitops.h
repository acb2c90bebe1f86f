#ifndef __XEN_BITOPS_H__
#define __XEN_BITOPS_H__

#define BITS_PER_LONG 64
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, n) unsigned long name[BITS_TO_LONGS(n)]

static inline int test_bit(unsigned int nr, const volatile unsigned long *map)
{
    return (map[nr / BITS_PER_LONG] >> (nr % BITS_PER_LONG)) & 1;
}

static inline void set_bit(unsigned int nr, volatile unsigned long *map)
{
    map[nr / BITS_PER_LONG] |= 1UL << (nr % BITS_PER_LONG);
}

static inline void clear_bit(unsigned int nr, volatile unsigned long *map)
{
    map[nr / BITS_PER_LONG] &= ~(1UL << (nr % BITS_PER_LONG));
}

static inline int test_and_set_bit(unsigned int nr,
                                   volatile unsigned long *map)
{
    int old = test_bit(nr, map);

    set_bit(nr, map);
    return old;
}

#endif
