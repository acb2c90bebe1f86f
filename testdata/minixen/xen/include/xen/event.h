#ifndef __XEN_EVENT_H__
#define __XEN_EVENT_H__

#include <xen/sched.h>

#define port_is_valid(d, p) ((p) < MAX_EVTCHNS && (p) != 0)
#define evtchn_from_port(d, p) (&(d)->evtchn[p])

int evtchn_send(struct domain *d, unsigned int lport);
int evtchn_close(struct domain *d, unsigned int port, bool guest);
int evtchn_reset(struct domain *d, bool resuming);
int evtchn_init(struct domain *d);
void evtchn_destroy(struct domain *d);
int alloc_unbound_xen_event_channel(struct domain *ld, unsigned int lvcpu,
                                    domid_t remote_domid);
void send_guest_vcpu_virq(struct vcpu *v, uint32_t virq);
void send_global_virq(uint32_t virq);
void dump_evtchn_info(void);
int set_global_virq_handler(struct domain *d, uint32_t virq);

#endif
