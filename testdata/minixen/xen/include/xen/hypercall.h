#ifndef __XEN_HYPERCALL_H__
#define __XEN_HYPERCALL_H__

#include <xen/types.h>
#include <public/xen.h>
#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/platform.h>
#include <public/event_channel.h>
#include <public/version.h>
#include <asm/hypercall.h>

struct domain;

long do_domctl(XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl);
long arch_do_domctl(struct xen_domctl *domctl, struct domain *d,
                    XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl);
long do_sysctl(XEN_GUEST_HANDLE_PARAM(xen_sysctl_t) u_sysctl);
long arch_do_sysctl(struct xen_sysctl *sysctl,
                    XEN_GUEST_HANDLE_PARAM(xen_sysctl_t) u_sysctl);
long do_platform_op(XEN_GUEST_HANDLE_PARAM(xen_platform_op_t) u_op);
long do_event_channel_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_grant_table_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) uop,
                       unsigned int count);
long do_memory_op(unsigned long cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_sched_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_vcpu_op(int cmd, unsigned int vcpuid, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_multicall(XEN_GUEST_HANDLE_PARAM(multicall_entry_t) call_list,
                  unsigned int nr_calls);
long do_xen_version(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_console_io(unsigned int cmd, unsigned int count,
                   XEN_GUEST_HANDLE_PARAM(char) buffer);
long do_set_timer_op(int64_t timeout);
long do_vm_assist(unsigned int cmd, unsigned int type);
long do_xsm_op(XEN_GUEST_HANDLE_PARAM(void) op);
long do_hvm_op(unsigned long op, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_kexec_op(unsigned int op, XEN_GUEST_HANDLE_PARAM(void) uarg);
long do_physdev_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long do_mmu_update(XEN_GUEST_HANDLE_PARAM(mmu_update_t) ureqs,
                   unsigned int count, unsigned int foreigndom);
long do_mmuext_op(XEN_GUEST_HANDLE_PARAM(mmuext_op_t) uops,
                  unsigned int count, unsigned int foreigndom);
long do_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags);

#ifdef CONFIG_COMPAT
long compat_memory_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long compat_grant_table_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) uop,
                           unsigned int count);
long compat_sched_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);
long compat_multicall(XEN_GUEST_HANDLE_PARAM(void) call_list,
                      unsigned int nr_calls);
long compat_platform_op(XEN_GUEST_HANDLE_PARAM(void) u_op);
long compat_xsm_op(XEN_GUEST_HANDLE_PARAM(void) op);
#endif

long arch_do_multicall_call(struct multicall_entry *call);

#endif
