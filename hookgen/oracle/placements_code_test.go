package oracle

// shadowCont takes up one of the commands of do_domctl.
const shadowCont = `long do_shadow_cont(XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl)
{
    struct xen_domctl op;
    struct domain *d;
    long ret = 0;

    if ( copy_from_guest(&op, u_domctl, 1) )
        return -EFAULT;
    if ( op.cmd != XEN_DOMCTL_shadow_op )
        return -EINVAL;
    d = rcu_lock_domain_by_id(op.domain);
    if ( d == NULL )
        return -ESRCH;

    op.u.shadow_op.pages = 0;
    d->arch.dirty_count = 0;
    rcu_unlock_domain(d);
    return ret;
}

`

// tuning tells its commands apart before it acts.
const tuning = `enum { TUNE_rate, TUNE_burst, TUNE_depth, TUNE_width };

long do_tuning(int cmd, domid_t dom, unsigned int pages)
{
    struct domain *d = rcu_lock_domain_by_any_id(dom);
    unsigned int factor = 1;
    long rc = 0;

    if ( d == NULL )
        return -ESRCH;
    switch ( cmd )
    {
    case TUNE_rate:
        factor = 2;
        break;
    case TUNE_burst:
        factor = 3;
        break;
    case TUNE_depth:
        factor = 4;
        break;
    case TUNE_width:
        factor = 5;
        break;
    default:
        rc = -ENOSYS;
        goto out;
    }
    d->max_pages = pages * factor;
 out:
    rcu_unlock_domain(d);
    return rc;
}

`

// dials is emulated: two functions get to what writes, and one of them asks first.
const dials = `static uint32_t dials[16];

static int dial_hook(struct domain *d, uint32_t line, unsigned int size)
{
    return 0;
}

int line_write_intercept(unsigned int number, unsigned int first,
                         unsigned int size, const uint32_t *data)
{
    int rc = 0;

    ASSERT(!rc);
    if ( first < 4 )
        return 0;
    dials[number & 15] = *data;
    return rc;
}

bool dial_permission(struct domain *currd, unsigned int start, unsigned int size,
             const uint32_t *data)
{
    uint32_t line = dial_hook(currd, 0, size) & 15;

    if ( !data )
        return dials[line] != 0;
    return line_write_intercept(line, start, size, data) >= 0;
}

int dial_fault(const uint32_t *data)
{
    return line_write_intercept(1, 4, 1, data);
}

`

// borrowed takes a page for a domain, be it another's.
const borrowed = `static int take_page(unsigned long mfn, struct domain *d, struct domain *told)
{
    struct page_info *page = mfn_to_page(mfn);
    struct domain *owner = page_get_owner(page);

    if ( owner != told )
    {
        if ( owner == NULL || told == d )
            goto fail;
        told = owner;
    }
    if ( !get_page(page, told) )
        goto fail;
    machphys[mfn] = mfn;
    return 0;

 fail:
    printk("no page %lx\n", mfn);
    return -EBUSY;
}

`

// shadowed finds the owner itself, and does without it what it does on a denial.
const shadowed = `static int shadow_page(unsigned long mfn, struct domain *d)
{
    struct domain *owner = page_get_owner(mfn_to_page(mfn));

    if ( owner && owner != d )
        return take_page(mfn, d, owner);
    return take_page(mfn, d, d);
}

`

// sizes is a case that two sub-commands share.
const sizes = `    case XENMEM_set_size:
    case XENMEM_get_size:
    {
        struct xen_foreign_memory_map fmap;
        struct domain *d;

        if ( raw_copy_from_guest(&fmap, arg.p, sizeof(fmap)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(fmap.domid);
        if ( d == NULL )
            return -ESRCH;
        rc = 0;
        if ( cmd == XENMEM_set_size || fmap.map.nr_entries )
            d->max_pages = fmap.map.nr_entries;
        rc = d->max_pages;
        rcu_unlock_domain(d);
        return rc;
    }

    case XENMEM_machine_memory_map:
    {`

// dumped has minixen's dump of event channels say more about each, with code before and behind.
func dumped(before, behind string) []edit {
	return []edit{
		{"xen/common/event_channel.c", "void dump_evtchn_info(void)\n{\n", `void spin_lock_irqsave(spinlock_t *l, unsigned long flags);
void spin_unlock_irqrestore(spinlock_t *l, unsigned long flags);
unsigned int port_of(const struct evtchn *chn);

void dump_evtchn_info(void)
{
    unsigned long flags = 0;
`},
		{"xen/common/event_channel.c", `            ssid = xsm_show_security_evtchn(d, chn);
            printk("d%d port %u state %u%s%s\n", d->domain_id, port,
                   chn->state, ssid ? " " : "", ssid ? ssid : "");
`, before + `            printk("port %u", port_of(chn));
            printk(" of d%d", d->domain_id);
            printk(" state %u", chn->state);
` + behind},
	}
}

