#ifndef __XEN_PUBLIC_DOMCTL_H__
#define __XEN_PUBLIC_DOMCTL_H__

#include <public/xen.h>

#define XEN_DOMCTL_INTERFACE_VERSION 0x0000f001

struct xen_domctl_createdomain {
    uint32_t ssidref;
    uint8_t handle[16];
#define XEN_DOMCTL_CDF_hvm      1u
#define XEN_DOMCTL_CDF_xs       2u
#define XEN_DOMCTL_CDF_hap      4u
    uint32_t flags;
    uint32_t max_vcpus;
    uint32_t max_evtchn_port;
};

struct xen_domctl_getdomaininfo {
    domid_t domain;
#define XEN_DOMINF_dying     1u
#define XEN_DOMINF_shutdown  2u
#define XEN_DOMINF_paused    4u
#define XEN_DOMINF_hvm_guest 8u
    uint32_t flags;
    uint64_t tot_pages;
    uint64_t max_pages;
    uint32_t nr_online_vcpus;
    uint32_t ssidref;
    uint8_t handle[16];
};
typedef struct xen_domctl_getdomaininfo xen_domctl_getdomaininfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t);

struct xen_domctl_vcpuaffinity {
    uint32_t vcpu;
    uint64_t map;
};

struct vcpu_guest_context {
    unsigned long ip, sp, flags;
    unsigned long ctrlreg[8];
};
typedef struct vcpu_guest_context vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

struct xen_domctl_vcpucontext {
    uint32_t vcpu;
    XEN_GUEST_HANDLE_64(vcpu_guest_context_t) ctxt;
};

struct xen_domctl_getvcpuinfo {
    uint32_t vcpu;
    uint8_t online, blocked, running;
    uint64_t cpu_time;
};

struct xen_domctl_irq_permission { uint32_t pirq; uint8_t allow_access; };
struct xen_domctl_iomem_permission {
    uint64_t first_mfn, nr_mfns;
    uint8_t allow_access;
};
struct xen_domctl_ioport_permission {
    uint32_t first_port, nr_ports;
    uint8_t allow_access;
};
struct xen_domctl_memory_mapping {
    uint64_t first_gfn, first_mfn, nr_mfns;
#define DPCI_ADD_MAPPING    1
#define DPCI_REMOVE_MAPPING 0
    uint32_t add_mapping;
};
struct xen_domctl_ioport_mapping {
    uint32_t first_gport, first_mport, nr_ports;
    uint32_t add_mapping;
};
struct xen_domctl_bind_pt_irq { uint32_t machine_irq; uint32_t guest_irq; };
struct xen_domctl_assign_device {
    uint32_t machine_sbdf;
    uint32_t flags;
};
struct xen_domctl_get_device_group {
    uint32_t machine_sbdf;
    uint32_t max_sdevs, num_sdevs;
    XEN_GUEST_HANDLE_64(uint32_t) sdev_array;
};
struct xen_domctl_scheduler_op {
    uint32_t sched_id;
#define XEN_DOMCTL_SCHEDOP_putinfo 0
#define XEN_DOMCTL_SCHEDOP_getinfo 1
    uint32_t cmd;
    uint32_t weight;
};
struct xen_domctl_vm_event_op {
#define XEN_VM_EVENT_ENABLE   0
#define XEN_VM_EVENT_DISABLE  1
#define XEN_VM_EVENT_RESUME   2
    uint32_t op;
#define XEN_DOMCTL_VM_EVENT_OP_PAGING  1
#define XEN_DOMCTL_VM_EVENT_OP_MONITOR 2
    uint32_t mode;
    uint32_t port;
};
struct xen_domctl_mem_sharing_op { uint8_t op; uint8_t enable; };
struct xen_domctl_shadow_op {
#define XEN_DOMCTL_SHADOW_OP_OFF            0
#define XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY 25
#define XEN_DOMCTL_SHADOW_OP_CLEAN          11
#define XEN_DOMCTL_SHADOW_OP_PEEK           12
    uint32_t op;
    uint64_t pages;
    XEN_GUEST_HANDLE_64(uint8_t) dirty_bitmap;
};
struct xen_domctl_hvmcontext {
    uint32_t size;
    XEN_GUEST_HANDLE_64(uint8_t) buffer;
};
struct xen_domctl_sendtrigger { uint32_t trigger, vcpu; };
struct xen_domctl_address_size { uint32_t size; };

