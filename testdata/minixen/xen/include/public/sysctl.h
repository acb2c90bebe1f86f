#ifndef __XEN_PUBLIC_SYSCTL_H__
#define __XEN_PUBLIC_SYSCTL_H__

#include <public/xen.h>
#include <public/domctl.h>

#define XEN_SYSCTL_INTERFACE_VERSION 0x0000f001

struct xen_sysctl_readconsole {
    uint8_t clear;
    uint32_t count;
    XEN_GUEST_HANDLE_64(char) buffer;
};
struct xen_sysctl_getdomaininfolist {
    domid_t first_domain;
    uint32_t max_domains, num_domains;
    XEN_GUEST_HANDLE_64(xen_domctl_getdomaininfo_t) buffer;
};
struct xen_sysctl_physinfo {
    uint32_t nr_cpus, threads_per_core;
    uint64_t total_pages, free_pages;
};
struct xen_sysctl_debug_keys { uint32_t nr_keys; XEN_GUEST_HANDLE_64(char) keys; };
struct xen_sysctl_perfc_op { uint32_t cmd; uint32_t nr_counters; };
struct xen_sysctl_tbuf_op { uint32_t cmd; uint32_t size; };
struct xen_sysctl_page_offline_op {
#define sysctl_page_offline       1
#define sysctl_page_online        2
#define sysctl_query_page_offline 3
    uint32_t cmd;
    uint64_t start, end;
};
struct xen_sysctl_cpu_hotplug {
    uint32_t cpu;
#define XEN_SYSCTL_CPU_HOTPLUG_ONLINE  0
#define XEN_SYSCTL_CPU_HOTPLUG_OFFLINE 1
    uint32_t op;
};
struct xen_sysctl_scheduler_op { uint32_t cmd; uint32_t weight; };

struct xen_sysctl {
    uint32_t cmd;
#define XEN_SYSCTL_readconsole       1
#define XEN_SYSCTL_tbuf_op           2
#define XEN_SYSCTL_physinfo          3
#define XEN_SYSCTL_sched_id          4
#define XEN_SYSCTL_perfc_op          5
#define XEN_SYSCTL_getdomaininfolist 6
#define XEN_SYSCTL_debug_keys        7
#define XEN_SYSCTL_cpu_hotplug      11
#define XEN_SYSCTL_page_offline_op  14
#define XEN_SYSCTL_scheduler_op     19
#define XEN_SYSCTL_livepatch_query  27
    uint32_t interface_version;
    union {
        struct xen_sysctl_readconsole readconsole;
        struct xen_sysctl_tbuf_op tbuf_op;
        struct xen_sysctl_physinfo physinfo;
        struct xen_sysctl_perfc_op perfc_op;
        struct xen_sysctl_getdomaininfolist getdomaininfolist;
        struct xen_sysctl_debug_keys debug_keys;
        struct xen_sysctl_cpu_hotplug cpu_hotplug;
        struct xen_sysctl_page_offline_op page_offline;
        struct xen_sysctl_scheduler_op scheduler_op;
        struct { uint32_t sched_id; } sched_id;
        struct { uint32_t nr; } livepatch;
    } u;
};
typedef struct xen_sysctl xen_sysctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_t);

#endif
