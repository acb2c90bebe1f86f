#ifndef __XEN_MEMORY_H__
#define __XEN_MEMORY_H__

#include <xen/sched.h>
#include <public/memory.h>

struct memop_args {
    struct domain *domain;
    XEN_GUEST_HANDLE(xen_pfn_t) extent_list;
    unsigned long nr_extents;
    unsigned long nr_done;
};

int exchange_pages(struct domain *d, struct xen_memory_exchange *exch);

#endif
