/* Grant operations of 32-bit callers; included by ../grant_table.c. */

struct compat_gnttab_query_size {
    domid_t dom;
    uint32_t nr_frames, max_nr_frames;
    int16_t status;
} __packed;
typedef struct compat_gnttab_query_size compat_gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(compat_gnttab_query_size_t);

static long compat_query_size(
    XEN_GUEST_HANDLE_PARAM(compat_gnttab_query_size_t) uop, unsigned int count)
{
    struct compat_gnttab_query_size cmp;
    struct gnttab_query_size nat = { };

    if ( count != 1 )
        return -EINVAL;
    if ( copy_from_guest(&cmp, uop, 1) )
        return -EFAULT;
    nat.dom = cmp.dom;
    query_size(&nat);
    cmp.nr_frames = nat.nr_frames;
    cmp.max_nr_frames = nat.max_nr_frames;
    cmp.status = nat.status;
    return copy_to_guest(uop, &cmp, 1) ? -EFAULT : 0;
}

long compat_grant_table_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) uop,
                           unsigned int count)
{
    switch ( cmd )
    {
    case GNTTABOP_query_size:
        return compat_query_size(
            guest_handle_cast(uop, compat_gnttab_query_size_t), count);
    default:
        /* The other arguments have one layout for both kinds of caller. */
        return do_grant_table_op(cmd, uop, count);
    }
}
