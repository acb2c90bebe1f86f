#ifndef __XEN_PUBLIC_HVM_HVM_OP_H__
#define __XEN_PUBLIC_HVM_HVM_OP_H__

#include <public/xen.h>

#define HVMOP_set_param           0
#define HVMOP_get_param           1
#define HVMOP_set_pci_intx_level  2
#define HVMOP_flush_tlbs          5
#define HVMOP_track_dirty_vram    6
#define HVMOP_set_mem_type        8
#define HVMOP_pagetable_dying     9
#define HVMOP_get_time           10
#define HVMOP_inject_trap        14

struct xen_hvm_param { domid_t domid; uint32_t index; uint64_t value; };
struct xen_hvm_set_pci_intx_level { domid_t domid; uint8_t device, intx, level; };
struct xen_hvm_track_dirty_vram { domid_t domid; uint32_t nr; uint64_t first_pfn; };
struct xen_hvm_set_mem_type { domid_t domid; uint16_t type; uint32_t nr; uint64_t first_pfn; };
struct xen_hvm_pagetable_dying { domid_t domid; uint64_t gpa; };
struct xen_hvm_get_time { uint64_t now; };
struct xen_hvm_inject_trap { domid_t domid; uint32_t vcpuid, vector; };

#endif
