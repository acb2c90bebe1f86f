/* The image that runs when the hypervisor no longer can. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <public/kexec.h>

static uint64_t image_entry;

static long kexec_get_range(XEN_GUEST_HANDLE_PARAM(void) uarg)
{
    struct xen_kexec_range r;

    if ( raw_copy_from_guest(&r, uarg.p, sizeof(r)) )
        return -EFAULT;
    r.start = 0;
    r.size = max_page << PAGE_SHIFT;
    return raw_copy_to_guest(uarg.p, &r, sizeof(r)) ? -EFAULT : 0;
}

static long kexec_load(XEN_GUEST_HANDLE_PARAM(void) uarg)
{
    struct xen_kexec_load load;

    if ( raw_copy_from_guest(&load, uarg.p, sizeof(load)) )
        return -EFAULT;
    if ( load.nr_segments > 16 || !load.entry_maddr )
        return -EINVAL;
    image_entry = load.entry_maddr;
    return 0;
}

static long kexec_exec(void)
{
    if ( !image_entry )
        return -EINVAL;
    panic("jump to %lx", image_entry);
}

long do_kexec_op(unsigned int op, XEN_GUEST_HANDLE_PARAM(void) uarg)
{
    if ( !IS_PRIV(current->domain) )
        return -EPERM;

    switch ( op )
    {
    case KEXEC_CMD_kexec_get_range:
        return kexec_get_range(uarg);
    case KEXEC_CMD_kexec_load:
        return kexec_load(uarg);
    case KEXEC_CMD_kexec_unload:
        image_entry = 0;
        return 0;
    case KEXEC_CMD_kexec:
        return kexec_exec();
    default:
        return -ENOSYS;
    }
}
