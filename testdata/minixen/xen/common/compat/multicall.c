/* Many calls of a 32-bit caller in one. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>

struct compat_multicall_entry {
    uint32_t op, result;
    uint32_t args[6];
};

long compat_multicall(XEN_GUEST_HANDLE_PARAM(void) call_list,
                      unsigned int nr_calls)
{
    struct compat_multicall_entry *list = call_list.p, cmp;
    unsigned int i, j;

    for ( i = 0; i < nr_calls; i++ )
    {
        struct multicall_entry call = { };

        if ( raw_copy_from_guest(&cmp, &list[i], sizeof(cmp)) )
            return -EFAULT;
        call.op = cmp.op;
        for ( j = 0; j < ARRAY_SIZE(cmp.args); j++ )
            call.args[j] = cmp.args[j];
        if ( cmp.op >= NR_hypercalls || !pv_hypercall_table[cmp.op].compat )
            cmp.result = -ENOSYS;
        else
            cmp.result = pv_hypercall_table[cmp.op].compat(
                call.args[0], call.args[1], call.args[2], call.args[3],
                call.args[4]);
        if ( raw_copy_to_guest(&list[i].result, &cmp.result,
                               sizeof(cmp.result)) )
            return -EFAULT;
    }
    return 0;
}
