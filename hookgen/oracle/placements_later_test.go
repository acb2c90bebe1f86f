package oracle

import (
	"slices"
	"strings"
)

// laterPlacements go on where placements end.
var laterPlacements = []placement{
	{"a hook that is told nothing but the domain and the command", contexts("return -EPERM"), []string{
		"do_domctl before ret = save_context(d, op->u.max_mem.max_memkb);: xsm_context(XSM_PRIV, d, op->cmd)", "no save_context: xsm_context", "no load_context: xsm_context"}},
	{"another version of a command", append(hookEdits("probe", "", "", "XSM_PRIV", "XEN_DOMCTL_probe"),
		edit{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_probe 96\n#define XEN_DOMCTL_probe2 97\n#define XEN_DOMCTL_irq_permission"},
		edit{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_probe:\n    case XEN_DOMCTL_probe2:\n    case XEN_DOMCTL_irq_permission:\n"},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_probe:\n        d->max_pages = 1;\n        break;\n\n    case XEN_DOMCTL_probe2:\n        d->max_pages = 2;\n        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"}),
		[]string{"do_domctl before d->max_pages = 1;: xsm_probe(XSM_PRIV, d)", "do_domctl before d->max_pages = 2;: xsm_probe(XSM_PRIV, d)"}},
	{"a test of what kind an object is comes before the hook", warmed("is_hvm_domain(d)"), []string{"do_domctl before d->max_pages = 1;: xsm_warm(XSM_TARGET, d)"}},
	{"a test of the state that an object is in comes behind it", warmed("d->is_dying"), []string{"do_domctl before ret = -EINVAL;: xsm_warm(XSM_TARGET, d)"}},
	{"a hook about two domains is for what a guest does to another", nil, []string{"do_sched_op before domain_shutdown(d, op.reason);: xsm_schedop_shutdown(XSM_DM_PRIV, current->domain, d)", "no domain_shutdown: xsm_schedop_shutdown"}},
	{"a hook that is told nothing and whose name is two words of its command's in one", slices.Concat(resourceHook("vbufcontrol", "plug", "void", ""), traced),
		[]string{"do_sysctl before ret = vbuf_control(op);: xsm_vbufcontrol(XSM_PRIV)", "no vbuf_control: xsm_vbufcontrol"}},
	{"a command whose constant the module writes in other letters", slices.Concat(hookEdits("cool", ", int cmd", ", cmd", "XSM_TARGET", "Cools."), chilled),
		[]string{"do_physdev_op before d->max_pages = 3;: xsm_cool(XSM_TARGET, d, cmd)", "do_physdev_op before d->max_pages = 4;: xsm_cool(XSM_TARGET, d, cmd)"}},
	{"a function called like the hook that dispatches on what it is told", gated("do_gate_op", "    case XEN_DOMCTL_gate_op:\n    case XEN_DOMCTL_irq_permission:\n"),
		[]string{"do_gate_op before switch ( op ): xsm_gate_op(XSM_TARGET, d, op)"}},
	{"a command called like the hook, about which its dispatcher's module asks itself",
		gated("gates", "    case XEN_DOMCTL_gate_op:\n        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETDOMAINHANDLE);\n    case XEN_DOMCTL_irq_permission:\n"),
		[]string{"gates before d->max_pages = 1;: xsm_gate_op(XSM_TARGET, d, op)", "no do_domctl: xsm_gate_op"}},
	{"a command that the hook of its neighbours answers for as for any", flags("return current_has_perm(d, SECCLASS_HVM, HVM__SETPARAM)"), []string{"do_hvm_op before d->max_pages = a.value;: xsm_hvm_param(XSM_TARGET, d, op)"}},
	{"a command that the hook of its neighbours refuses as unknown", flags("return -EPERM"), []string{"no do_hvm_op: xsm_hvm_param"}},
	{"an owner that a caller finds itself", append(hookEdits("borrow", ", struct domain *t", ", t", "XSM_TARGET", "Allow mapping a page that it does not own."),
		edit{"xen/arch/x86/mm.c", "long do_update_va_mapping(", borrowed + shadowed + "long do_update_va_mapping("}, edit{"xen/arch/x86/mm.c", "    rc = mod_entry(page, va, val, d);\n    put_page(page);", "    rc = shadow_page(mfn, d);\n    put_page(page);"}),
		[]string{"take_page before told = owner;: if ( xsm_borrow(XSM_TARGET, told, owner) ) goto fail;", "shadow_page before ): && !xsm_borrow(XSM_TARGET, d, owner)", "no refused before : a denial does not leave this code"}},
	{"a label before the end of the line about its object", dumped("", "            printk(\"\\n\");\n"), []string{
		`dump_evtchn_info before printk("\n");: { char *label = xsm_show_security_evtchn(d, chn); if ( label ) printk(" Z=%s", label); xfree(label); }`}},
	{"a label ahead of a line that has no end of its own", dumped("", ""), []string{
		`dump_evtchn_info before printk("port %u", port_of(chn));: { char *label = xsm_show_security_evtchn(d, chn); if ( label ) printk(" Z=%s\n", label); xfree(label); }`}},
	{"a label ahead of a lock that keeps interrupts out", dumped("            spin_lock_irqsave(&d->event_lock, flags);\n", "            spin_unlock_irqrestore(&d->event_lock, flags);\n"), []string{
		`dump_evtchn_info before spin_lock_irqsave(&d->event_lock, flags);: { char *label = in_irq() ? NULL : xsm_show_security_evtchn(d, chn); if ( label ) printk(" Z=%s\n", label); xfree(label); }`}},
	{"a label that nothing prints much about", nil, []string{"refused before : it returns text for people"}},
	{"a label that stays the module's", append(dumped("", "            printk(\"\\n\");\n"),
		edit{"xen/include/xsm/xsm.h", "    char *(*show_security_evtchn)(", "    const char *(*show_security_evtchn)("},
		edit{"xen/include/xsm/xsm.h", "static inline char *xsm_show_security_evtchn(", "static inline const char *xsm_show_security_evtchn("},
	), []string{`dump_evtchn_info before printk("\n");: { const char *label = xsm_show_security_evtchn(d, chn); if ( label ) printk(" Z=%s", label); }`}},
	{"commands that never come to a hook are sent away before it", append([]edit{
		{"xen/common/domctl.c", "    ret = xsm_domctl(XSM_OTHER, d, op->cmd);\n", sentAway + "    ret = xsm_domctl(XSM_OTHER, d, op->cmd);\n"},
		{"xen/common/domctl.c", "    case XEN_DOMCTL_memory_mapping:\n        ret = domctl_memory_mapping(d, &op->u.memory_mapping);\n        break;\n\n    case XEN_DOMCTL_settimeoffset", "    case XEN_DOMCTL_settimeoffset"},
	}, append(neverHere, hookEdits("tie_frames", "", "", "XSM_PRIV", "XEN_DOMCTL_memory_mapping")...)...),
		[]string{"do_domctl before if ( !spin_trylock(&domctl_lock) ): xsm_domctl(XSM_OTHER, d, op->cmd)", "do_domctl before ret = domctl_memory_mapping: xsm_tie_frames(XSM_PRIV, d)"}},
	{"a command that is sent away and that the hook is for", append([]edit{
		{"xen/common/domctl.c", "    ret = xsm_domctl(XSM_OTHER, d, op->cmd);\n", sentAway + "    ret = xsm_domctl(XSM_OTHER, d, op->cmd);\n"},
		{"xen/common/domctl.c", "    case XEN_DOMCTL_memory_mapping:\n        ret = domctl_memory_mapping(d, &op->u.memory_mapping);\n        break;\n\n    case XEN_DOMCTL_settimeoffset", "    case XEN_DOMCTL_settimeoffset"},
	}, neverHere...), []string{"arch_do_domctl before domctl->u.address_size.size = d->arch: xsm_domctl(XSM_OTHER, d, domctl->cmd)", "no arch_do_domctl before if ( d->tot_pages: xsm_domctl"}},
	{"a sub-command beside one whose number has another name", append([]edit{
		{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", lineCase("op") + "    case XEN_DOMCTL_iomem_permission:\n"}}, lineKnown...),
		[]string{"do_domctl before if ( flags ): xsm_irq_permission(XSM_HOOK, d, irq, flags)"}},
	{"a sub-command of a dispatcher that another hands commands to", append([]edit{
		{"xen/arch/x86/domctl.c", "    case XEN_DOMCTL_ioport_permission:\n", lineCase("domctl") + "    case XEN_DOMCTL_ioport_permission:\n"}}, lineKnown...),
		[]string{"arch_do_domctl before if ( flags ): xsm_irq_permission(XSM_HOOK, d, irq, flags)"}},
	{"a sub-command that looks something up by the number that a hook of its siblings is asked about", append(deviceEdits("power_slot", "PHYSDEVOP_power_on, PHYSDEVOP_power_off"),
		edit{"xen/include/public/physdev.h", "struct physdev_eoi", "#define PHYSDEVOP_power_on 40\n#define PHYSDEVOP_power_off 41\n#define PHYSDEVOP_device_kick 42\n#define PHYSDEVOP_poll 43\n#define PHYSDEVOP_rest 44\nstruct physdev_eoi"},
		edit{"xen/arch/x86/physdev.c", "long do_physdev_op(", kick + "long do_physdev_op("},
		edit{"xen/arch/x86/physdev.c", "    default:\n        ret = -ENOSYS;\n        break;\n    }\n\n    return ret;\n}\n", powerCases},
	), []string{"kick_op before pdev = pci_get_pdev(sbdf.sbdf);: xsm_power_slot(XSM_PRIV, sbdf.sbdf)", "no kick_op before polls++;: xsm_power_slot"}},
	{"a sub-command whose code has not what one hook of a permission is told", slices.Concat(deviceEdits("power_slot", "PHYSDEVOP_power_on, PHYSDEVOP_power_off, PHYSDEVOP_power_rest"),
		resourceHook("power_board", "power_slot", "void", ""), []edit{
			{"xen/include/public/physdev.h", "struct physdev_eoi", "#define PHYSDEVOP_power_on 40\n#define PHYSDEVOP_power_off 41\n#define PHYSDEVOP_power_rest 42\nstruct physdev_eoi"},
			{"xen/arch/x86/physdev.c", "long do_physdev_op(", "static unsigned int powers[16];\n\nlong do_physdev_op("},
			{"xen/arch/x86/physdev.c", "    default:\n        ret = -ENOSYS;\n        break;\n    }\n\n    return ret;\n}\n", strings.Replace(powerCases, "        ret = kick_op(cmd, arg);\n",
				"        ret = -ENOSYS;\n        break;\n\n    case PHYSDEVOP_power_rest:\n        powers[0]++;\n        ret = 0;\n", 1)},
		}), []string{"do_physdev_op before powers[0]++;: xsm_power_board(XSM_PRIV)"}},
	{"the caller's own request goes another way", []edit{
		{"xen/arch/x86/physdev.c", "static int physdev_map_pirq(struct physdev_map_pirq *map)\n{\n    struct domain *d;\n    int ret, pirq;\n\n    d = rcu_lock_domain_by_any_id(map->domid);\n    if ( d == NULL )\n        return -ESRCH;\n", `static int physdev_own_pirq(struct domain *d, struct physdev_map_pirq *map)
{
    d->arch.hvm.irq_level[map->pirq & 15] = 1;
    return pirq_slot(d, map->pirq);
}

static int physdev_map_pirq(struct domain *d, struct physdev_map_pirq *map)
{
    int ret, pirq;

    if ( d == current->domain && is_hvm_domain(d) )
        return physdev_own_pirq(d, map);
`},
		{"xen/arch/x86/physdev.c", " free_domain:\n    rcu_unlock_domain(d);\n    return ret;\n", " free_domain:\n    return ret;\n"},
		{"xen/arch/x86/physdev.c", "    case PHYSDEVOP_map_pirq:\n    {\n        struct physdev_map_pirq map;\n", "    case PHYSDEVOP_map_pirq:\n    {\n        struct physdev_map_pirq map;\n        struct domain *d;\n"},
		{"xen/arch/x86/physdev.c", "        ret = physdev_map_pirq(&map);\n", `        d = rcu_lock_domain_by_any_id(map.domid);
        ret = -ESRCH;
        if ( !d )
            break;
        ret = physdev_map_pirq(d, &map);
        rcu_unlock_domain(d);
`},
	}, []string{"physdev_map_pirq before ret = -EINVAL;: xsm_map_domain_pirq(XSM_DM_PRIV, d)", "no do_physdev_op: xsm_map_domain_pirq"}},
	{"a loop that tells the guest of each domain what a hook's place tells of one", []edit{
		{"xen/xsm/flask/hooks.c", "    case XEN_SYSCTL_getdomaininfolist:\n", ""},
		{"xen/xsm/flask/hooks.c", "    case XEN_SYSCTL_physinfo:\n", "    case XEN_SYSCTL_getdomaininfolist:\n    case XEN_SYSCTL_physinfo:\n"},
	}, []string{"sysctl_getdomaininfolist before getdomaininfo(d, &info);: if ( xsm_getdomaininfo(XSM_XS_PRIV, d) ) continue;"}},
	{"a function that goes on to domains of its own choosing", append(append(hookEdits("peek_state", "", "", "XSM_PRIV", "XEN_DOMCTL_peek_state"), peekKnown...),
		edit{"xen/common/domctl.c", "long do_domctl(", peek + "long do_domctl("},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_peek_state:\n        ret = peek_state(d, &op->domain);\n        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"},
	), []string{"do_domctl before ret = peek_state: xsm_peek_state(XSM_PRIV, d)", "no peek_state: xsm_peek_state"}},
	{"code elsewhere that does the same with a range", append(append(hookEdits("wire_range", ", uint64_t s, uint64_t e, uint8_t allow", ", s, e, allow", "XSM_HOOK", "XEN_DOMCTL_wire_range"), wireKnown...),
		edit{"xen/common/domctl.c", "long do_domctl(", wires + "long do_domctl("},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_wire_range:\n        ret = wire_range(d, op->u.iomem_permission.first_mfn, op->u.iomem_permission.nr_mfns, op->u.iomem_permission.allow_access);\n" +
			"        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"},
	), []string{"wire_range before if ( allow ): xsm_wire_range(XSM_HOOK, d, s, e, allow)", "wire_walk before rc = w->on: xsm_wire_range(XSM_HOOK, w->d, base, last, w->on)", "no cut_all: xsm_wire_range", "no wire_look: xsm_wire_range"}},
	{"code elsewhere that does the same with a range, for the hook that the module answers alike", append(append(append(hookEdits("wire_range", ", uint64_t s, uint64_t e, uint8_t allow", ", s, e, allow", "XSM_HOOK", "XEN_DOMCTL_wire_range"),
		hookEdits("wire_range_emul", ", uint64_t s, uint64_t e, uint8_t allow", ", s, e, allow", "XSM_HOOK", "asked by emulation")...), wireKnown...),
		edit{"xen/xsm/flask/hooks.c", "static int flask_wire_range_emul(struct domain *d, uint64_t s, uint64_t e, uint8_t allow)\n{\n    return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__WIRE_RANGE_EMUL);\n}\n",
			"#define flask_wire_range_emul flask_wire_range\n"},
		edit{"xen/common/domctl.c", "long do_domctl(", wires + "long do_domctl("},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_wire_range:\n        ret = wire_range(d, op->u.iomem_permission.first_mfn, op->u.iomem_permission.nr_mfns, op->u.iomem_permission.allow_access);\n" +
			"        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"},
	), []string{"wire_range before if ( allow ): xsm_wire_range(XSM_HOOK, d, s, e, allow)", "wire_walk before rc = w->on: xsm_wire_range_emul(XSM_HOOK, w->d, base, last, w->on)"}},
}

// sentAway takes some commands up before the others are asked about.
const sentAway = `    switch ( op->cmd )
    {
    case XEN_DOMCTL_memory_mapping:
        ret = domctl_memory_mapping(d, &op->u.memory_mapping);
        goto domctl_out_unlock_domonly;

    case XEN_DOMCTL_get_address_size:
        ret = arch_do_domctl(op, d, u_domctl);
        goto domctl_out_unlock_domonly;

    default:
        break;
    }

`

// neverHere lets the module say that a command does not come to it.
var neverHere = []edit{
	{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_memory_mapping:\n", ""},
	{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_destroydomain:\n", "    case XEN_DOMCTL_memory_mapping:\n        return -EINVAL;\n\n    case XEN_DOMCTL_destroydomain:\n"},
}

// lineCase is a command beside XEN_DOMCTL_irq_permission, in a function that calls its request op.
func lineCase(op string) string {
	return strings.ReplaceAll(`    case XEN_DOMCTL_msi_permission:
    {
        unsigned int msi = OP->u.ioport_permission.first_port;
        unsigned int flags = OP->u.ioport_permission.allow_access;
        int irq = msi & 15;

        if ( flags )
            ret = irq_permit_access(d, irq);
        else
            ret = irq_deny_access(d, irq);
        break;
    }

`, "OP", op)
}

// lineKnown leaves the command of lineCase to a hook of its own.
var lineKnown = []edit{
	{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_msi_permission 98\n#define XEN_DOMCTL_irq_permission"},
	{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_msi_permission:\n    case XEN_DOMCTL_irq_permission:\n"},
}

// hookEdits declare a hook about one domain, and what else params says, in every table. Its module asks for a permission of class domain that is called
// what the hook is called; note is the comment above that.
func hookEdits(name, params, args, action, note string) []edit {
	decl, before := "struct domain *d"+params, "static XSM_INLINE int xsm_vm_event_control("
	return []edit{
		{"xen/include/xsm/xsm.h", "    int (*vm_event_control)", "    int (*" + name + ")(" + decl + ");\n    int (*vm_event_control)"},
		{"xen/include/xsm/xsm.h", "static inline int xsm_vm_event_control(", "static inline int xsm_" + name + "(xsm_default_t def, " + decl + ")\n{\n    return alternative_call(xsm_ops." +
			name + ", d" + args + ");\n}\n\nstatic inline int xsm_vm_event_control("},
		{"xen/include/xsm/dummy.h", before, "static XSM_INLINE int xsm_" + name + "(XSM_DEFAULT_ARG " + decl + ")\n{\n    XSM_ASSERT_ACTION(" + action +
			");\n    return xsm_default_action(action, current->domain, d);\n}\n\n" + before},
		{"xen/xsm/dummy.c", "    .vm_event_control ", "    ." + name + " = xsm_" + name + ",\n    .vm_event_control "},
		{"xen/xsm/flask/hooks.c", "static int flask_vm_event_control(", "static int flask_" + name + "(" + decl + ")\n{\n    return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__" +
			strings.ToUpper(name) + ");\n}\n\nstatic int flask_vm_event_control("},
		{"xen/xsm/flask/hooks.c", "    .vm_event_control =", "    ." + name + " = flask_" + name + ",\n    .vm_event_control ="},
		{"xen/xsm/flask/policy/access_vectors", "    set_misc_info\n", "# " + note + "\n    " + name + "\n    set_misc_info\n"},
	}
}

// deviceEdits declare a hook about a device in every table; note is the comment on its permission, of class resource.
func deviceEdits(name, note string) []edit {
	return append(resourceHook(name, name, "uint32_t machine_bdf", "machine_bdf"),
		edit{"xen/xsm/flask/policy/access_vectors", "    add\n    remove\n    use\n", "    add\n    remove\n# " + note + "\n    " + name + "\n    use\n"})
}

// resourceHook declares a hook in every table that asks for a permission of class resource.
func resourceHook(name, perm, decl, arg string) []edit {
	before, after := "static XSM_INLINE int xsm_vm_event_control(", strings.TrimPrefix(", "+decl, ", void")
	return []edit{
		{"xen/include/xsm/xsm.h", "    int (*vm_event_control)", "    int (*" + name + ")(" + decl + ");\n    int (*vm_event_control)"},
		{"xen/include/xsm/xsm.h", "static inline int xsm_vm_event_control(", "static inline int xsm_" + name + "(xsm_default_t def" + after + ")\n{\n    return alternative_call(xsm_ops." +
			strings.TrimSuffix(name+", "+arg, ", ") + ");\n}\n\nstatic inline int xsm_vm_event_control("},
		{"xen/include/xsm/dummy.h", before, "static XSM_INLINE int xsm_" + name + "(" + map[bool]string{false: "XSM_DEFAULT_ARG " + decl, true: "XSM_DEFAULT_VOID"}[decl == "void"] + ")\n{\n    XSM_ASSERT_ACTION(XSM_PRIV);\n" +
			"    return xsm_default_action(action, current->domain, NULL);\n}\n\n" + before},
		{"xen/xsm/dummy.c", "    .vm_event_control ", "    ." + name + " = xsm_" + name + ",\n    .vm_event_control "},
		{"xen/xsm/flask/hooks.c", "static int flask_vm_event_control(", "static int flask_" + name + "(" + decl + ")\n{\n    return domain_has_perm(current->domain, hardware_domain, SECCLASS_RESOURCE, RESOURCE__" +
			strings.ToUpper(perm) + ");\n}\n\nstatic int flask_vm_event_control("},
		{"xen/xsm/flask/hooks.c", "    .vm_event_control =", "    ." + name + " = flask_" + name + ",\n    .vm_event_control ="},
	}
}

// kick takes up what the dispatcher above it does not know.
const kick = `enum { KICK_soft, KICK_hard, KICK_twice, KICK_never };
typedef union { uint32_t sbdf; uint16_t half[2]; } slot_t;

static unsigned int powers[16], polls;

static long kick_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long ret = 0;

    switch ( cmd )
    {
    case PHYSDEVOP_device_kick:
    {
        struct physdev_pci_device dev;
        struct pci_dev *pdev;
        slot_t sbdf;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )
            break;
        sbdf = (slot_t){ dev.sbdf & 0xffff };
        pdev = pci_get_pdev(sbdf.sbdf);
        ret = -ENODEV;
        if ( !pdev )
            break;
        switch ( dev.sbdf >> 24 )
        {
        case KICK_soft:
        case KICK_hard:
        case KICK_twice:
        case KICK_never:
            pdev->present = false;
            ret = 0;
            break;

        default:
            ret = -EINVAL;
            break;
        }
        break;
    }

    case PHYSDEVOP_poll:
        polls++;
        break;

    case PHYSDEVOP_rest:
        polls = 0;
        break;

    default:
        ret = -ENOSYS;
        break;
    }
    return ret;
}

`

const powerCases = `    case PHYSDEVOP_power_on:
    {
        struct physdev_pci_device dev;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )
            break;
        powers[dev.sbdf & 15] = 1;
        ret = 0;
        break;
    }

    case PHYSDEVOP_power_off:
    {
        struct physdev_pci_device dev;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )
            break;
        powers[dev.sbdf & 15] = 0;
        ret = 0;
        break;
    }

    default:
        ret = kick_op(cmd, arg);
        break;
    }

    return ret;
}
`

// peek tells which domain has changed, of the one that is asked about and those that changed since.
const peek = `static unsigned int changed_next, peeks;

static int peek_state(struct domain *d, domid_t *which)
{
    int rc = -ENOENT;

    if ( d->is_dying )
    {
        *which = d->domain_id;
        peeks++;
        return 0;
    }

    while ( changed_next )
    {
        unsigned int dom = next_domid();

        changed_next--;
        d = rcu_lock_domain_by_id(dom);
        if ( d )
        {
            *which = d->domain_id;
            peeks++;
            rcu_unlock_domain(d);
        }
        rc = 0;
        break;
    }
    return rc;
}

`

// peekKnown leaves the command to a hook of its own.
var peekKnown = []edit{
	{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_peek_state 97\n#define XEN_DOMCTL_irq_permission"},
	{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_peek_state:\n    case XEN_DOMCTL_irq_permission:\n"},
}

// wires puts and cuts what a command and other code name ranges of.
const wires = `struct wire_data { struct domain *d; bool on; };

static unsigned long wired[16];
int wire_walk(unsigned long s, unsigned long e, void *data);
int cut_all(struct domain *d);
int wire_look(struct domain *d, unsigned long from, unsigned long to);

static int put_wires(struct domain *d, unsigned long s, unsigned long e)
{
    wired[s & 15] = e;
    return 0;
}

static int cut_wires(struct domain *d, unsigned long s, unsigned long e)
{
    wired[s & 15] = 0;
    return 0;
}

static int wire_range(struct domain *d, unsigned long s, unsigned long nr, bool allow)
{
    unsigned long e = s + nr - 1;

    if ( !iomem_access_permitted(current->domain, s, e) )
        return -EPERM;
    if ( allow )
        return put_wires(d, s, e);
    return cut_wires(d, s, e);
}

int wire_walk(unsigned long s, unsigned long e, void *data)
{
    const struct wire_data *w = data;
    int rc;

    for ( ; ; )
    {
        unsigned long base = s + 16;
        unsigned long last = base + (e - s);

        if ( !iomem_access_permitted(w->d, base, last) )
            return -EPERM;

        rc = w->on ? put_wires(w->d, base, last) : cut_wires(w->d, base, last);
        if ( rc <= 0 )
            break;
        s += rc;
    }
    return rc;
}

int cut_all(struct domain *d)
{
    return put_wires(d, 0, 15) ?: cut_wires(d, 0, 15);
}

int wire_look(struct domain *d, unsigned long from, unsigned long to)
{
    if ( !iomem_access_permitted(d, from, to) )
        return -EPERM;
    return put_wires(d, from, to);
}

`

// wireKnown leaves the command to a hook of its own.
var wireKnown = []edit{
	{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_wire_range 96\n#define XEN_DOMCTL_irq_permission"},
	{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_wire_range:\n    case XEN_DOMCTL_irq_permission:\n"},
}

// contexts are two commands that have functions of their own, and a hook that is told which; its module answers other commands by others.
func contexts(others string) []edit {
	const body = "    return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__CONTEXT);\n"
	return append(hookEdits("context", ", uint32_t cmd", ", cmd", "XSM_PRIV", "domain contexts"),
		edit{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_save_context 96\n#define XEN_DOMCTL_load_context 97\n#define XEN_DOMCTL_irq_permission"},
		edit{"xen/xsm/flask/hooks.c", body, byCommand("cmd", "XEN_DOMCTL_save_context", "XEN_DOMCTL_load_context", body, others)},
		edit{"xen/xsm/flask/hooks.c", "    case XEN_DOMCTL_irq_permission:\n", "    case XEN_DOMCTL_save_context:\n    case XEN_DOMCTL_load_context:\n    case XEN_DOMCTL_irq_permission:\n"},
		edit{"xen/common/domctl.c", "    case XEN_DOMCTL_iomem_permission:\n", "    case XEN_DOMCTL_save_context:\n        ret = save_context(d, op->u.max_mem.max_memkb);\n        break;\n\n" +
			"    case XEN_DOMCTL_load_context:\n        ret = load_context(d, op->u.max_mem.max_memkb);\n        break;\n\n    case XEN_DOMCTL_iomem_permission:\n"},
		edit{"xen/common/domctl.c", "long do_domctl(", contextCode + "long do_domctl("})
}

const contextCode = `static int save_context(struct domain *d, uint64_t n)
{
    if ( n > 64 )
        return -EINVAL;
    d->max_pages = n;
    return 0;
}

static int load_context(struct domain *d, uint64_t n)
{
    if ( n > 32 )
        return -EINVAL;
    d->tot_pages = n;
    return 0;
}

`

// byCommand is a module's answer for two commands, and for others.
func byCommand(word, one, another, answer, others string) string {
	return "    switch ( " + word + " )\n    {\n    case " + one + ":\n    " + answer + "    case " + another + ":\n    " + answer + "    default:\n        " + others + ";\n    }\n"
}

// flags is a command beside those that xsm_hvm_param tells apart, which looks its domain up itself; the module answers others by others.
func flags(others string) []edit {
	const body = "    return current_has_perm(d, SECCLASS_HVM,\n                            op ? HVM__GETPARAM : HVM__SETPARAM);\n"
	return []edit{
		{"xen/include/public/hvm/hvm_op.h", "#define HVMOP_get_param ", "#define HVMOP_raise_flag 40\n#define HVMOP_get_param "},
		{"xen/xsm/flask/hooks.c", body, byCommand("op", "HVMOP_set_param", "HVMOP_get_param", "    return current_has_perm(d, SECCLASS_HVM, HVM__GETPARAM);\n", others)},
		{"xen/arch/x86/hvm/hvm.c", "    case HVMOP_get_param:\n", `    case HVMOP_raise_flag:
    {
        struct xen_hvm_param a;
        struct domain *d;

        if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(a.domid);
        if ( d == NULL )
            return -ESRCH;
        d->max_pages = a.value;
        rcu_unlock_domain(d);
        break;
    }

    case HVMOP_get_param:
`}}
}
