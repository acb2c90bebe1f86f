#ifndef __XEN_HYPERCALL_H__
#define __XEN_HYPERCALL_H__

#include <xen/types.h>
#include <public/xen.h>
#include <public/domctl.h>
#include <public/event_channel.h>

extern long
do_ni_hypercall(
    void);

extern long
do_domctl(
    XEN_GUEST_HANDLE(xen_domctl_t) u_domctl);

extern long
do_event_channel_op(
    int cmd, XEN_GUEST_HANDLE(void) arg);

#endif
