/* The machine's pages: one table, first fit. */
#include <xen/mm.h>

struct page_info frame_table[MAX_PAGE];
unsigned long max_page = MAX_PAGE;
unsigned int outstanding_claims;
static DEFINE_SPINLOCK(page_lock);

bool get_page(struct page_info *page, const struct domain *d)
{
    if ( !page->allocated || (d && page->owner != d) )
        return false;
    page->count++;
    return true;
}

void put_page(struct page_info *page)
{
    if ( --page->count == 0 )
        free_domheap_page(page);
}

struct page_info *get_page_from_gfn(struct domain *d, unsigned long gfn,
                                    unsigned int *t, p2m_query_t q)
{
    struct page_info *pg;

    for ( pg = d->page_list; pg; pg = pg->next )
        if ( pg->gfn == gfn )
        {
            if ( t )
                *t = pg->type;
            return get_page(pg, d) ? pg : NULL;
        }
    return NULL;
}

int assign_page(struct page_info *page, struct domain *d)
{
    spin_lock(&d->page_alloc_lock);
    if ( d->tot_pages >= d->max_pages )
    {
        spin_unlock(&d->page_alloc_lock);
        return -E2BIG;
    }
    page->owner = d;
    page->next = d->page_list;
    d->page_list = page;
    d->tot_pages++;
    spin_unlock(&d->page_alloc_lock);
    return 0;
}

int steal_page(struct domain *d, struct page_info *page)
{
    struct page_info **link = &d->page_list;

    if ( page_get_owner(page) != d || page->pinned )
        return -EPERM;
    while ( *link && *link != page )
        link = &(*link)->next;
    if ( !*link )
        return -ESRCH;
    *link = page->next;
    page->owner = NULL;
    d->tot_pages--;
    return 0;
}

struct page_info *alloc_domheap_page(struct domain *d)
{
    struct page_info *pg = NULL;
    unsigned long mfn;

    spin_lock(&page_lock);
    for ( mfn = 0; mfn < max_page; mfn++ )
        if ( !frame_table[mfn].allocated && !frame_table[mfn].offlined )
        {
            pg = mfn_to_page(mfn);
            pg->allocated = true;
            pg->count = 1;
            pg->type = PGT_none;
            break;
        }
    spin_unlock(&page_lock);

    if ( pg && d && assign_page(pg, d) )
    {
        free_domheap_page(pg);
        pg = NULL;
    }
    return pg;
}

void free_domheap_page(struct page_info *page)
{
    if ( page->owner )
        steal_page(page->owner, page);
    page->allocated = false;
}

void relinquish_memory(struct domain *d)
{
    while ( d->page_list )
    {
        struct page_info *pg = d->page_list;

        pg->pinned = false;
        if ( steal_page(d, pg) )
            break;
        put_page(pg);
    }
}

int domain_set_outstanding_pages(struct domain *d, unsigned long pages)
{
    if ( pages && d->outstanding_pages )
        return -EINVAL;
    if ( pages > max_page )
        return -ENOMEM;
    outstanding_claims += pages - d->outstanding_pages;
    d->outstanding_pages = pages;
    return 0;
}

int offline_page(unsigned long mfn)
{
    if ( !mfn_valid(mfn) )
        return -EINVAL;
    mfn_to_page(mfn)->offlined = true;
    return 0;
}

int online_page(unsigned long mfn)
{
    if ( !mfn_valid(mfn) )
        return -EINVAL;
    mfn_to_page(mfn)->offlined = false;
    return 0;
}

int query_page_offline(unsigned long mfn, uint32_t *status)
{
    if ( !mfn_valid(mfn) )
        return -EINVAL;
    *status = mfn_to_page(mfn)->offlined;
    return 0;
}
