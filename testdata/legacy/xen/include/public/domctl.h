#ifndef __XEN_PUBLIC_DOMCTL_H__
#define __XEN_PUBLIC_DOMCTL_H__

#include "xen.h"

#define XEN_DOMCTL_pausedomain    1
#define XEN_DOMCTL_unpausedomain  2
#define XEN_DOMCTL_max_mem        3

struct xen_domctl {
    uint32_t cmd;
    domid_t domain;
    uint32_t max_pages;
};
typedef struct xen_domctl xen_domctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_t);

#endif
