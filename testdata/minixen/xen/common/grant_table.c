/* Grants: one domain lets another use a page of its own. */
#include <acm/acm_hooks.h>
#include <xen/grant_table.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <public/grant_table.h>
#include <xsm/xsm.h>

#define NR_GRANTS   64
#define NR_MAPS     64
#define MAX_FRAMES  4

struct grant_entry {
    domid_t to;
    bool granted, readonly;
    uint16_t users;
    unsigned long gfn;
};

struct grant_mapping {
    struct domain *dom;
    grant_ref_t ref;
    bool used;
};

struct grant_table {
    spinlock_t lock;
    unsigned int nr_frames;
    struct grant_entry shared[NR_GRANTS];
    struct grant_mapping maps[NR_MAPS];
};

int grant_table_create(struct domain *d)
{
    d->grant_table = xzalloc(struct grant_table);
    if ( d->grant_table == NULL )
        return -ENOMEM;
    spin_lock_init(&d->grant_table->lock);
    d->grant_table->nr_frames = 1;
    return 0;
}

void grant_table_release(struct domain *d)
{
    unsigned int i;

    if ( d->grant_table == NULL )
        return;
    for ( i = 0; i < NR_MAPS; i++ )
        d->grant_table->maps[i].used = false;
}

void grant_table_destroy(struct domain *d)
{
    XFREE(d->grant_table);
}

static int get_maptrack_handle(struct grant_table *gt)
{
    int h;

    for ( h = 0; h < NR_MAPS; h++ )
        if ( !gt->maps[h].used )
            return h;
    return -1;
}

static void map_grant_ref(struct gnttab_map_grant_ref *op)
{
    struct domain *ld = current->domain, *rd;
    struct grant_entry *e;
    int handle, rc = GNTST_okay;

    rd = rcu_lock_domain_by_id(op->dom);
    if ( rd == NULL )
    {
        op->status = GNTST_bad_domain;
        return;
    }

    if ( xsm_grant_mapref(XSM_HOOK, ld, rd, op->flags) )
    {
        rcu_unlock_domain(rd);
        op->status = GNTST_permission_denied;
        return;
    }
    if ( acm_pre_grant_map_ref(op->dom) != ACM_ACCESS_PERMITTED )
    {
        rcu_unlock_domain(rd);
        op->status = GNTST_permission_denied;
        return;
    }

    spin_lock(&rd->grant_table->lock);
    handle = get_maptrack_handle(ld->grant_table);
    if ( handle < 0 )
        rc = GNTST_no_device_space;
    else if ( op->ref >= NR_GRANTS )
        rc = GNTST_bad_gntref;
    else
    {
        e = &rd->grant_table->shared[array_index_nospec(op->ref, NR_GRANTS)];
        if ( !e->granted || e->to != ld->domain_id ||
             (e->readonly && !(op->flags & GNTMAP_readonly)) )
            rc = GNTST_general_error;
        else
        {
            e->users++;
            ld->grant_table->maps[handle].dom = rd;
            ld->grant_table->maps[handle].ref = op->ref;
            ld->grant_table->maps[handle].used = true;
            op->handle = handle;
        }
    }
    spin_unlock(&rd->grant_table->lock);
    op->status = rc;
    rcu_unlock_domain(rd);
}

static void unmap_grant_ref(struct gnttab_unmap_grant_ref *op)
{
    struct domain *ld = current->domain, *rd;
    struct grant_mapping *map;

    if ( op->handle >= NR_MAPS )
    {
        op->status = GNTST_bad_handle;
        return;
    }
    map = &ld->grant_table->maps[op->handle];
    if ( !map->used )
    {
        op->status = GNTST_bad_handle;
        return;
    }

    rd = rcu_lock_domain(map->dom);
    if ( xsm_grant_unmapref(XSM_HOOK, ld, rd) )
    {
        op->status = GNTST_permission_denied;
        goto out;
    }

    spin_lock(&rd->grant_table->lock);
    rd->grant_table->shared[map->ref].users--;
    map->used = false;
    spin_unlock(&rd->grant_table->lock);
    op->status = GNTST_okay;

 out:
    rcu_unlock_domain(rd);
}

