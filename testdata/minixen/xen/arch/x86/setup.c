/* From the loader to the first domain. */
#include <xen/init.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <asm/hypercall.h>
#include <xsm/xsm.h>

extern const initcall_t __start_initcalls[], __stop_initcalls[];

static struct vcpu boot_vcpu;
static struct domain boot_domain;

static void __init do_initcalls(void)
{
    const initcall_t *call;

    for ( call = __start_initcalls; call < __stop_initcalls; call++ )
        (*call)();
}

static void __init special_domains(void)
{
    dom_xen = domain_create(DOMID_XEN, NULL, false);
    dom_io = domain_create(DOMID_IO, NULL, false);
    if ( IS_ERR(dom_xen) || IS_ERR(dom_io) )
        panic("no memory for the hypervisor's own domains");
}

static struct domain *__init create_dom0(void)
{
    struct xen_domctl_createdomain cfg = { .max_vcpus = 1 };
    struct domain *d = domain_create(0, &cfg, true);

    if ( IS_ERR(d) )
        panic("cannot create dom0: %ld", PTR_ERR(d));
    d->max_pages = MAX_PAGE;
    if ( vcpu_create(d, 0) == NULL )
        panic("cannot create the first vcpu");
    if ( iomem_permit_access(d, 0, ~0UL) || ioports_permit_access(d, 0, 65535) )
        panic("cannot give dom0 its devices");
    hardware_domain = d;
    return d;
}

/* The only caller is the loader; nothing returns from here. */
void __init noreturn __start_xen(void)
{
    struct cpu_user_regs regs = { };

    boot_vcpu.domain = &boot_domain;
    boot_domain.is_privileged = true;
    current = &boot_vcpu;

    xsm_core_init(NULL, 0);
    do_initcalls();
    special_domains();
    current = create_dom0()->vcpu[0];

    for ( ; ; )
        pv_hypercall(&regs);
}
