/* Memory operations of 32-bit callers; included by ../memory.c. */

struct compat_memory_exchange {
    uint32_t in_start, in_nr, out_start, out_nr;
    domid_t domid;
    uint32_t nr_exchanged;
};
typedef struct compat_memory_exchange compat_memory_exchange_t;
DEFINE_XEN_GUEST_HANDLE(compat_memory_exchange_t);

struct compat_remove_from_physmap { domid_t domid; uint32_t gpfn; };

static long compat_exchange(XEN_GUEST_HANDLE_PARAM(compat_memory_exchange_t) arg)
{
    struct compat_memory_exchange cmp;
    struct xen_memory_exchange nat = { };
    struct domain *d;
    long rc;

    if ( copy_from_guest(&cmp, arg, 1) )
        return -EFAULT;

    nat.in.extent_start.p = _p(cmp.in_start);
    nat.in.nr_extents = cmp.in_nr;
    nat.out.extent_start.p = _p(cmp.out_start);
    nat.out.nr_extents = cmp.out_nr;

    d = rcu_lock_domain_by_any_id(cmp.domid);
    if ( d == NULL )
        return -ESRCH;
    rc = exchange_pages(d, &nat);
    rcu_unlock_domain(d);

    cmp.nr_exchanged = nat.nr_exchanged;
    if ( copy_to_guest(arg, &cmp, 1) )
        rc = -EFAULT;
    return rc;
}

long compat_memory_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    switch ( cmd )
    {
    case XENMEM_exchange:
        return compat_exchange(guest_handle_cast(arg, compat_memory_exchange_t));

    case XENMEM_remove_from_physmap:
    {
        struct compat_remove_from_physmap cmp;
        struct domain *d;
        long rc;

        if ( raw_copy_from_guest(&cmp, arg.p, sizeof(cmp)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(cmp.domid);
        if ( d == NULL )
            return -ESRCH;
        rc = xsm_remove_from_physmap(XSM_TARGET, current->domain, d);
        if ( !rc )
            rc = guest_physmap_remove_page(d, cmp.gpfn);
        rcu_unlock_domain(d);
        return rc;
    }

    default:
        return do_memory_op(cmd, arg);
    }
}
