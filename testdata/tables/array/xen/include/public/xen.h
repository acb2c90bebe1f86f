#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#define __HYPERVISOR_memory_op           3
#define __HYPERVISOR_domctl              5
#define __HYPERVISOR_arch_0              6
#define __HYPERVISOR_mca                 __HYPERVISOR_arch_0
#define NR_hypercalls                    8

#endif
