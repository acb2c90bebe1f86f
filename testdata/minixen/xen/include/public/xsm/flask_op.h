#ifndef __XEN_PUBLIC_XSM_FLASK_OP_H__
#define __XEN_PUBLIC_XSM_FLASK_OP_H__

#include <public/xen.h>

#define XEN_FLASK_INTERFACE_VERSION 1

struct xen_flask_rule {
    uint32_t ssid, tsid;
    uint16_t tclass;
    uint32_t perms;
};
typedef struct xen_flask_rule xen_flask_rule_t;
DEFINE_XEN_GUEST_HANDLE(xen_flask_rule_t);

struct xen_flask_load { uint32_t nr; XEN_GUEST_HANDLE(xen_flask_rule_t) rules; };
struct xen_flask_access { uint32_t ssid, tsid; uint16_t tclass; uint32_t req, allowed; };
struct xen_flask_setenforce { uint32_t enforcing; };
struct xen_flask_relabel { domid_t domid; uint32_t sid; };

struct xen_flask_op {
    uint32_t cmd;
#define FLASK_LOAD               1
#define FLASK_GETENFORCE         2
#define FLASK_SETENFORCE         3
#define FLASK_ACCESS             6
#define FLASK_RELABEL_DOMAIN    25
    uint32_t interface_version;
    union {
        struct xen_flask_load load;
        struct xen_flask_access access;
        struct xen_flask_setenforce enforce;
        struct xen_flask_relabel relabel;
    } u;
};
typedef struct xen_flask_op xen_flask_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_flask_op_t);

#endif
