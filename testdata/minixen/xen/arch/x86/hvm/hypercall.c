/* The calls that such a guest has: its own table, of a different shape. */
#include <xen/hypercall.h>
#include <xen/lib.h>
#include <asm/hypercall.h>

#ifdef CONFIG_COMPAT
#define HVM_ENTRY(x, c) [ __HYPERVISOR_ ## x ] =                        \
    { (hypercall_fn_t *)(void *)do_ ## x, (hypercall_fn_t *)(void *)c ## x }
#else
#define HVM_ENTRY(x, c) [ __HYPERVISOR_ ## x ] = { (hypercall_fn_t *)(void *)do_ ## x }
#endif
#define HVM_CALL(x)     HVM_ENTRY(x, do_)
#ifdef CONFIG_COMPAT
#define COMPAT_CALL(x)  HVM_ENTRY(x, compat_)
#else
#define COMPAT_CALL(x)  HVM_ENTRY(x, do_)
#endif

const hypercall_table_t hvm_hypercall_table[NR_hypercalls] = {
    COMPAT_CALL(memory_op),
#ifdef CONFIG_GRANT_TABLE
    COMPAT_CALL(grant_table_op),
#endif
    HVM_CALL(vcpu_op),
    HVM_CALL(physdev_op),
    HVM_CALL(xen_version),
    HVM_CALL(console_io),
    HVM_CALL(event_channel_op),
    COMPAT_CALL(sched_op),
    HVM_CALL(set_timer_op),
    COMPAT_CALL(xsm_op),
    HVM_CALL(hvm_op),
    HVM_CALL(sysctl),
    HVM_CALL(domctl),
};

int hvm_hypercall(struct cpu_user_regs *regs)
{
    unsigned long nr = regs->rax;
    hypercall_fn_t *fn;

    if ( nr >= NR_hypercalls )
        return -ENOSYS;
    fn = hvm_hypercall_table[array_index_nospec(nr, NR_hypercalls)].native;
    if ( !fn )
        return -ENOSYS;
    regs->rax = fn(regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8);
    return 0;
}
