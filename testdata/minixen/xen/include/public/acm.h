#ifndef __XEN_PUBLIC_ACM_H__
#define __XEN_PUBLIC_ACM_H__

#include <public/xen.h>

#define ACM_ACCESS_PERMITTED    0
#define ACM_ACCESS_DENIED      -111

#define ACM_MAX_SSID    16
#define ACM_MAX_TYPES   16

#define ACMOP_setpolicy     1
#define ACMOP_getpolicy     2
#define ACMOP_getssid       4
#define ACMOP_getdecision   5

/* One bit for each type; row n is what label n has. */
struct acm_policy {
    uint32_t max_ssids;
    uint16_t chwall_types[ACM_MAX_SSID];
    uint16_t ste_types[ACM_MAX_SSID];
    uint32_t nr_conflict_sets;
    uint16_t conflict_sets[4];
};

struct acm_getssid { domid_t domid; uint32_t ssidref; };
struct acm_getdecision { domid_t domid1, domid2; int32_t decision; };
struct acm_setpolicy { XEN_GUEST_HANDLE(void) policy; uint32_t size; };

#endif
