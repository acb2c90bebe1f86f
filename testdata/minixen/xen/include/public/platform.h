#ifndef __XEN_PUBLIC_PLATFORM_H__
#define __XEN_PUBLIC_PLATFORM_H__

#include <public/xen.h>

#define XENPF_INTERFACE_VERSION 0x03f00000

#define XENPF_settime            17
#define XENPF_add_memtype        31
#define XENPF_del_memtype        32
#define XENPF_read_memtype       33
#define XENPF_microcode_update   35
#define XENPF_enter_acpi_sleep   51
#define XENPF_change_freq        52
#define XENPF_getidletime        53
#define XENPF_cpu_online         56
#define XENPF_cpu_offline        57
#define XENPF_get_symbol         63

struct xenpf_settime { uint64_t secs; uint32_t nsecs; };
struct xenpf_memtype { uint64_t mfn, nr_mfns; uint32_t type, handle, reg; };
struct xenpf_microcode_update { uint32_t length; XEN_GUEST_HANDLE(uint8_t) data; };
struct xenpf_enter_acpi_sleep { uint32_t sleep_state; };
struct xenpf_change_freq { uint32_t cpu; uint64_t freq; };
struct xenpf_cpu_ol { uint32_t cpuid; };
struct xenpf_symdata { uint32_t symnum; uint64_t address; };

struct xen_platform_op {
    uint32_t cmd;
    uint32_t interface_version;
    union {
        struct xenpf_settime settime;
        struct xenpf_memtype memtype;
        struct xenpf_microcode_update microcode;
        struct xenpf_enter_acpi_sleep enter_acpi_sleep;
        struct xenpf_change_freq change_freq;
        struct xenpf_cpu_ol cpu_ol;
        struct xenpf_symdata symdata;
        uint64_t idletime;
    } u;
};
typedef struct xen_platform_op xen_platform_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_platform_op_t);

#endif
