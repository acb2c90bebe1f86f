/* Choosing a module at boot, and the hypercall that talks to it. */
#include <xen/hypercall.h>
#include <xen/lib.h>
#define XSM_CORE
#include <xsm/xsm.h>

#ifdef CONFIG_XSM

struct xsm_ops xsm_ops;

enum xsm_module {
    XSM_MODULE_DUMMY,
    XSM_MODULE_FLASK,
    XSM_MODULE_SILO,
};

static enum xsm_module __initdata xsm_module =
#ifdef CONFIG_XSM_FLASK
    XSM_MODULE_FLASK;
#else
    XSM_MODULE_DUMMY;
#endif

void __init xsm_core_init(const void *policy, size_t size)
{
    const struct xsm_ops *ops = NULL;

    switch ( xsm_module )
    {
    case XSM_MODULE_FLASK:
        ops = flask_init(policy, size);
        break;
    case XSM_MODULE_SILO:
        ops = silo_init();
        break;
    case XSM_MODULE_DUMMY:
        break;
    }
    if ( ops )
        xsm_ops = *ops;
    xsm_fixup_ops(&xsm_ops);
}

#endif /* CONFIG_XSM */

long do_xsm_op(XEN_GUEST_HANDLE_PARAM(void) op)
{
    return xsm_do_xsm_op(op);
}

#ifdef CONFIG_COMPAT
long compat_xsm_op(XEN_GUEST_HANDLE_PARAM(void) op)
{
    return xsm_do_compat_op(op);
}
#endif
