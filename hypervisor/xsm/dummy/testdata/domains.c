/* The domains the oracle tries, two by two. */
#include "oracle.h"

static struct domain d[NDOMS];
struct domain *doms[NDOMS];
struct domain *current_domain;
struct domain *dom_io = &d[6];

void make_domains(void)
{
    for ( int i = 0; i < NDOMS; i++ )
    {
        doms[i] = &d[i];
        d[i].domain_id = i;
    }
    d[0].is_privileged = 1;
    d[2].target = &d[3];
    d[4].is_xenstore = 1;
    d[5].is_console = 1;
    d[6].domain_id = DOMID_IO;
    d[7].is_xenstore = 1;
    d[7].target = &d[1];
}

#ifdef REAL_DUMMY
static struct vcpu v;
struct vcpu *the_vcpu(void) { v.domain = current_domain; return &v; }
#endif
