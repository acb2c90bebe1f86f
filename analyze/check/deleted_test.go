package check

import (
	"strings"
	"testing"
)

const (
	paging = "xen/arch/x86/mm.c"
	shows  = "static int mod_entry("
	pins   = "static int pin(struct page_info *page, struct domain *d, struct domain *told)\n{\n    struct domain *real = page_get_owner(page);\n\n" +
		"    if ( real != told )\n    {\n        int rc = xsm_map_gmfn_foreign(XSM_TARGET, told, real);\n\n        if ( rc )\n            return rc;\n    }\n" +
		"    page->pinned = d == told;\n    return 0;\n}\n\n"
	shadows = "static int shadow(struct page_info *page, struct domain *d)\n{\n    struct domain *owner = page_get_owner(page);\n\n" +
		"    if ( owner && owner != d )\n        return pin(page, d, owner);\n    return pin(page, d, d);\n}\n\n"
	made    = "xen/common/domain.c"
	label   = "    err = xsm_alloc_security_domain(d);\n"
	unlabel = " fail:\n    xsm_free_security_domain(d);\n"
	dropped = "    arch_domain_destroy(d);\n    xsm_free_security_domain(d);\n"
	creates = "        err = xsm_domain_create(XSM_HOOK, d, config->ssidref);\n"
	errptr  = "#define ERR_PTR(e)  ((void *)(long)(e))\n"
	wrapped = "static inline void *ERR_PTR(long e)\n{\n    return (void *)e;\n}\n"
	closing = "int evtchn_close(struct domain *d, unsigned int port, bool guest)\n"
	closed  = "    xsm_evtchn_close_post(chn);\n    chn->state = ECS_FREE;\n    chn->pending = 0;\n"
	ended   = "static void evtchn_free(struct domain *d, struct evtchn *chn)\n{\n    chn->state = ECS_FREE;\n    chn->pending = 0;\n}\n\n"
	prints  = "static void evtchn_print(struct domain *d, const struct evtchn *chn)\n{\n    printk(\"port %u\\n\", chn->port);\n    printk(\"state %u\\n\", chn->state);\n    printk(\"pending %u\\n\", chn->pending);\n}\n\n"
	shown   = "            ssid = xsm_show_security_evtchn(d, chn);\n"
	params  = "xen/arch/x86/hvm/hvm.c"
	setter  = "static long hvmop_set_param("
	mayset  = "    rc = xsm_hvm_param(XSM_TARGET, d, HVMOP_set_param);\n"
	allows  = "static int hvm_allow_set_param(struct domain *d, unsigned int index)\n{\n    return index == 1 && d == current->domain ? -EPERM : 0;\n}\n\n"
	deeper  = "static int hvm_set(struct domain *d, unsigned int index)\n{\n    return hvm_allow_set_param(d, index);\n}\n\n"
	vram    = "static int hvm_vram(struct domain *d)\n{\n    return xsm_hvm_control(XSM_DM_PRIV, d, HVMOP_track_dirty_vram);\n}\n\n"
	module  = "xen/xsm/flask/hooks.c"
	getset  = "    return current_has_perm(d, SECCLASS_HVM,\n                            op ? HVM__GETPARAM : HVM__SETPARAM);\n"
	tells   = "    switch ( op )\n    {\n    case HVMOP_set_param:\n        return current_has_perm(d, SECCLASS_HVM, HVM__SETPARAM);\n" +
		"    case HVMOP_get_param:\n        return current_has_perm(d, SECCLASS_HVM, HVM__GETPARAM);\n    default:\n        return -EPERM;\n    }\n"
	ports   = "xen/arch/x86/emul-priv-op.c"
	outputs = "int guest_io_write("
	cfgok   = "static bool cfg_ok(struct domain *d, uint32_t sbdf, bool write)\n{\n    return write ? xsm_pci_config_permission(XSM_HOOK, d, sbdf, 1) == 0 : sbdf < MAX_PDEV;\n}\n\n"
	physop  = "long do_physdev_op("
	helper  = "static int set_mode(int gsi)\n{\n    gsi_mode[gsi & 63] = 1;\n    return 0;\n}\n\n"
	eoi     = "        currd->arch.hvm.irq_level[eoi.irq] = 0;\n        ret = 0;\n"
	eoiAsks = "        ret = xsm_resource_setup_gsi(XSM_PRIV, eoi.irq) ?: xsm_resource_unplug_pci(XSM_PRIV, eoi.irq);\n        if ( ret )\n            break;\n" + eoi
	gsi     = "        ret = xsm_resource_setup_gsi(XSM_PRIV, gsi.gsi);\n        if ( ret )\n            break;\n        gsi_mode[gsi.gsi] = gsi.triggering | (gsi.polarity << 1);\n"
	unplug  = "        ret = xsm_resource_unplug_pci(XSM_PRIV, dev.sbdf);\n        if ( ret == -EAGAIN )\n            break;\n        ret = pci_remove_device(dev.sbdf);\n"
	nosuch  = "    default:\n        ret = -ENOSYS;\n        break;\n    }\n\n    return ret;\n}\n"
	handsOn = "    default:\n        ret = more_op(cmd, arg);\n        break;\n    }\n\n    return ret;\n}\n"
	more    = "#define PHYSDEVOP_more_add 90\n#define PHYSDEVOP_more_drop 91\n#define PHYSDEVOP_more_reset 92\nstatic int more_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)\n{\n" +
		"    struct physdev_pci_device dev;\n    int ret;\n\n    if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )\n        return -EFAULT;\n\n    switch ( cmd )\n    {\n" +
		"    case PHYSDEVOP_more_add:\n        ret = xsm_resource_plug_pci(XSM_PRIV, dev.sbdf) ?: set_mode(dev.sbdf);\n        break;\n" +
		"    case PHYSDEVOP_more_drop:\n        ret = xsm_resource_unplug_pci(XSM_PRIV, dev.sbdf) ?: set_mode(dev.sbdf);\n        break;\n" +
		"    case PHYSDEVOP_more_reset:\n        ret = set_mode(dev.sbdf);\n        break;\n    default:\n        ret = -ENOSYS;\n        break;\n    }\n    return ret;\n}\n\n"
	passed  = "    case XEN_DOMCTL_deassign_device:\n#endif\n        return 0;\n"
	notHere = "    case XEN_DOMCTL_deassign_device:\n#endif\n        return -EINVAL;\n"
)

