#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#include <xen/types.h>

#define DEFINE_XEN_GUEST_HANDLE_NAMED(name, type) \
    typedef struct { type *p; } __guest_handle_ ## name
#define DEFINE_XEN_GUEST_HANDLE(name) DEFINE_XEN_GUEST_HANDLE_NAMED(name, name)
#define XEN_GUEST_HANDLE(name)        __guest_handle_ ## name
#define XEN_GUEST_HANDLE_PARAM(name)  __guest_handle_ ## name
#define XEN_GUEST_HANDLE_64(name)     __guest_handle_ ## name

DEFINE_XEN_GUEST_HANDLE(void);
DEFINE_XEN_GUEST_HANDLE(char);
DEFINE_XEN_GUEST_HANDLE(uint8_t);
DEFINE_XEN_GUEST_HANDLE(uint32_t);
DEFINE_XEN_GUEST_HANDLE(uint64_t);

#define __HYPERVISOR_mmu_update             1
#define __HYPERVISOR_platform_op            7
#define __HYPERVISOR_memory_op             12
#define __HYPERVISOR_multicall             13
#define __HYPERVISOR_update_va_mapping     14
#define __HYPERVISOR_set_timer_op          15
#define __HYPERVISOR_xen_version           17
#define __HYPERVISOR_console_io            18
#define __HYPERVISOR_grant_table_op        20
#define __HYPERVISOR_vm_assist             21
#define __HYPERVISOR_vcpu_op               24
#define __HYPERVISOR_mmuext_op             26
#define __HYPERVISOR_xsm_op                27
#define __HYPERVISOR_sched_op              29
#define __HYPERVISOR_event_channel_op      32
#define __HYPERVISOR_physdev_op            33
#define __HYPERVISOR_hvm_op                34
#define __HYPERVISOR_sysctl                35
#define __HYPERVISOR_domctl                36
#define __HYPERVISOR_kexec_op              37
#define __HYPERVISOR_acm_op                38
#define NR_hypercalls                      64

typedef uint16_t domid_t;
typedef unsigned long xen_pfn_t;
typedef unsigned long xen_ulong_t;
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);

#define DOMID_FIRST_RESERVED 0x7FF0
#define DOMID_SELF           0x7FF0
#define DOMID_IO             0x7FF1
#define DOMID_XEN            0x7FF2
#define DOMID_INVALID        0x7FF4

#define VIRQ_TIMER      0
#define VIRQ_DEBUG      1
#define VIRQ_CONSOLE    2
#define VIRQ_DOM_EXC    3
#define NR_VIRQS        8

struct multicall_entry {
    xen_ulong_t op, result;
    xen_ulong_t args[6];
};
typedef struct multicall_entry multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

struct mmu_update {
    uint64_t ptr;       /* machine address of a page-table entry, low bits: command */
    uint64_t val;       /* its new content */
};
typedef struct mmu_update mmu_update_t;
DEFINE_XEN_GUEST_HANDLE(mmu_update_t);

#define MMU_NORMAL_PT_UPDATE        0
#define MMU_MACHPHYS_UPDATE         1
#define MMU_PT_UPDATE_PRESERVE_AD   2

struct mmuext_op {
    unsigned int cmd;
    union { xen_pfn_t mfn; unsigned long linear_addr; } arg1;
    union { unsigned int nr_ents; xen_pfn_t src_mfn; } arg2;
};
typedef struct mmuext_op mmuext_op_t;
DEFINE_XEN_GUEST_HANDLE(mmuext_op_t);

#define MMUEXT_PIN_L1_TABLE      0
#define MMUEXT_UNPIN_TABLE       4
#define MMUEXT_NEW_BASEPTR       5
#define MMUEXT_TLB_FLUSH_LOCAL   6
#define MMUEXT_INVLPG_LOCAL      7
#define MMUEXT_COPY_PAGE        17
#define MMUEXT_MARK_SUPER       19

struct vcpu_runstate_info {
    int state;
    uint64_t state_entry_time;
    uint64_t time[4];
};
typedef struct vcpu_runstate_info vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

#define VMASST_CMD_enable    0
#define VMASST_CMD_disable   1

#define CONSOLEIO_write      0
#define CONSOLEIO_read       1

#endif
