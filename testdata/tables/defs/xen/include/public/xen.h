#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#define __HYPERVISOR_mmu_update          1
#define __HYPERVISOR_memory_op           3
#define __HYPERVISOR_event_channel_op    4
#define __HYPERVISOR_domctl              5
#define __HYPERVISOR_hvm_op              6

#endif
