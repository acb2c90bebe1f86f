/*
 * Port input and output of guests, caught by the processor. The two ports of
 * PCI configuration space are shared, so a device is looked up on each access.
 */
#include <xen/pci.h>
#include <xen/sched.h>
#include <asm/io.h>
#include <xsm/xsm.h>

#define CF8 0xcf8
#define CFC 0xcfc

static uint32_t cf8_latch[8];
static uint32_t cfg_space[MAX_PDEV];

static uint32_t *cf8_of(const struct domain *d)
{
    return &cf8_latch[d->domain_id % ARRAY_SIZE(cf8_latch)];
}

int guest_io_write(unsigned int port, uint32_t val)
{
    struct domain *currd = current->domain;
    uint32_t sbdf = (*cf8_of(currd) >> 8) & 0xffff;

    if ( port == CF8 )
    {
        *cf8_of(currd) = val;
        return 0;
    }
    if ( port != CFC )
        return ioports_access_permitted(currd, port, port) ? 0 : -EPERM;
#ifdef CONFIG_HAS_PCI
    if ( xsm_pci_config_permission(XSM_HOOK, currd, sbdf, 1) )
        return -EPERM;
#endif
    cfg_space[sbdf % MAX_PDEV] = val;
    return 0;
}

int guest_io_read(unsigned int port, uint32_t *val)
{
    struct domain *currd = current->domain;
    uint32_t sbdf = (*cf8_of(currd) >> 8) & 0xffff;

    if ( port == CF8 )
    {
        *val = *cf8_of(currd);
        return 0;
    }
    if ( port != CFC )
        return ioports_access_permitted(currd, port, port) ? 0 : -EPERM;
    *val = cfg_space[sbdf % MAX_PDEV];
    return 0;
}

void do_general_protection(struct vcpu *v, unsigned int port, bool write,
                           uint32_t *data)
{
    int rc = write ? guest_io_write(port, *data) : guest_io_read(port, data);

    if ( rc )
        v->arch.ctxt.flags |= 1;
}
