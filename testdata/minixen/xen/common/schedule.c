/* Who runs when. The decisions are a scheduler's, reached through its table. */
#include <xen/event.h>
#include <xen/sched.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <public/sched.h>
#include <xsm/xsm.h>

static uint32_t rr_weight[16];
static uint32_t rr_default = 256;

static int rr_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    uint32_t *w = &rr_weight[d->domain_id % ARRAY_SIZE(rr_weight)];

    if ( op->cmd == XEN_DOMCTL_SCHEDOP_getinfo )
        op->weight = *w;
    else
        *w = op->weight;
    return 0;
}

static int rr_adjust_global(uint32_t cmd, uint32_t *weight)
{
    if ( cmd == XEN_DOMCTL_SCHEDOP_getinfo )
        *weight = rr_default;
    else
        rr_default = *weight;
    return 0;
}

static void rr_sleep(struct vcpu *v)
{
    v->is_running = false;
}

static void rr_wake(struct vcpu *v)
{
    v->is_running = v->pause_count == 0 && v->pause_flags == 0;
}

static const struct scheduler sched_rr_def = {
    .name          = "round robin",
    .sched_id      = 1,
    .adjust        = rr_adjust,
    .adjust_global = rr_adjust_global,
    .sleep         = rr_sleep,
    .wake          = rr_wake,
};

static int fifo_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    return -EOPNOTSUPP;
}

static int fifo_adjust_global(uint32_t cmd, uint32_t *weight)
{
    return -EOPNOTSUPP;
}

static const struct scheduler sched_fifo_def = {
    .name          = "first in, first out",
    .sched_id      = 2,
    .adjust        = fifo_adjust,
    .adjust_global = fifo_adjust_global,
    .sleep         = rr_sleep,
    .wake          = rr_wake,
};

static const struct scheduler *const schedulers[] = {
    &sched_rr_def,
    &sched_fifo_def,
};

static const struct scheduler *ops = &sched_rr_def;

int sched_id(void)
{
    return ops->sched_id;
}

static int __init scheduler_init(void)
{
    unsigned int i;

    for ( i = 0; i < ARRAY_SIZE(schedulers); i++ )
        if ( schedulers[i]->sched_id == 1 )
            ops = schedulers[i];
    return 0;
}
__initcall(scheduler_init);

void vcpu_pause(struct vcpu *v)
{
    v->pause_count++;
    ops->sleep(v);
}

void vcpu_unpause(struct vcpu *v)
{
    if ( --v->pause_count == 0 )
        ops->wake(v);
}

void vcpu_wake(struct vcpu *v)
{
    clear_bit(_VPF_blocked, &v->pause_flags);
    ops->wake(v);
}

void vcpu_block(void)
{
    set_bit(_VPF_blocked, &current->pause_flags);
    ops->sleep(current);
}

long vcpu_yield(void)
{
    ops->sleep(current);
    ops->wake(current);
    return 0;
}

int vcpu_set_hard_affinity(struct vcpu *v, uint64_t mask)
{
    if ( (mask & ((1UL << NR_CPUS) - 1)) == 0 )
        return -EINVAL;
    v->affinity = mask;
    return 0;
}

long sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    long ret;

    ret = xsm_domctl_scheduler_op(XSM_HOOK, d, op->cmd);
    if ( ret )
        return ret;

    if ( op->sched_id != ops->sched_id )
        return -EINVAL;
    if ( op->cmd != XEN_DOMCTL_SCHEDOP_putinfo &&
         op->cmd != XEN_DOMCTL_SCHEDOP_getinfo )
        return -EINVAL;

    return ops->adjust(d, op);
}

long sched_adjust_global(uint32_t cmd, uint32_t *weight)
{
    long rc = xsm_sysctl_scheduler_op(XSM_HOOK, cmd);

    return rc ?: ops->adjust_global(cmd, weight);
}

static long do_poll(const struct sched_poll *poll)
{
    if ( poll->nr_ports > 128 )
        return -EINVAL;
    current->domain->poll_mask_busy = true;
    vcpu_block();
    return 0;
}

static long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout)
{
    if ( id > 2 )
        return -EINVAL;
    d->vcpu[0]->singleshot_ns = timeout * 1000000000UL;
    return id ? 0 : 1;
}

long do_sched_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long ret = 0;

    switch ( cmd )
    {
    case SCHEDOP_yield:
        ret = vcpu_yield();
        break;

    case SCHEDOP_block:
        vcpu_block();
        break;

    case SCHEDOP_shutdown:
    {
        struct sched_shutdown op;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
            break;
        ret = domain_shutdown(current->domain, op.reason);
        break;
    }

    case SCHEDOP_poll:
    {
        struct sched_poll op;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
            break;
        ret = do_poll(&op);
        break;
    }

    case SCHEDOP_remote_shutdown:
    {
        struct sched_remote_shutdown op;
        struct domain *d;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
            break;

        ret = -ESRCH;
        d = rcu_lock_domain_by_id(op.domain_id);
        if ( d == NULL )
            break;

        ret = xsm_schedop_shutdown(XSM_DM_PRIV, current->domain, d);
        if ( likely(!ret) )
            domain_shutdown(d, op.reason);

        rcu_unlock_domain(d);
        break;
    }

    case SCHEDOP_watchdog:
    {
        struct sched_watchdog op;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
            break;
        ret = domain_watchdog(current->domain, op.id, op.timeout);
        break;
    }

    default:
        ret = -ENOSYS;
        break;
    }

    return ret;
}

long do_set_timer_op(int64_t timeout)
{
    current->singleshot_ns = timeout < 0 ? 0 : timeout;
    return 0;
}
