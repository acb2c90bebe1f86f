/* From a number in a register to the function that serves it. */
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
    HYPERCALL(set_timer_op),
    HYPERCALL(console_io),
    HYPERCALL(vcpu_op),
    HYPERCALL(sched_op),
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
