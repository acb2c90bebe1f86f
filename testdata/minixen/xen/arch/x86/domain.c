#include <xen/sched.h>

int arch_domain_create(struct domain *d,
                       const struct xen_domctl_createdomain *config)
{
    d->arch.ioport_caps = rangeset_new();
    if ( d->arch.ioport_caps == NULL )
        return -ENOMEM;
    d->arch.paging_enabled = config && (config->flags & XEN_DOMCTL_CDF_hap);
    return 0;
}

void arch_domain_destroy(struct domain *d)
{
    xfree(d->arch.ioport_caps);
    d->arch.ioport_caps = NULL;
}