// warmed is a domctl of its own that tests a domain before it does anything, and its hook.
func warmed(test string) []edit {
	return append(hookEdits("warm", "", "", "XSM_TARGET", "XEN_DOMCTL_warm"),
		edit{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_warm 98\n#define XEN_DOMCTL_irq_permission"},
		edit{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_warm:\n    case XEN_DOMCTL_irq_permission:\n"},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_warm:\n        ret = -EINVAL;\n        if ( !" + test +
			" )\n            break;\n        d->max_pages = 1;\n        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"})
}

// gated is a function that dispatches, below a handler, on what it is told, and a hook whose permission's comment names one of its commands; a domctl is
// called what the hook is called, and known stands in the module's switch for it.
func gated(function, known string) []edit {
	return append(hookEdits("gate_op", ", int op", ", op", "XSM_TARGET", "XENMEM_gate_open"),
		edit{"xen/include/public/memory.h", "#define XENMEM_claim_pages", "#define XENMEM_gate_open 60\n#define XENMEM_gate_shut 61\n#define XENMEM_gate_lock 62\n#define XENMEM_claim_pages"},
		edit{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_gate_op 99\n#define XEN_DOMCTL_irq_permission"},
		edit{"xen/common/memory.c", "long do_memory_op(", "static int " + function + `(int op, domid_t domid)
{
    struct domain *d = rcu_lock_domain_by_any_id(domid);
    int ret = 0;

    if ( d == NULL )
        return -ESRCH;

    switch ( op )
    {
    case XENMEM_gate_open:
        d->max_pages = 1;
        break;
    case XENMEM_gate_shut:
        d->max_pages = 2;
        break;
    case XENMEM_gate_lock:
        d->max_pages = 3;
        break;
    default:
        ret = -ENOSYS;
        break;
    }

    rcu_unlock_domain(d);
    return ret;
}

long do_memory_op(`},
		edit{"xen/common/memory.c", "    case XENMEM_exchange:\n", "    case XENMEM_gate_open:\n    case XENMEM_gate_shut:\n    case XENMEM_gate_lock:\n        return " + function + "(cmd, (domid_t)(unsigned long)arg.p);\n\n    case XENMEM_exchange:\n"},
		edit{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", known},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_gate_op:\n        d->max_pages = 7;\n        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"})
}

// traced is a sysctl whose work a function of its own does.
var traced = []edit{
	{"xen/include/public/sysctl.h", "#define XEN_SYSCTL_readconsole", "#define XEN_SYSCTL_vbuf_op 90\n#define XEN_SYSCTL_readconsole"},
	{"xen/common/sysctl.c", "long do_sysctl(", "static unsigned int vb_size;\n\nstatic int vbuf_control(struct xen_sysctl *op)\n{\n    if ( vb_size )\n        return -EBUSY;\n    vb_size = op->cmd;\n    return 0;\n}\n\nlong do_sysctl("},
	{"xen/common/sysctl.c", "    case XEN_SYSCTL_readconsole:\n", "    case XEN_SYSCTL_vbuf_op:\n        ret = vbuf_control(op);\n        break;\n\n    case XEN_SYSCTL_readconsole:\n"},
}

// chilled is two commands that the module knows by older names.
var chilled = []edit{
	{"xen/include/public/physdev.h", "struct physdev_eoi", "#define PHYSDEVOP_chill_in 50\n#define PHYSDEVOP_chill_out 51\n#define PHYSDEVOP_CHILL_IN 50\n#define PHYSDEVOP_CHILL_OUT 51\nstruct physdev_eoi"},
	{"xen/xsm/flask/hooks.c", "    return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__COOL);\n",
		"    switch ( cmd )\n    {\n    case PHYSDEVOP_CHILL_IN:\n    case PHYSDEVOP_CHILL_OUT:\n        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__COOL);\n    default:\n        return -EPERM;\n    }\n"},
	{"xen/arch/x86/physdev.c", "    default:\n        ret = -ENOSYS;\n        break;\n    }\n\n    return ret;\n}\n", chillCase("in", "3") + chillCase("out", "4") +
		"    default:\n        ret = -ENOSYS;\n        break;\n    }\n\n    return ret;\n}\n"},
}

func chillCase(which, pages string) string {
	return `    case PHYSDEVOP_chill_` + which + `:
    {
        struct domain *d = rcu_lock_domain_by_any_id(1);

        ret = -ESRCH;
        if ( d == NULL )
            break;
        d->max_pages = ` + pages + `;
        ret = 0;
        rcu_unlock_domain(d);
        break;
    }

`
}
