#ifndef __XEN_SPINLOCK_H__
#define __XEN_SPINLOCK_H__

#include <xen/types.h>

typedef struct spinlock {
    volatile int held;
} spinlock_t;

typedef struct rwlock {
    volatile int writer;
    volatile int readers;
} rwlock_t;

#define SPIN_LOCK_UNLOCKED { 0 }
#define DEFINE_SPINLOCK(l) spinlock_t l = SPIN_LOCK_UNLOCKED
#define DEFINE_RWLOCK(l) rwlock_t l = { 0, 0 }

void spin_lock_init(spinlock_t *l);
void spin_lock(spinlock_t *l);
int spin_trylock(spinlock_t *l);
void spin_unlock(spinlock_t *l);
void spin_lock_recursive(spinlock_t *l);
void spin_unlock_recursive(spinlock_t *l);

void read_lock(rwlock_t *l);
void read_unlock(rwlock_t *l);
void write_lock(rwlock_t *l);
void write_unlock(rwlock_t *l);

#endif
