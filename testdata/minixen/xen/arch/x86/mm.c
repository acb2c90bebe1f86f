/* Page tables of guests that share the hypervisor's, and the map of the machine. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/memory.h>
#include <xen/mm.h>
#include <xsm/xsm.h>

#define MEMORY_MAP_ENTRIES 4

static uint64_t machine_map[MEMORY_MAP_ENTRIES];
static uint64_t machphys[MAX_PAGE];

static struct domain *get_pg_owner(domid_t domid)
{
    struct domain *currd = current->domain;

    switch ( domid )
    {
    case DOMID_SELF:
        return rcu_lock_current_domain();
    case DOMID_IO:
        return rcu_lock_domain(dom_io);
    default:
        if ( paging_mode_translate(currd) )
            return NULL;
        return rcu_lock_domain_by_id(domid);
    }
}

static void put_pg_owner(struct domain *pg_owner)
{
    rcu_unlock_domain(pg_owner);
}

/* Writes one entry of a page table that the caller has checked. */
static int mod_entry(struct page_info *page, uint64_t ptr, uint64_t val,
                     struct domain *pg_owner)
{
    if ( (val & 1) && !mfn_valid(val >> PAGE_SHIFT) )
        return -EINVAL;
    if ( (val & 1) && page_get_owner(mfn_to_page(val >> PAGE_SHIFT)) != pg_owner )
        return -EPERM;
    page->writable = val & 2;
    return 0;
}

long do_mmu_update(XEN_GUEST_HANDLE_PARAM(mmu_update_t) ureqs,
                   unsigned int count, unsigned int foreigndom)
{
    struct domain *d = current->domain, *pt_owner = d, *pg_owner;
    unsigned int pt_dom = foreigndom >> 16, i, last_checked = 0;
    struct mmu_update req;
    long rc = 0;

    if ( pt_dom != 0 )
    {
        pt_owner = rcu_lock_domain_by_id(pt_dom - 1);
        if ( pt_owner == NULL )
            return -ESRCH;
    }
    pg_owner = get_pg_owner(foreigndom & 0xffff);
    if ( pg_owner == NULL )
    {
        rc = -ESRCH;
        goto out;
    }

    for ( i = 0; i < count; i++ )
    {
        struct page_info *page;
        unsigned int cmd, flags;

        rc = -EFAULT;
        if ( copy_from_guest_offset(&req, ureqs, i, 1) )
            break;
        cmd = req.ptr & 3;
        flags = 1u << cmd;

        /* One answer serves for all requests of the same kind. */
        if ( !(last_checked & flags) )
        {
            rc = xsm_mmu_update(XSM_TARGET, d, pt_owner, pg_owner,
                                cmd == MMU_MACHPHYS_UPDATE);
            if ( rc )
                break;
            last_checked |= flags;
        }

        rc = -EINVAL;
        if ( !mfn_valid(req.ptr >> PAGE_SHIFT) )
            break;
        page = mfn_to_page(req.ptr >> PAGE_SHIFT);

        switch ( cmd )
        {
        case MMU_NORMAL_PT_UPDATE:
        case MMU_PT_UPDATE_PRESERVE_AD:
            if ( !get_page(page, pt_owner) )
                break;
            rc = mod_entry(page, req.ptr, req.val, pg_owner);
            put_page(page);
            break;
        case MMU_MACHPHYS_UPDATE:
            if ( !get_page(page, pg_owner) )
                break;
            machphys[page_to_mfn(page)] = req.val;
            put_page(page);
            rc = 0;
            break;
        default:
            rc = -ENOSYS;
            break;
        }
        if ( rc )
            break;
    }
    put_pg_owner(pg_owner);

 out:
    if ( pt_owner != d )
        rcu_unlock_domain(pt_owner);
    return rc;
}

static int pin_table(struct domain *pg_owner, unsigned long mfn)
{
    struct page_info *page;
    int rc;

    if ( !mfn_valid(mfn) )
        return -EINVAL;
    page = mfn_to_page(mfn);
    if ( !get_page(page, pg_owner) )
        return -EINVAL;
    rc = xsm_memory_pin_page(XSM_HOOK, current->domain, pg_owner, page);
    if ( !rc )
    {
        page->type = PGT_l1_table;
        page->pinned = true;
    }
    put_page(page);
    return rc;
}

