#ifndef __XEN_RANGESET_H__
#define __XEN_RANGESET_H__

#include <xen/types.h>

#define RANGESET_SLOTS 16

/* Closed intervals of numbers; slots with first > last are free. */
struct rangeset {
    struct { unsigned long first, last; } slot[RANGESET_SLOTS];
};

struct rangeset *rangeset_new(void);
int rangeset_add_range(struct rangeset *r, unsigned long s, unsigned long e);
int rangeset_remove_range(struct rangeset *r, unsigned long s, unsigned long e);
bool rangeset_contains_range(const struct rangeset *r, unsigned long s,
                             unsigned long e);

#define iomem_permit_access(d, s, e)    rangeset_add_range((d)->iomem_caps, s, e)
#define iomem_deny_access(d, s, e)      rangeset_remove_range((d)->iomem_caps, s, e)
#define iomem_access_permitted(d, s, e) rangeset_contains_range((d)->iomem_caps, s, e)
#define irq_permit_access(d, i)         rangeset_add_range((d)->irq_caps, i, i)
#define irq_deny_access(d, i)           rangeset_remove_range((d)->irq_caps, i, i)
#define irq_access_permitted(d, i)      rangeset_contains_range((d)->irq_caps, i, i)

#endif
