/* Operations on the machine that only this architecture has. */
#include <xen/cpu.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <xsm/xsm.h>

static void physinfo(struct xen_sysctl_physinfo *pi)
{
    memset(pi, 0, sizeof(*pi));
    pi->nr_cpus = num_online_cpus();
    pi->threads_per_core = 1;
    pi->total_pages = max_page;
}

long arch_do_sysctl(struct xen_sysctl *sysctl,
                    XEN_GUEST_HANDLE_PARAM(xen_sysctl_t) u_sysctl)
{
    long ret = 0;

    switch ( sysctl->cmd )
    {
    case XEN_SYSCTL_physinfo:
        physinfo(&sysctl->u.physinfo);
        if ( __copy_field_to_guest(u_sysctl, sysctl, u.physinfo) )
            ret = -EFAULT;
        break;

    case XEN_SYSCTL_cpu_hotplug:
    {
        unsigned int cpu = sysctl->u.cpu_hotplug.cpu;

        switch ( sysctl->u.cpu_hotplug.op )
        {
        case XEN_SYSCTL_CPU_HOTPLUG_ONLINE:
            ret = xsm_resource_plug_core(XSM_HOOK);
            if ( ret )
                break;
            ret = cpu_up(cpu);
            break;
        case XEN_SYSCTL_CPU_HOTPLUG_OFFLINE:
            ret = cpu_down(cpu);
            break;
        default:
            ret = -EINVAL;
            break;
        }
        break;
    }

    default:
        ret = -ENOSYS;
        break;
    }

    return ret;
}
