/* The hypercall of this module. */
#include <xen/guest_access.h>
#include <xen/sched.h>
#include <public/xsm/flask_op.h>
#include <xsm/xsm.h>
#include "include/avc.h"
#include "include/av_permissions.h"
#include "include/flask.h"
#include "include/flask_op.h"
#include "include/objsec.h"

static int domain_has_security(struct domain *d, uint32_t perms)
{
    struct domain_security_struct *dsec = d->ssid;

    return avc_has_perm(dsec->sid, SECINITSID_SECURITY, SECCLASS_SECURITY,
                        perms, NULL);
}

static int flask_security_load(const struct xen_flask_load *load)
{
    struct xen_flask_rule *rules;
    int ret;

    ret = domain_has_security(current->domain, SECURITY__LOAD_POLICY);
    if ( ret )
        return ret;

    if ( load->nr == 0 || load->nr > 512 )
        return -EINVAL;
    rules = xmalloc_bytes(load->nr * sizeof(*rules));
    if ( !rules )
        return -ENOMEM;
    ret = -EFAULT;
    if ( !copy_from_guest(rules, load->rules, load->nr) )
        ret = security_load_rules(rules, load->nr);
    xfree(rules);
    return ret;
}

static int flask_security_access(struct xen_flask_access *arg)
{
    int ret = domain_has_security(current->domain, SECURITY__COMPUTE_AV);

    if ( ret )
        return ret;
    arg->allowed = security_compute_av(arg->ssid, arg->tsid, arg->tclass);
    return 0;
}

static int flask_security_setenforce(const struct xen_flask_setenforce *arg)
{
    int ret = domain_has_security(current->domain, SECURITY__SETENFORCE);

    if ( ret )
        return ret;
    flask_enforcing = arg->enforcing;
    return 0;
}

static int flask_relabel_domain(const struct xen_flask_relabel *arg)
{
    struct domain_security_struct *csec = current->domain->ssid, *dsec;
    struct domain *d;
    int rc;

    d = rcu_lock_domain_by_any_id(arg->domid);
    if ( d == NULL )
        return -ESRCH;
    dsec = d->ssid;

    rc = avc_has_perm(csec->sid, dsec->sid, SECCLASS_DOMAIN2,
                      DOMAIN2__RELABELFROM, NULL);
    if ( rc )
        goto out;
    rc = avc_has_perm(csec->sid, arg->sid, SECCLASS_DOMAIN2,
                      DOMAIN2__RELABELTO, NULL);
    if ( rc )
        goto out;

    dsec->sid = arg->sid;
    rc = security_transition_sid(dsec->sid, dsec->sid, SECCLASS_DOMAIN,
                                 &dsec->self_sid);
 out:
    rcu_unlock_domain(d);
    return rc;
}

long do_flask_op(XEN_GUEST_HANDLE_PARAM(void) u_flask_op)
{
    struct xen_flask_op op;
    long rv;

    if ( raw_copy_from_guest(&op, u_flask_op.p, sizeof(op)) )
        return -EFAULT;
    if ( op.interface_version != XEN_FLASK_INTERFACE_VERSION )
        return -ENOSYS;

    switch ( op.cmd )
    {
    case FLASK_LOAD:
        rv = flask_security_load(&op.u.load);
        break;
    case FLASK_GETENFORCE:
        rv = flask_enforcing;
        break;
    case FLASK_SETENFORCE:
        rv = flask_security_setenforce(&op.u.enforce);
        break;
    case FLASK_ACCESS:
        rv = flask_security_access(&op.u.access);
        break;
    case FLASK_RELABEL_DOMAIN:
        rv = flask_relabel_domain(&op.u.relabel);
        break;
    default:
        rv = -ENOSYS;
        break;
    }

    if ( rv == 0 && raw_copy_to_guest(u_flask_op.p, &op, sizeof(op)) )
        rv = -EFAULT;
    return rv;
}

#ifdef CONFIG_COMPAT
int compat_flask_op(XEN_GUEST_HANDLE_PARAM(void) u_flask_op)
{
    return do_flask_op(u_flask_op);
}
#endif