static int unpin_table(struct domain *pg_owner, unsigned long mfn)
{
    struct page_info *page = mfn_valid(mfn) ? mfn_to_page(mfn) : NULL;

    if ( !page || page_get_owner(page) != pg_owner || !page->pinned )
        return -EINVAL;
    page->pinned = false;
    return 0;
}

long do_mmuext_op(XEN_GUEST_HANDLE_PARAM(mmuext_op_t) uops,
                  unsigned int count, unsigned int foreigndom)
{
    struct domain *pg_owner;
    struct mmuext_op op;
    unsigned int i;
    long rc;

    pg_owner = get_pg_owner(foreigndom);
    if ( pg_owner == NULL )
        return -ESRCH;

    rc = xsm_mmuext_op(XSM_TARGET, current->domain, pg_owner);
    if ( rc )
    {
        put_pg_owner(pg_owner);
        return rc;
    }

    for ( i = 0; i < count && !rc; i++ )
    {
        if ( copy_from_guest_offset(&op, uops, i, 1) )
        {
            rc = -EFAULT;
            break;
        }

        switch ( op.cmd )
        {
        case MMUEXT_PIN_L1_TABLE:
            rc = pin_table(pg_owner, op.arg1.mfn);
            break;
        case MMUEXT_UNPIN_TABLE:
            rc = unpin_table(pg_owner, op.arg1.mfn);
            break;
        case MMUEXT_NEW_BASEPTR:
            current->arch.cr3 = op.arg1.mfn << PAGE_SHIFT;
            break;
        case MMUEXT_TLB_FLUSH_LOCAL:
        case MMUEXT_INVLPG_LOCAL:
            barrier();
            break;
        case MMUEXT_COPY_PAGE:
            if ( !mfn_valid(op.arg1.mfn) || !mfn_valid(op.arg2.src_mfn) ||
                 page_get_owner(mfn_to_page(op.arg1.mfn)) != pg_owner ||
                 page_get_owner(mfn_to_page(op.arg2.src_mfn)) != pg_owner )
                rc = -EINVAL;
            else
                machphys[op.arg1.mfn] = machphys[op.arg2.src_mfn];
            break;
        case MMUEXT_MARK_SUPER:
            rc = IS_PRIV(current->domain) ? -EOPNOTSUPP : -EPERM;
            break;
        default:
            rc = -ENOSYS;
            break;
        }
    }

    put_pg_owner(pg_owner);
    return rc;
}

long do_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags)
{
    struct domain *d = current->domain;
    unsigned long mfn = va >> PAGE_SHIFT;
    struct page_info *page;
    long rc;

    rc = xsm_update_va_mapping(XSM_TARGET, d, d, val);
    if ( rc )
        return rc;

    if ( !mfn_valid(mfn) )
        return -EINVAL;
    page = mfn_to_page(mfn);
    if ( !get_page(page, d) )
        return -EINVAL;
    rc = mod_entry(page, va, val, d);
    put_page(page);
    return rc;
}

static long set_memory_map(const struct xen_foreign_memory_map *fmap)
{
    struct domain *d = rcu_lock_domain_by_any_id(fmap->domid);

    if ( d == NULL )
        return -ESRCH;
    d->max_pages = min(fmap->map.nr_entries, (uint32_t)MAX_PAGE);
    rcu_unlock_domain(d);
    return 0;
}

long arch_memory_op(unsigned long cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long rc;

    switch ( cmd )
    {
    case XENMEM_set_memory_map:
    {
        struct xen_foreign_memory_map fmap;

        if ( raw_copy_from_guest(&fmap, arg.p, sizeof(fmap)) )
            return -EFAULT;
        return set_memory_map(&fmap);
    }

    case XENMEM_memory_map:
    {
        struct xen_memory_map map;
        uint64_t end = current->domain->max_pages;

        if ( raw_copy_from_guest(&map, arg.p, sizeof(map)) )
            return -EFAULT;
        return copy_to_guest_offset(map.buffer, 0, &end, 1) ? -EFAULT : 0;
    }

    case XENMEM_machine_memory_map:
    {
        struct xen_memory_map map;

        rc = xsm_machine_memory_map(XSM_PRIV);
        if ( rc )
            return rc;

        if ( raw_copy_from_guest(&map, arg.p, sizeof(map)) )
            return -EFAULT;
        map.nr_entries = min(map.nr_entries, (uint32_t)MEMORY_MAP_ENTRIES);
        if ( copy_to_guest_offset(map.buffer, 0, machine_map, map.nr_entries) )
            return -EFAULT;
        return 0;
    }

    default:
        return -ENOSYS;
    }
}