struct xen_domctl {
    uint32_t cmd;
#define XEN_DOMCTL_createdomain          1
#define XEN_DOMCTL_destroydomain         2
#define XEN_DOMCTL_pausedomain           3
#define XEN_DOMCTL_unpausedomain         4
#define XEN_DOMCTL_getdomaininfo         5
#define XEN_DOMCTL_setvcpuaffinity       9
#define XEN_DOMCTL_shadow_op            10
#define XEN_DOMCTL_max_mem              11
#define XEN_DOMCTL_setvcpucontext       12
#define XEN_DOMCTL_getvcpucontext       13
#define XEN_DOMCTL_getvcpuinfo          14
#define XEN_DOMCTL_max_vcpus            15
#define XEN_DOMCTL_scheduler_op         16
#define XEN_DOMCTL_setdomainhandle      17
#define XEN_DOMCTL_irq_permission       19
#define XEN_DOMCTL_iomem_permission     20
#define XEN_DOMCTL_ioport_permission    21
#define XEN_DOMCTL_settimeoffset        24
#define XEN_DOMCTL_getvcpuaffinity      25
#define XEN_DOMCTL_resumedomain         27
#define XEN_DOMCTL_sendtrigger          28
#define XEN_DOMCTL_subscribe            29
#define XEN_DOMCTL_gethvmcontext        33
#define XEN_DOMCTL_sethvmcontext        34
#define XEN_DOMCTL_set_address_size     35
#define XEN_DOMCTL_get_address_size     36
#define XEN_DOMCTL_assign_device        37
#define XEN_DOMCTL_bind_pt_irq          38
#define XEN_DOMCTL_memory_mapping       39
#define XEN_DOMCTL_ioport_mapping       40
#define XEN_DOMCTL_set_target           46
#define XEN_DOMCTL_deassign_device      47
#define XEN_DOMCTL_unbind_pt_irq        48
#define XEN_DOMCTL_get_device_group     50
#define XEN_DOMCTL_test_assign_device   55
#define XEN_DOMCTL_vm_event_op          56
#define XEN_DOMCTL_mem_sharing_op       58
#define XEN_DOMCTL_set_virq_handler     66
#define XEN_DOMCTL_soft_reset           79
    uint32_t interface_version;
    domid_t domain;
    union {
        struct xen_domctl_createdomain createdomain;
        struct xen_domctl_getdomaininfo getdomaininfo;
        struct xen_domctl_vcpuaffinity vcpuaffinity;
        struct xen_domctl_vcpucontext vcpucontext;
        struct xen_domctl_getvcpuinfo getvcpuinfo;
        struct xen_domctl_irq_permission irq_permission;
        struct xen_domctl_iomem_permission iomem_permission;
        struct xen_domctl_ioport_permission ioport_permission;
        struct xen_domctl_memory_mapping memory_mapping;
        struct xen_domctl_ioport_mapping ioport_mapping;
        struct xen_domctl_bind_pt_irq bind_pt_irq;
        struct xen_domctl_assign_device assign_device;
        struct xen_domctl_get_device_group get_device_group;
        struct xen_domctl_scheduler_op scheduler_op;
        struct xen_domctl_vm_event_op vm_event_op;
        struct xen_domctl_mem_sharing_op mem_sharing_op;
        struct xen_domctl_shadow_op shadow_op;
        struct xen_domctl_hvmcontext hvmcontext;
        struct xen_domctl_sendtrigger sendtrigger;
        struct xen_domctl_address_size address_size;
        struct { uint64_t max_memkb; } max_mem;
        struct { uint32_t max; } max_vcpus;
        struct { uint8_t handle[16]; } setdomainhandle;
        struct { int64_t time_offset_seconds; } settimeoffset;
        struct { domid_t target; } set_target;
        struct { uint32_t port; } subscribe;
        struct { uint32_t virq; } set_virq_handler;
    } u;
};
typedef struct xen_domctl xen_domctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_t);

#endif
