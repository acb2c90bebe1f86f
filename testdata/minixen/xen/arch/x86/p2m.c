/* From a guest's frame numbers to the machine's. */
#include <xen/mm.h>

int guest_physmap_add_page(struct domain *d, unsigned long gfn,
                           struct page_info *page)
{
    if ( !paging_mode_translate(d) )
        return -EINVAL;
    page->gfn = gfn;
    return 0;
}

int guest_physmap_remove_page(struct domain *d, unsigned long gfn)
{
    struct page_info *pg = get_page_from_gfn(d, gfn, NULL, P2M_ALLOC);

    if ( !pg )
        return -ENOENT;
    pg->gfn = ~0UL;
    put_page(pg);
    return 0;
}

int map_mmio_regions(struct domain *d, unsigned long gfn, unsigned long nr,
                     unsigned long mfn)
{
    if ( !paging_mode_translate(d) )
        return 0;
    return rangeset_add_range(d->iomem_caps, gfn, gfn + nr - 1);
}

int unmap_mmio_regions(struct domain *d, unsigned long gfn, unsigned long nr,
                       unsigned long mfn)
{
    if ( !paging_mode_translate(d) )
        return 0;
    return rangeset_remove_range(d->iomem_caps, gfn, gfn + nr - 1);
}
