/* From a number in a register to the function that serves it. */
#include <acm/acm_hooks.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <asm/hypercall.h>

#ifdef CONFIG_COMPAT
#define ENTRY(x, c) [ __HYPERVISOR_ ## x ] =                            \
    { (hypercall_fn_t *)(void *)do_ ## x, (hypercall_fn_t *)(void *)c ## x }
#define COMPAT_CALL(x) ENTRY(x, compat_)
#else
#define ENTRY(x, c) [ __HYPERVISOR_ ## x ] = { (hypercall_fn_t *)(void *)do_ ## x }
#define COMPAT_CALL(x) ENTRY(x, do_)
#endif
#define HYPERCALL(x) ENTRY(x, do_)

const hypercall_table_t pv_hypercall_table[NR_hypercalls] = {
    HYPERCALL(mmu_update),
    COMPAT_CALL(platform_op),
    COMPAT_CALL(memory_op),
    COMPAT_CALL(multicall),
    HYPERCALL(update_va_mapping),
    HYPERCALL(set_timer_op),
    HYPERCALL(xen_version),
    HYPERCALL(console_io),
    HYPERCALL(vm_assist),
    HYPERCALL(vcpu_op),
    HYPERCALL(mmuext_op),
    COMPAT_CALL(sched_op),
    HYPERCALL(physdev_op),
#ifdef CONFIG_HVM
    HYPERCALL(hvm_op),
#endif
#ifdef CONFIG_ACM
    HYPERCALL(acm_op),
#endif
#ifdef CONFIG_KEXEC
    HYPERCALL(kexec_op),
#endif
#ifdef CONFIG_GRANT_TABLE
    COMPAT_CALL(grant_table_op),
#endif
    COMPAT_CALL(xsm_op),
    HYPERCALL(event_channel_op),
    HYPERCALL(sysctl),
    HYPERCALL(domctl),
};

static unsigned long call(hypercall_fn_t *fn, const struct cpu_user_regs *regs)
{
    if ( !fn )
        return -ENOSYS;
    return fn(regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8);
}

long arch_do_multicall_call(struct multicall_entry *mc)
{
    unsigned long nr = array_index_nospec(mc->op, NR_hypercalls);
    hypercall_fn_t *fn = pv_hypercall_table[nr].native;

    if ( mc->op >= NR_hypercalls || !fn )
        return -ENOSYS;
    return fn(mc->args[0], mc->args[1], mc->args[2], mc->args[3], mc->args[4]);
}

void pv_hypercall(struct cpu_user_regs *regs)
{
    unsigned long nr = array_index_nospec(regs->rax, NR_hypercalls);

    if ( regs->rax >= NR_hypercalls )
    {
        regs->rax = -ENOSYS;
        return;
    }
#ifdef CONFIG_COMPAT
    if ( regs->compat )
    {
        regs->rax = call(pv_hypercall_table[nr].compat, regs);
        return;
    }
#endif
    regs->rax = call(pv_hypercall_table[nr].native, regs);
}
