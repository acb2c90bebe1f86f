#ifndef __XEN_MM_H__
#define __XEN_MM_H__

#include <xen/sched.h>

#define PGT_none        0
#define PGT_l1_table    1
#define PGT_l2_table    2

struct page_info {
    struct page_info *next;
    struct domain *owner;
    unsigned int count;         /* references */
    unsigned int type;
    unsigned long gfn;
    bool allocated, offlined, pinned, writable;
};

#define MAX_PAGE    4096
extern struct page_info frame_table[MAX_PAGE];
extern unsigned long max_page;
extern unsigned int outstanding_claims;

#define mfn_valid(m)        ((m) < max_page)
#define mfn_to_page(m)      (&frame_table[m])
#define page_to_mfn(p)      ((unsigned long)((p) - frame_table))
#define page_get_owner(p)   ((p)->owner)

typedef unsigned int p2m_query_t;
#define P2M_ALLOC           1

bool get_page(struct page_info *page, const struct domain *d);
void put_page(struct page_info *page);
struct page_info *get_page_from_gfn(struct domain *d, unsigned long gfn,
                                    unsigned int *t, p2m_query_t q);
struct page_info *alloc_domheap_page(struct domain *d);
void free_domheap_page(struct page_info *page);
int assign_page(struct page_info *page, struct domain *d);
int steal_page(struct domain *d, struct page_info *page);
void relinquish_memory(struct domain *d);
int domain_set_outstanding_pages(struct domain *d, unsigned long pages);
int offline_page(unsigned long mfn);
int online_page(unsigned long mfn);
int query_page_offline(unsigned long mfn, uint32_t *status);

int guest_physmap_add_page(struct domain *d, unsigned long gfn,
                           struct page_info *page);
int guest_physmap_remove_page(struct domain *d, unsigned long gfn);
int map_mmio_regions(struct domain *d, unsigned long gfn, unsigned long nr,
                     unsigned long mfn);
int unmap_mmio_regions(struct domain *d, unsigned long gfn, unsigned long nr,
                       unsigned long mfn);

long arch_memory_op(unsigned long cmd, XEN_GUEST_HANDLE_PARAM(void) arg);

#endif
