#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#define __HYPERVISOR_domctl                0
#define __HYPERVISOR_event_channel_op      2

/* Architecture-specific hypercalls. */
#define __HYPERVISOR_arch_0               48

#define DOMID_SELF 0x7FF0

#ifndef __ASSEMBLY__
#include <xen/types.h>
#define DEFINE_XEN_GUEST_HANDLE(type) typedef struct { type *p; } __guest_handle_ ## type
#define XEN_GUEST_HANDLE(type) __guest_handle_ ## type
DEFINE_XEN_GUEST_HANDLE(void);
#endif

#endif
