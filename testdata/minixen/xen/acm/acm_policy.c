/* The policy's own coming and going. */
#include <acm/acm_hooks.h>
#include <xen/guest_access.h>

struct acm_policy acm_policy;
static DEFINE_RWLOCK(acm_bin_pol_rwlock);

static int check(const struct acm_policy *p)
{
    if ( p->max_ssids == 0 || p->max_ssids > ACM_MAX_SSID )
        return -EINVAL;
    if ( p->nr_conflict_sets > ARRAY_SIZE(p->conflict_sets) )
        return -EINVAL;
    return acm_chwall_adopt(p);
}

int acm_set_policy(XEN_GUEST_HANDLE(void) buf, uint32_t size)
{
    struct acm_policy fresh;
    int rc;

    if ( size != sizeof(fresh) )
        return -EINVAL;
    if ( raw_copy_from_guest(&fresh, buf.p, size) )
        return -EFAULT;
    write_lock(&acm_bin_pol_rwlock);
    rc = check(&fresh);
    if ( !rc )
        acm_policy = fresh;
    write_unlock(&acm_bin_pol_rwlock);
    return rc;
}

int acm_get_policy(XEN_GUEST_HANDLE(void) buf, uint32_t size)
{
    int rc = 0;

    if ( size < sizeof(acm_policy) )
        return -ENOSPC;
    read_lock(&acm_bin_pol_rwlock);
    if ( raw_copy_to_guest(buf.p, &acm_policy, sizeof(acm_policy)) )
        rc = -EFAULT;
    read_unlock(&acm_bin_pol_rwlock);
    return rc;
}