// TestRulesOfDeletedCalls takes hook calls of minixen away so that a rule must speak, or must not.
func TestRulesOfDeletedCalls(t *testing.T) {
	tryRules(t, []ruleCase{
		{"an owner found ahead, told to what asks about owners", []swap{{paging, shows, pins + shadows + shows}},
			"XSM1006", "shadow", "xsm_map_gmfn_foreign", "finds an object's owner", true},
		{"an owner found ahead that a hook is told of", []swap{{paging, shows, pins +
			strings.Replace(shadows, "owner != d )", "owner != d && !xsm_map_gmfn_foreign(XSM_TARGET, d, owner) )", 1) + shows}},
			"XSM1006", "shadow", "xsm_map_gmfn_foreign", "finds an object's owner", false},
		{"a domain told that is no owner found", []swap{{paging, shows, pins +
			strings.Replace(shadows, "page_get_owner(page)", "current->domain", 1) + shows}},
			"XSM1006", "shadow", "xsm_map_gmfn_foreign", "finds an object's owner", false},
		{"an owner taken in place of the domain that was told", []swap{{paging, shows, strings.Replace(pins, "int rc = xsm_map_gmfn_foreign(XSM_TARGET, told, real);\n\n        if ( rc )\n            return rc;", "told = real;", 1) + shows}},
			"XSM1006", "pin", "", "in place of the domain", true},
		{"an owner taken in place of the domain that was told, by a hook's leave", []swap{{paging, shows, strings.Replace(pins, "            return rc;\n", "            return rc;\n        told = real;\n", 1) + shows}},
			"XSM1006", "pin", "", "in place of the domain", false},
		{"an object made without its label", []swap{{made, label, "    err = 0;\n"}},
			"XSM1001", "domain_create", "xsm_alloc_security_domain", "makes an object", true},
		{"an object made with its label", nil, "XSM1001", "domain_create", "xsm_alloc_security_domain", "makes an object", false},
		{"an object freed without its label", []swap{{made, dropped, "    arch_domain_destroy(d);\n"}},
			"XSM1001", "domain_destroy", "xsm_free_security_domain", "frees an object", true},
		{"an object given up without its label", []swap{{made, unlabel, " fail:\n"}},
			"XSM1001", "domain_create", "xsm_free_security_domain", "frees an object", true},
		{"an object given up that has no label yet", []swap{{made, unlabel, " fail:\n"}, {made, label, "    err = 0;\n"}},
			"XSM1001", "domain_create", "xsm_free_security_domain", "frees an object", false},
		{"an object reset, and nobody told", []swap{{events, closing, ended + closing}, {events, closed, "    evtchn_free(d, chn);\n"}},
			"XSM1001", "evtchn_free", "xsm_evtchn_close_post", "first state", true},
		{"a hook that decides, missing where another labels", []swap{{made, creates, "        err = config->ssidref ? 0 : -EINVAL;\n"}, {"xen/include/xen/errno.h", errptr, wrapped}},
			"XSM1001", "domain_create", "xsm_domain_create", "nothing calls", true},
		{"an object described without its label", []swap{{made, "    xsm_security_domaininfo(d, info);\n", ""}},
			"XSM1001", "getdomaininfo", "xsm_security_domaininfo", "left out", true},
		{"an object printed without its label", []swap{{events, shown, "            ssid = NULL;\n"}, {events, closing, prints + closing}},
			"XSM1001", "evtchn_print", "xsm_show_security_evtchn", "prints an object", true},
		{"a function that decides about access asks nobody", []swap{{params, mayset, "    rc = hvm_allow_set_param(d, a.index);\n"}, {params, setter, allows + setter}},
			"XSM1001", "hvm_allow_set_param", "", "looks up d", true},
		{"a function below that decides about access asks nobody", []swap{{params, mayset, "    rc = hvm_set(d, a.index);\n"}, {params, setter, allows + deeper + setter}},
			"XSM1001", "hvm_allow_set_param", "", "looks up d", true},
		{"a function that decides about access for a command that the module knows", []swap{{module, getset, tells},
			{params, mayset, "    rc = hvm_allow_set_param(d, a.index);\n    if ( !rc && a.index == 2 )\n        rc = hvm_vram(d);\n"}, {params, setter, allows + vram + setter}},
			"XSM1001", "hvm_allow_set_param", "xsm_hvm_param", "never asks", true},
		{"one of two answers asks nobody", []swap{{ports, outputs, cfgok + outputs}}, "XSM1006", "cfg_ok", "xsm_pci_config_permission", "the other with", true},
		{"both answers ask", []swap{{ports, outputs, strings.Replace(cfgok, ": sbdf < MAX_PDEV", ": xsm_pci_config_permission(XSM_HOOK, d, sbdf, 0) == 0", 1) + outputs}},
			"XSM1006", "cfg_ok", "xsm_pci_config_permission", "the other with", false},
		{"a hook is asked ahead of both answers", []swap{{ports, outputs, strings.Replace(cfgok, "{\n    return", "{\n    if ( xsm_pci_config_permission(XSM_HOOK, d, sbdf, 0) )\n        return false;\n\n    return", 1) + outputs}},
			"XSM1006", "cfg_ok", "xsm_pci_config_permission", "the other with", false},
		{"two commands that one function works for", []swap{{physdev, eoi, eoiAsks}, {physdev, gsi, "        ret = set_mode(gsi.gsi);\n"}, {physdev, unplug, "        ret = set_mode(dev.sbdf);\n"}, {physdev, physop, helper + physop}},
			"XSM1001", "set_mode", "", "several commands", true},
		{"work by a number that is computed from the guest's", []swap{{physdev, eoi, eoiAsks}, {physdev, gsi, "        {\n            int mode = gsi.gsi & 31;\n\n            mode++;\n            ret = set_mode(mode);\n        }\n"}, {physdev, physop, helper + physop}},
			"XSM1001", "do_physdev_op", "", "set_mode(mode) works on", true},
		{"a command among those that a dispatcher has left to it", []swap{{physdev, nosuch, handsOn}, {physdev, physop, helper + more + physop}},
			"XSM1001", "more_op", "", "set_mode(dev.sbdf) works on", true},
		{"a command that the module refuses because it does not get there", []swap{{module, passed, notHere}},
			"XSM1001", "arch_do_domctl", "", "XEN_DOMCTL_set_address_size", true},
	})
}
