/* What the machine's own operating system does to the machine. */
#include <xen/cpu.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <xsm/xsm.h>

#define NR_MTRR 8

static struct { uint64_t mfn, nr; uint32_t type; bool used; } mtrr[NR_MTRR];
static uint64_t wallclock_secs;
static uint64_t cpu_freq[NR_CPUS];
static uint32_t microcode_revision, sleep_state;
static DEFINE_SPINLOCK(xenpf_lock);

static int mtrr_add(const struct xenpf_memtype *m)
{
    unsigned int i;

    for ( i = 0; i < NR_MTRR; i++ )
        if ( !mtrr[i].used )
        {
            mtrr[i].mfn = m->mfn;
            mtrr[i].nr = m->nr_mfns;
            mtrr[i].type = m->type;
            mtrr[i].used = true;
            return i;
        }
    return -ENOSPC;
}

static int microcode_update(const struct xenpf_microcode_update *u)
{
    uint8_t first;

    if ( u->length == 0 )
        return -EINVAL;
    if ( copy_from_guest(&first, u->data, 1) )
        return -EFAULT;
    microcode_revision = first;
    return 0;
}

/* Shared by both kinds of caller, which have asked about the whole already. */
static long platform_op(struct xen_platform_op *op)
{
    long ret = 0;

    switch ( op->cmd )
    {
    case XENPF_settime:
        wallclock_secs = op->u.settime.secs;
        break;

    case XENPF_add_memtype:
        ret = mtrr_add(&op->u.memtype);
        if ( ret >= 0 )
        {
            op->u.memtype.handle = ret;
            ret = 0;
        }
        break;

    case XENPF_del_memtype:
        if ( op->u.memtype.handle >= NR_MTRR )
            ret = -EINVAL;
        else
            mtrr[op->u.memtype.handle].used = false;
        break;

    case XENPF_read_memtype:
        if ( op->u.memtype.reg >= NR_MTRR )
        {
            ret = -EINVAL;
            break;
        }
        op->u.memtype.mfn = mtrr[op->u.memtype.reg].mfn;
        op->u.memtype.nr_mfns = mtrr[op->u.memtype.reg].nr;
        op->u.memtype.type = mtrr[op->u.memtype.reg].type;
        break;

    case XENPF_microcode_update:
        ret = microcode_update(&op->u.microcode);
        break;

    case XENPF_enter_acpi_sleep:
        sleep_state = op->u.enter_acpi_sleep.sleep_state;
        break;

    case XENPF_change_freq:
        if ( op->u.change_freq.cpu >= NR_CPUS )
            ret = -EINVAL;
        else
            cpu_freq[op->u.change_freq.cpu] = op->u.change_freq.freq;
        break;

    case XENPF_getidletime:
        op->u.idletime = 0;
        break;

    case XENPF_cpu_online:
        ret = xsm_resource_plug_core(XSM_HOOK);
        if ( ret )
            break;
        ret = cpu_up(op->u.cpu_ol.cpuid);
        break;

    case XENPF_cpu_offline:
        ret = xsm_resource_unplug_core(XSM_HOOK);
        if ( ret )
            break;
        ret = cpu_down(op->u.cpu_ol.cpuid);
        break;

    case XENPF_get_symbol:
        op->u.symdata.address = (unsigned long)do_platform_op;
        break;

    default:
        ret = -ENOSYS;
        break;
    }

    return ret;
}

long do_platform_op(XEN_GUEST_HANDLE_PARAM(xen_platform_op_t) u_op)
{
    struct xen_platform_op op;
    long ret;

    if ( copy_from_guest(&op, u_op, 1) )
        return -EFAULT;
    if ( op.interface_version != XENPF_INTERFACE_VERSION )
        return -EACCES;

    ret = xsm_platform_op(XSM_PRIV, op.cmd);
    if ( ret )
        return ret;

    spin_lock(&xenpf_lock);
    ret = platform_op(&op);
    spin_unlock(&xenpf_lock);

    if ( !ret && __copy_to_guest(u_op, &op, 1) )
        ret = -EFAULT;
    return ret;
}

#ifdef CONFIG_COMPAT
long compat_platform_op(XEN_GUEST_HANDLE_PARAM(void) u_op)
{
    struct xen_platform_op op;
    long ret;

    if ( raw_copy_from_guest(&op, u_op.p, sizeof(op)) )
        return -EFAULT;

    ret = xsm_platform_op(XSM_PRIV, op.cmd);
    if ( ret )
        return ret;

    spin_lock(&xenpf_lock);
    ret = platform_op(&op);
    spin_unlock(&xenpf_lock);

    if ( !ret && raw_copy_to_guest(u_op.p, &op, sizeof(op)) )
        ret = -EFAULT;
    return ret;
}
#endif
