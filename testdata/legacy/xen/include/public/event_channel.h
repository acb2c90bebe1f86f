#ifndef __XEN_PUBLIC_EVENT_CHANNEL_H__
#define __XEN_PUBLIC_EVENT_CHANNEL_H__

#include "xen.h"

#define EVTCHNOP_alloc_unbound 0
#define EVTCHNOP_status        1

struct evtchn_alloc_unbound {
    domid_t dom, remote_dom;
    uint32_t port;
};

struct evtchn_status {
    domid_t dom;
    uint32_t port;
    uint32_t status;
};

#endif
