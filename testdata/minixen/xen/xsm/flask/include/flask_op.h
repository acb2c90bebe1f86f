#ifndef __FLASK_OP_H__
#define __FLASK_OP_H__

#include <public/xen.h>

long do_flask_op(XEN_GUEST_HANDLE_PARAM(void) u_flask_op);
int compat_flask_op(XEN_GUEST_HANDLE_PARAM(void) u_flask_op);

#endif
