/* How much memory a domain has, and where it sees it. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/memory.h>
#include <xen/mm.h>
#include <xsm/xsm.h>

static void increase_reservation(struct memop_args *a)
{
    struct page_info *pg;
    xen_pfn_t mfn;

    for ( ; a->nr_done < a->nr_extents; a->nr_done++ )
    {
        pg = alloc_domheap_page(a->domain);
        if ( pg == NULL )
            return;
        mfn = page_to_mfn(pg);
        if ( !guest_handle_is_null(a->extent_list) &&
             copy_to_guest_offset(a->extent_list, a->nr_done, &mfn, 1) )
            return;
    }
}

static void decrease_reservation(struct memop_args *a)
{
    xen_pfn_t gfn;

    for ( ; a->nr_done < a->nr_extents; a->nr_done++ )
    {
        struct page_info *pg;

        if ( copy_from_guest_offset(&gfn, a->extent_list, a->nr_done, 1) )
            return;
        pg = get_page_from_gfn(a->domain, gfn, NULL, P2M_ALLOC);
        if ( pg == NULL )
            return;
        pg->gfn = ~0UL;
        put_page(pg);
        put_page(pg);
    }
}

static void populate_physmap(struct memop_args *a)
{
    xen_pfn_t gfn;

    for ( ; a->nr_done < a->nr_extents; a->nr_done++ )
    {
        struct page_info *pg;

        if ( copy_from_guest_offset(&gfn, a->extent_list, a->nr_done, 1) )
            return;
        pg = alloc_domheap_page(a->domain);
        if ( pg == NULL )
            return;
        pg->gfn = gfn;
    }
}

static int construct_memop(struct memop_args *a,
                           const struct xen_memory_reservation *r)
{
    if ( r->nr_extents > MAX_PAGE )
        return -EINVAL;
    memset(a, 0, sizeof(*a));
    a->extent_list = r->extent_start;
    a->nr_extents = r->nr_extents;
    return 0;
}

static long reservation_op(unsigned long op, const struct xen_memory_reservation *r)
{
    struct memop_args args;
    struct domain *d;
    long rc;

    if ( construct_memop(&args, r) )
        return 0;

    d = rcu_lock_domain_by_any_id(r->domid);
    if ( d == NULL )
        return 0;
    args.domain = d;

    if ( xsm_memory_adjust_reservation(XSM_TARGET, current->domain, d) )
    {
        rcu_unlock_domain(d);
        return 0;
    }

    switch ( op )
    {
    case XENMEM_increase_reservation:
        increase_reservation(&args);
        break;
    case XENMEM_decrease_reservation:
        decrease_reservation(&args);
        break;
    default:
        populate_physmap(&args);
        break;
    }

    rc = args.nr_done;
    rcu_unlock_domain(d);
    return rc;
}

/* Gives back the pages of in and puts as many new ones at the frames of out. */
int exchange_pages(struct domain *d, struct xen_memory_exchange *exch)
{
    struct memop_args in, out;
    int rc;

    if ( (rc = construct_memop(&in, &exch->in)) != 0 ||
         (rc = construct_memop(&out, &exch->out)) != 0 )
        return rc;
    in.domain = out.domain = d;
    decrease_reservation(&in);
    out.nr_extents = in.nr_done;
    populate_physmap(&out);
    exch->nr_exchanged = out.nr_done;
    return out.nr_done == exch->in.nr_extents ? 0 : -ENOMEM;
}

static long memory_exchange(XEN_GUEST_HANDLE_PARAM(xen_memory_exchange_t) arg)
{
    struct xen_memory_exchange exch;
    struct domain *d;
    long rc;

    if ( copy_from_guest(&exch, arg, 1) )
        return -EFAULT;
    if ( exch.in.domid != exch.out.domid )
        return -EINVAL;

    d = rcu_lock_domain_by_any_id(exch.in.domid);
    if ( d == NULL )
        return -ESRCH;

    rc = xsm_memory_exchange(XSM_TARGET, d);
    if ( rc )
    {
        rcu_unlock_domain(d);
        return rc;
    }

    rc = exchange_pages(d, &exch);
    rcu_unlock_domain(d);
    if ( copy_to_guest(arg, &exch, 1) )
        rc = -EFAULT;
    return rc;
}

