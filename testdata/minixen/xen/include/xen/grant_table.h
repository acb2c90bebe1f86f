#ifndef __XEN_GRANT_TABLE_H__
#define __XEN_GRANT_TABLE_H__

#include <xen/sched.h>

#ifdef CONFIG_GRANT_TABLE
int grant_table_create(struct domain *d);
void grant_table_destroy(struct domain *d);
void grant_table_release(struct domain *d);
#else
static inline int grant_table_create(struct domain *d) { return 0; }
static inline void grant_table_destroy(struct domain *d) { }
static inline void grant_table_release(struct domain *d) { }
#endif

#endif
