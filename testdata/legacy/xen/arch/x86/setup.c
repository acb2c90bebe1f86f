#include <xen/init.h>
#include <xen/sched.h>
#include <xen/hypercall.h>

struct vcpu *current_vcpu;

static struct vcpu idle_vcpu;

long do_ni_hypercall(void)
{
    return -ENOSYS;
}

static void __init do_initcalls(void)
{
}

static void __init init_idle_domain(void)
{
    idle_vcpu.domain = domain_create(7);
    current_vcpu = &idle_vcpu;
}

void __start_xen(unsigned long mbi_p);

void __init __start_xen(unsigned long mbi_p)
{
    struct domain *dom0;

    printk("starting\n");

    init_idle_domain();

    do_initcalls();

    /* Create initial domain 0. */
    dom0 = domain_create(0);
    if ( dom0 == NULL )
        panic("Error creating domain 0\n");

    dom0->is_privileged = 1;
}
