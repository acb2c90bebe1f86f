#ifndef __XEN_VM_EVENT_H__
#define __XEN_VM_EVENT_H__

#include <xen/sched.h>

int vm_event_domctl(struct domain *d, struct xen_domctl_vm_event_op *vec);

#endif