static long gnttab_map_grant_refs(
    XEN_GUEST_HANDLE_PARAM(gnttab_map_grant_ref_t) uop, unsigned int count)
{
    struct gnttab_map_grant_ref op;
    unsigned int i;

    for ( i = 0; i < count; i++ )
    {
        if ( copy_from_guest_offset(&op, uop, i, 1) )
            return -EFAULT;
        map_grant_ref(&op);
        if ( copy_to_guest_offset(uop, i, &op, 1) )
            return -EFAULT;
    }
    return 0;
}

static long gnttab_unmap_grant_refs(
    XEN_GUEST_HANDLE_PARAM(gnttab_unmap_grant_ref_t) uop, unsigned int count)
{
    struct gnttab_unmap_grant_ref op;
    unsigned int i;

    for ( i = 0; i < count; i++ )
    {
        if ( copy_from_guest_offset(&op, uop, i, 1) )
            return -EFAULT;
        unmap_grant_ref(&op);
        if ( copy_to_guest_offset(uop, i, &op, 1) )
            return -EFAULT;
    }
    return 0;
}

static long gnttab_setup_table(XEN_GUEST_HANDLE_PARAM(gnttab_setup_table_t) uop,
                               unsigned int count)
{
    struct gnttab_setup_table op;
    struct domain *d;

    if ( count != 1 )
        return -EINVAL;
    if ( copy_from_guest(&op, uop, 1) )
        return -EFAULT;
    if ( op.nr_frames > MAX_FRAMES )
    {
        op.status = GNTST_general_error;
        goto out;
    }

    d = rcu_lock_domain_by_any_id(op.dom);
    if ( d == NULL )
    {
        op.status = GNTST_bad_domain;
        goto out;
    }
    if ( xsm_grant_setup(XSM_TARGET, current->domain, d) )
    {
        op.status = GNTST_permission_denied;
        goto out_unlock;
    }

    spin_lock(&d->grant_table->lock);
    if ( op.nr_frames > d->grant_table->nr_frames )
        d->grant_table->nr_frames = op.nr_frames;
    spin_unlock(&d->grant_table->lock);
    op.status = GNTST_okay;

 out_unlock:
    rcu_unlock_domain(d);
 out:
    return copy_to_guest(uop, &op, 1) ? -EFAULT : 0;
}

static void query_size(struct gnttab_query_size *op)
{
    struct domain *d = rcu_lock_domain_by_any_id(op->dom);

    if ( d == NULL )
    {
        op->status = GNTST_bad_domain;
        return;
    }
    op->nr_frames = d->grant_table->nr_frames;
    op->max_nr_frames = MAX_FRAMES;
    op->status = GNTST_okay;
    rcu_unlock_domain(d);
}

static long gnttab_query_size(XEN_GUEST_HANDLE_PARAM(gnttab_query_size_t) uop,
                              unsigned int count)
{
    struct gnttab_query_size op;
    struct domain *d;

    if ( count != 1 )
        return -EINVAL;
    if ( copy_from_guest(&op, uop, 1) )
        return -EFAULT;

    d = rcu_lock_domain_by_any_id(op.dom);
    if ( d == NULL )
        op.status = GNTST_bad_domain;
    else
    {
        if ( xsm_grant_query_size(XSM_TARGET, current->domain, d) )
            op.status = GNTST_permission_denied;
        else
            query_size(&op);
        rcu_unlock_domain(d);
    }
    return copy_to_guest(uop, &op, 1) ? -EFAULT : 0;
}

static int transfer_page(struct gnttab_transfer *gop)
{
    struct domain *d = current->domain, *e;
    struct page_info *page;

    if ( !mfn_valid(gop->mfn) )
        return GNTST_bad_page;
    page = mfn_to_page(gop->mfn);

    e = rcu_lock_domain_by_id(gop->domid);
    if ( e == NULL )
        return GNTST_bad_domain;

    spin_lock(&e->page_alloc_lock);

    if ( xsm_grant_transfer(XSM_HOOK, d, e) )
    {
        rcu_unlock_domain(e);
        return GNTST_permission_denied;
    }

    if ( e->is_dying || e->tot_pages >= e->max_pages )
    {
        spin_unlock(&e->page_alloc_lock);
        rcu_unlock_domain(e);
        return GNTST_general_error;
    }
    spin_unlock(&e->page_alloc_lock);

    if ( steal_page(d, page) || assign_page(page, e) )
    {
        rcu_unlock_domain(e);
        return GNTST_bad_page;
    }
    rcu_unlock_domain(e);
    return GNTST_okay;
}

