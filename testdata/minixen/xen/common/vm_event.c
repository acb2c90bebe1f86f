/* Telling another domain what happens in a guest. */
#include <xen/event.h>
#include <xen/vm_event.h>
#include <xsm/xsm.h>

static int vm_event_enable(struct domain *d, struct xen_domctl_vm_event_op *vec)
{
    int port = alloc_unbound_xen_event_channel(d, 0, current->domain->domain_id);

    if ( port < 0 )
        return port;
    vec->port = port;
    d->arch.monitor_enabled = true;
    return 0;
}

static int vm_event_disable(struct domain *d)
{
    d->arch.monitor_enabled = false;
    return 0;
}

int vm_event_domctl(struct domain *d, struct xen_domctl_vm_event_op *vec)
{
    int rc;

    if ( d == current->domain )
        return -EINVAL;

    domain_pause(d);
    d->arch.hvm.logdirty = false;

    rc = xsm_vm_event_control(XSM_PRIV, d, vec->mode, vec->op);
    if ( rc )
        goto out;

#ifdef CONFIG_MEM_PAGING
    if ( vec->mode == XEN_DOMCTL_VM_EVENT_OP_PAGING )
    {
        rc = xsm_mem_paging(XSM_PRIV, d);
        if ( rc )
            goto out;
    }
#endif

    switch ( vec->op )
    {
    case XEN_VM_EVENT_ENABLE:
        rc = vm_event_enable(d, vec);
        break;
    case XEN_VM_EVENT_DISABLE:
        rc = vm_event_disable(d);
        break;
    case XEN_VM_EVENT_RESUME:
        rc = d->arch.monitor_enabled ? 0 : -ENODEV;
        break;
    default:
        rc = -ENOSYS;
        break;
    }

 out:
    domain_unpause(d);
    return rc;
}
