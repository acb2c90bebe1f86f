#ifndef __X86_DOMAIN_H__
#define __X86_DOMAIN_H__

#include <xen/types.h>
#include <xen/rangeset.h>
#include <public/xen.h>
#include <public/domctl.h>

#define HVM_NR_PARAMS   24
#define NR_MEMTYPES     8

struct hvm_domain {
    uint64_t params[HVM_NR_PARAMS];
    uint8_t irq_level[32];
    bool logdirty;
    uint8_t memtype[NR_MEMTYPES];
    unsigned int dirty_vram_pages;
};

struct arch_domain {
    struct rangeset *ioport_caps;
    struct hvm_domain hvm;
    int pirq_to_irq[32];
    unsigned int dirty_count;
    bool is_32bit;
    bool paging_enabled;
    bool monitor_enabled;
    bool sharing_enabled;
    bool has_iommu;
};

struct arch_vcpu {
    struct vcpu_guest_context ctxt;
    unsigned long cr3;
    unsigned long vm_assist;
};

#define ioports_permit_access(d, s, e)    rangeset_add_range((d)->arch.ioport_caps, s, e)
#define ioports_deny_access(d, s, e)      rangeset_remove_range((d)->arch.ioport_caps, s, e)
#define ioports_access_permitted(d, s, e) rangeset_contains_range((d)->arch.ioport_caps, s, e)

#endif