static long gnttab_transfer(XEN_GUEST_HANDLE_PARAM(gnttab_transfer_t) uop,
                            unsigned int count)
{
    struct gnttab_transfer gop;
    unsigned int i;

    for ( i = 0; i < count; i++ )
    {
        if ( copy_from_guest_offset(&gop, uop, i, 1) )
            return -EFAULT;
        gop.status = transfer_page(&gop);
        if ( copy_to_guest_offset(uop, i, &gop, 1) )
            return -EFAULT;
    }
    return 0;
}

static int copy_grant(struct domain *sd, struct domain *dd,
                      const struct gnttab_copy *op)
{
    if ( op->source.ref >= NR_GRANTS || op->dest.ref >= NR_GRANTS )
        return GNTST_bad_gntref;
    if ( !sd->grant_table->shared[op->source.ref].granted )
        return GNTST_general_error;
    dd->grant_table->shared[op->dest.ref].gfn =
        sd->grant_table->shared[op->source.ref].gfn;
    return GNTST_okay;
}

static void gnttab_copy_one(struct gnttab_copy *op)
{
    struct domain *sd, *dd;
    int rc;

    op->status = GNTST_bad_domain;
    sd = rcu_lock_domain_by_any_id(op->source.domid);
    if ( sd == NULL )
        return;
    dd = rcu_lock_domain_by_any_id(op->dest.domid);
    if ( dd == NULL )
    {
        rcu_unlock_domain(sd);
        return;
    }

    rc = xsm_grant_copy(XSM_HOOK, sd, dd);
    if ( rc )
    {
        op->status = GNTST_permission_denied;
        goto out;
    }
    op->status = copy_grant(sd, dd, op);

 out:
    rcu_unlock_domain(dd);
    rcu_unlock_domain(sd);
}

static long gnttab_copy(XEN_GUEST_HANDLE_PARAM(gnttab_copy_t) uop,
                        unsigned int count)
{
    struct gnttab_copy op;
    unsigned int i;

    for ( i = 0; i < count; i++ )
    {
        if ( copy_from_guest_offset(&op, uop, i, 1) )
            return -EFAULT;
        gnttab_copy_one(&op);
        if ( copy_to_guest_offset(uop, i, &op, 1) )
            return -EFAULT;
    }
    return 0;
}

long do_grant_table_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) uop,
                       unsigned int count)
{
    long rc;

    if ( (int)count < 0 )
        return -EINVAL;

    switch ( cmd )
    {
    case GNTTABOP_map_grant_ref:
        rc = gnttab_map_grant_refs(
            guest_handle_cast(uop, gnttab_map_grant_ref_t), count);
        break;
    case GNTTABOP_unmap_grant_ref:
        rc = gnttab_unmap_grant_refs(
            guest_handle_cast(uop, gnttab_unmap_grant_ref_t), count);
        break;
    case GNTTABOP_setup_table:
        rc = gnttab_setup_table(
            guest_handle_cast(uop, gnttab_setup_table_t), count);
        break;
    case GNTTABOP_transfer:
        rc = gnttab_transfer(guest_handle_cast(uop, gnttab_transfer_t), count);
        break;
    case GNTTABOP_copy:
        rc = gnttab_copy(guest_handle_cast(uop, gnttab_copy_t), count);
        break;
    case GNTTABOP_query_size:
        rc = gnttab_query_size(
            guest_handle_cast(uop, gnttab_query_size_t), count);
        break;
    default:
        rc = -ENOSYS;
        break;
    }

    return rc;
}

#ifdef CONFIG_COMPAT
#include "compat/grant_table.c"
#endif
