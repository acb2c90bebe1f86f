#ifndef __XEN_RCUPDATE_H__
#define __XEN_RCUPDATE_H__

typedef struct { int dummy; } rcu_read_lock_t;

#define DEFINE_RCU_READ_LOCK(x) rcu_read_lock_t x
#define rcu_read_lock(x)        do { (void)(x); barrier(); } while ( 0 )
#define rcu_read_unlock(x)      do { (void)(x); barrier(); } while ( 0 )
#define rcu_dereference(p)      (p)

#endif
