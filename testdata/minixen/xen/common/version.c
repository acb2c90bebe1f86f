/* Who we are, for those who may know. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <xen/version.h>
#include <xsm/xsm.h>

char saved_cmdline[128];

const char *xen_extra_version(void)
{
    return ".0-mini";
}

const char *xen_changeset(void)
{
    return "none";
}

const char *xen_deny(void)
{
    return "<denied>";
}

static long copy_string(XEN_GUEST_HANDLE_PARAM(void) arg, const char *s,
                        size_t size)
{
    char buf[64] = { };

    strlcpy(buf, s, sizeof(buf));
    return raw_copy_to_guest(arg.p, buf, min(size, sizeof(buf))) ? -EFAULT : 0;
}

/* A refused question is answered with a text that says so. */
long do_xen_version(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    bool deny = xsm_xen_version(XSM_OTHER, cmd);

    switch ( cmd )
    {
    case XENVER_version:
        return (4 << 16) | 17;

    case XENVER_extraversion:
        return copy_string(arg, deny ? xen_deny() : xen_extra_version(), 16);

    case XENVER_changeset:
        return copy_string(arg, deny ? xen_deny() : xen_changeset(), 64);

    case XENVER_commandline:
        return copy_string(arg, deny ? xen_deny() : saved_cmdline, 64);

    case XENVER_get_features:
        if ( deny )
            return -EPERM;
        return paging_mode_translate(current->domain) ? 1 : 0;

    default:
        return -ENOSYS;
    }
}

long do_vm_assist(unsigned int cmd, unsigned int type)
{
    if ( type >= 64 )
        return -EINVAL;

    switch ( cmd )
    {
    case VMASST_CMD_enable:
        current->arch.vm_assist |= 1UL << type;
        return 0;
    case VMASST_CMD_disable:
        current->arch.vm_assist &= ~(1UL << type);
        return 0;
    default:
        return -ENOSYS;
    }
}
