/*
 * What Xen's security server (xsm/flask/ss) and its cache (avc.c) need of Xen, for
 * a program of its own: types, memory, locks that are nothing in one thread, a
 * silent console. With REAL_LISTS the tree's own xen/list.h gives the lists.
 */
#ifndef SHIM_H
#define SHIM_H

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16, __le16;
typedef uint32_t u32, __le32, __u32;
typedef uint64_t u64, __le64;
typedef int atomic_t;
typedef int spinlock_t;
typedef int rwlock_t;

#ifndef REAL_LISTS
struct list_head { struct list_head *next, *prev; };
#endif
struct domain;
struct vcpu { struct domain *domain; };
extern struct vcpu *current;

/* RCU in one thread: nothing waits. */
struct rcu_head { int unused; };
#define DEFINE_RCU_READ_LOCK(l) int l
#define INIT_RCU_HEAD(h) ((void)(h))
#define rcu_read_lock(l) ((void)(l))
#define rcu_read_unlock(l) ((void)(l))
#define rcu_dereference(p) (p)
#define rcu_assign_pointer(p, v) ((p) = (v))
#define call_rcu(h, f) (f)(h)

#define le16_to_cpu le16toh
#define le32_to_cpu le32toh
#define le64_to_cpu le64toh
#define DEFINE_SPINLOCK(l) spinlock_t l
#define DEFINE_RWLOCK(l) rwlock_t l
#define spin_lock_init(l) ((void)(l))
#define spin_lock(l) ((void)(l))
#define spin_unlock(l) ((void)(l))
#define spin_lock_irqsave(l, flags) ((void)(l), (flags) = 0)
#define spin_unlock_irqrestore(l, flags) ((void)(l), (void)(flags))
#define atomic_set(a, v) (*(a) = (v))
#define atomic_read(a) (*(a))
#define atomic_inc(a) (++*(a))
#define atomic_dec(a) (--*(a))
#define read_lock(l) ((void)(l))
#define read_unlock(l) ((void)(l))
#define write_lock(l) ((void)(l))
#define write_unlock(l) ((void)(l))
#define smp_wmb() __sync_synchronize()
#define DECLARE_PER_CPU(type, name) extern __thread type name
#define DEFINE_PER_CPU(type, name) __thread type name
#define this_cpu(name) name
#define ASSERT(c) ((void)0)
#define likely(c) __builtin_expect(!!(c), 1)
#define unlikely(c) __builtin_expect(!!(c), 0)
#define prefetch(p) __builtin_prefetch(p)
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define cf_check
#define __init
#define __XEN__
#define __read_mostly
#define KERN_ERR
#define KERN_INFO
#define KERN_WARNING
#define printk(...) ((void)0)
#define BUG() abort()
#define BUG_ON(c) do { if (c) abort(); } while (0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BITS_PER_LONG 64
#define xmalloc(type) ((type *)malloc(sizeof(type)))
#define xzalloc(type) ((type *)calloc(1, sizeof(type)))
#define xmalloc_array(type, n) ((type *)calloc((n) ? (n) : 1, sizeof(type)))
#define xzalloc_array(type, n) xmalloc_array(type, n)
#define xmalloc_bytes(n) malloc(n)
#define xfree(p) free((void *)(p))

#define strlcpy(to, from, n) snprintf(to, n, "%s", from)
extern bool flask_enforcing;

/* The number of the first bit set from `from' on, or size. */
static inline unsigned int find_next_bit(const unsigned long *map, unsigned int size, unsigned int from)
{
	while (from < size && !(map[from / BITS_PER_LONG] >> from % BITS_PER_LONG & 1))
		from++;
	return from;
}

#define find_first_bit(map, size) find_next_bit(map, size, 0)

#endif
