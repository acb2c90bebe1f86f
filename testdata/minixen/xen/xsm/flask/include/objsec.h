#ifndef __FLASK_OBJSEC_H__
#define __FLASK_OBJSEC_H__

#include <xen/types.h>

struct domain_security_struct {
    uint32_t sid;           /* of the domain, as a subject and an object */
    uint32_t self_sid;      /* of the domain as an object to itself */
    uint32_t target_sid;    /* of its target, as an object to it */
};

#endif
