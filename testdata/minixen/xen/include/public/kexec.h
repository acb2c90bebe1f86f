#ifndef __XEN_PUBLIC_KEXEC_H__
#define __XEN_PUBLIC_KEXEC_H__

#include <public/xen.h>

#define KEXEC_CMD_kexec            0
#define KEXEC_CMD_kexec_get_range  3
#define KEXEC_CMD_kexec_load       4
#define KEXEC_CMD_kexec_unload     5

struct xen_kexec_load {
    uint8_t type, arch;
    uint32_t nr_segments;
    uint64_t entry_maddr;
};
struct xen_kexec_range { int32_t range, nr; uint64_t size, start; };

#endif
