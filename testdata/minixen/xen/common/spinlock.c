#include <xen/spinlock.h>
#include <xen/lib.h>

void spin_lock_init(spinlock_t *l)
{
    l->held = 0;
}

int spin_trylock(spinlock_t *l)
{
    return __sync_lock_test_and_set(&l->held, 1) == 0;
}

void spin_lock(spinlock_t *l)
{
    while ( !spin_trylock(l) )
        barrier();
}

void spin_unlock(spinlock_t *l)
{
    __sync_lock_release(&l->held);
}

/* One CPU runs at a time here, so a nested taker is always the holder. */
void spin_lock_recursive(spinlock_t *l)
{
    l->held++;
}

void spin_unlock_recursive(spinlock_t *l)
{
    l->held--;
}

void read_lock(rwlock_t *l)
{
    while ( l->writer )
        barrier();
    l->readers++;
}

void read_unlock(rwlock_t *l)
{
    l->readers--;
}

void write_lock(rwlock_t *l)
{
    while ( l->writer || l->readers )
        barrier();
    l->writer = 1;
}

void write_unlock(rwlock_t *l)
{
    l->writer = 0;
}
