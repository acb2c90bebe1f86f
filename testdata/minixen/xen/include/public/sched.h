#ifndef __XEN_PUBLIC_SCHED_H__
#define __XEN_PUBLIC_SCHED_H__

#include <public/event_channel.h>

#define SCHEDOP_yield            0
#define SCHEDOP_block            1
#define SCHEDOP_shutdown         2
#define SCHEDOP_poll             3
#define SCHEDOP_remote_shutdown  4
#define SCHEDOP_watchdog         6

struct sched_shutdown { unsigned int reason; };
struct sched_poll { uint32_t nr_ports; uint64_t timeout; };
struct sched_remote_shutdown { domid_t domain_id; unsigned int reason; };
struct sched_watchdog { uint32_t id; uint32_t timeout; };

#endif