static int map_foreign(struct domain *d, domid_t foreign, unsigned long idx,
                       unsigned long gpfn)
{
    struct domain *od = rcu_lock_domain_by_id(foreign);
    struct page_info *page;
    int rc;

    if ( od == NULL )
        return -ESRCH;

    rc = xsm_map_gmfn_foreign(XSM_TARGET, d, od);
    if ( rc )
        goto out;

    rc = -EINVAL;
    page = get_page_from_gfn(od, idx, NULL, P2M_ALLOC);
    if ( page )
    {
        rc = guest_physmap_add_page(d, gpfn, page);
        put_page(page);
    }

 out:
    rcu_unlock_domain(od);
    return rc;
}

static long add_to_physmap(const struct xen_add_to_physmap *xatp)
{
    struct page_info *page = NULL;
    struct domain *d;
    long rc;

    d = rcu_lock_domain_by_any_id(xatp->domid);
    if ( d == NULL )
        return -ESRCH;

    if ( xatp->space == XENMAPSPACE_gmfn )
    {
        page = get_page_from_gfn(d, xatp->idx, NULL, P2M_ALLOC);
        if ( page == NULL )
        {
            rcu_unlock_domain(d);
            return -EINVAL;
        }
        guest_physmap_remove_page(d, xatp->idx);
    }

    rc = xsm_add_to_physmap(XSM_TARGET, current->domain, d);
    if ( rc )
        goto out;

    switch ( xatp->space )
    {
    case XENMAPSPACE_gmfn:
        rc = guest_physmap_add_page(d, xatp->gpfn, page);
        break;
    case XENMAPSPACE_gmfn_foreign:
        rc = map_foreign(d, xatp->foreign_domid, xatp->idx, xatp->gpfn);
        break;
    default:
        rc = -ENOSYS;
        break;
    }

 out:
    if ( page )
        put_page(page);
    rcu_unlock_domain(d);
    return rc;
}

long do_memory_op(unsigned long cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long rc;

    switch ( cmd )
    {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
    {
        struct xen_memory_reservation r;

        if ( raw_copy_from_guest(&r, arg.p, sizeof(r)) )
            return 0;
        rc = reservation_op(cmd, &r);
        break;
    }

    case XENMEM_exchange:
        rc = memory_exchange(guest_handle_cast(arg, xen_memory_exchange_t));
        break;

    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
    {
        struct domain *d;
        domid_t domid;

        if ( raw_copy_from_guest(&domid, arg.p, sizeof(domid)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(domid);
        if ( d == NULL )
            return -ESRCH;

        rc = xsm_memory_stat_reservation(XSM_TARGET, current->domain, d);
        if ( rc )
        {
            rcu_unlock_domain(d);
            return rc;
        }

        switch ( cmd )
        {
        case XENMEM_current_reservation:
            rc = d->tot_pages;
            break;
        case XENMEM_maximum_reservation:
            rc = d->max_pages;
            break;
        default:
            rc = d->page_list ? d->page_list->gfn : 0;
            break;
        }
        rcu_unlock_domain(d);
        break;
    }

    case XENMEM_add_to_physmap:
    {
        struct xen_add_to_physmap xatp;

        if ( raw_copy_from_guest(&xatp, arg.p, sizeof(xatp)) )
            return -EFAULT;
        rc = add_to_physmap(&xatp);
        break;
    }

    case XENMEM_remove_from_physmap:
    {
        struct xen_remove_from_physmap xrfp;
        struct domain *d;

        if ( raw_copy_from_guest(&xrfp, arg.p, sizeof(xrfp)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(xrfp.domid);
        if ( d == NULL )
            return -ESRCH;

        rc = xsm_remove_from_physmap(XSM_TARGET, current->domain, d);
        if ( !rc )
            rc = guest_physmap_remove_page(d, xrfp.gpfn);
        rcu_unlock_domain(d);
        break;
    }

    case XENMEM_claim_pages:
    {
        struct xen_memory_reservation r;
        struct domain *d;

        if ( raw_copy_from_guest(&r, arg.p, sizeof(r)) )
            return -EFAULT;
        if ( !guest_handle_is_null(r.extent_start) )
            return -EINVAL;
        d = rcu_lock_domain_by_id(r.domid);
        if ( d == NULL )
            return -EINVAL;

        rc = xsm_claim_pages(XSM_PRIV, d);
        if ( !rc )
            rc = domain_set_outstanding_pages(d, r.nr_extents);
        rcu_unlock_domain(d);
        break;
    }

    default:
        rc = arch_memory_op(cmd, arg);
        break;
    }

    return rc;
}

#ifdef CONFIG_COMPAT
#include "compat/memory.c"
#endif
