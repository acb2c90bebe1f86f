package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// swap is an edit of minixen: text in place of old in a file.
type swap struct{ file, old, text string }

// apply makes the edits in a copy of minixen.
func apply(t *testing.T, edits []swap) func(string) {
	return func(dir string) {
		for _, e := range edits {
			p := filepath.Join(dir, e.file)
			src, err := os.ReadFile(p)
			if e.old == "" { // a new file
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
			} else if err != nil || strings.Count(string(src), e.old) == 0 {
				t.Fatalf("%s does not contain %q: %v", e.file, e.old, err)
			}
			if err := os.WriteFile(p, []byte(strings.Replace(string(src), e.old, e.text, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

const (
	events  = "xen/common/event_channel.c"
	system  = "xen/arch/x86/sysctl.c"
	domains = "xen/common/domctl.c"
	locking = "    if ( !spin_trylock(&domctl_lock) )\n"
	double  = "    double_evtchn_lock(ld, rd);\n"
	undo    = "    double_evtchn_unlock(ld, rd);\n"
	orders  = "    if ( ld < rd )\n    {\n        spin_lock(&ld->event_lock);\n        spin_lock(&rd->event_lock);\n    }\n    else\n    {\n" +
		"        if ( ld != rd )\n            spin_lock(&rd->event_lock);\n        spin_lock(&ld->event_lock);\n    }\n"
	reset = "        rc = xsm_evtchn_reset(XSM_TARGET, current->domain, d);\n"
	chain = "static int far4(struct domain *d)\n{\n    return xsm_evtchn_reset(XSM_TARGET, current->domain, d);\n}\n\n" +
		"static int far3(struct domain *d)\n{\n    return far4(d);\n}\n\nstatic int far2(struct domain *d)\n{\n    return far3(d);\n}\n\n"
	subscribe = "        d->suspend_evtchn = op->u.subscribe.port;\n"
	second    = "    {\n        struct domain *e = get_domain_by_id(op->u.set_target.target);\n\n        if ( e == NULL )\n            break;\n" +
		"        e->suspend_evtchn = op->u.subscribe.port;\n        put_domain(e);\n    }\n"
	memory      = "xen/common/memory.c"
	stat        = "        rc = xsm_memory_stat_reservation(XSM_TARGET, current->domain, d);\n"
	interdomain = "    rc = xsm_evtchn_interdomain(XSM_HOOK, ld, lchn, ld, rchn);\n"
	lookup      = "    rd = rcu_lock_domain_by_any_id(rdom);\n"
	orSelf      = "    if ( rdom == DOMID_SELF )\n        rdom = ld->domain_id;\n"
	physdev     = "xen/arch/x86/physdev.c"
	entry       = "long do_event_channel_op("
	stores      = "            apic_regs[apic.reg] = apic.value;\n"
	plug        = "            ret = xsm_resource_plug_core(XSM_HOOK);\n            if ( ret )\n                break;\n            ret = cpu_up(cpu);\n"
)

// TestRules edits minixen so that a rule must speak, or must not.
func TestRules(t *testing.T) {
	tryRules(t, []ruleCase{
		{"the hook of all sub-commands, behind the dispatcher's lock", nil, "XSM1002", "vm_event_domctl", "xsm_vm_event_control", "behind", true},
		{"dispatched in front of the lock", []swap{{domains, locking, "    if ( op->cmd == XEN_DOMCTL_vm_event_op )\n    {\n" +
			"        ret = vm_event_domctl(d, &op->u.vm_event_op);\n        goto domctl_out_unlock_domonly;\n    }\n\n" + locking},
			{domains, "    case XEN_DOMCTL_vm_event_op:\n        ret = vm_event_domctl(d, &op->u.vm_event_op);\n        copyback = true;\n        break;\n\n", ""}},
			"XSM1002", "vm_event_domctl", "xsm_vm_event_control", "behind", false},
		{"the second of two hooks on two arms", []swap{{system, plug,
			"            ret = cpu ? xsm_resource_plug_core(XSM_HOOK) : xsm_resource_unplug_core(XSM_HOOK);\n            if ( ret )\n                break;\n            ret = cpu_up(cpu);\n"}},
			"XSM1002", "arch_do_sysctl", "xsm_resource_unplug_core", "behind", true},
		{"the second of two hooks in a row", []swap{{system, plug,
			"            ret = xsm_resource_plug_core(XSM_HOOK);\n            if ( ret )\n                break;\n            ret = xsm_resource_unplug_core(XSM_HOOK);\n            if ( ret )\n                break;\n            ret = cpu_up(cpu);\n"}},
			"XSM1002", "arch_do_sysctl", "xsm_resource_unplug_core", "behind", false},
		{"the answer chooses a value", []swap{{events, "    rc = xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid);\n    if ( rc )\n        goto out;\n\n    chn->state = ECS_UNBOUND;\n    chn->notify_vcpu_id = lvcpu;\n    chn->u.unbound.remote_domid = remote_domid;",
			"    rc = xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid);\n\n    chn->state = ECS_UNBOUND;\n    chn->notify_vcpu_id = lvcpu;\n    chn->u.unbound.remote_domid = rc ? DOMID_INVALID : remote_domid;\n    rc = 0;"}},
			"XSM1003", "alloc_unbound_xen_event_channel", "xsm_evtchn_unbound", "the same", false},
		{"the answer chooses nothing", []swap{{events, "    rc = xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid);\n    if ( rc )\n        goto out;\n\n    chn->state = ECS_UNBOUND;\n    chn->notify_vcpu_id = lvcpu;\n    chn->u.unbound.remote_domid = remote_domid;",
			"    rc = xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid);\n\n    chn->state = ECS_UNBOUND;\n    chn->notify_vcpu_id = lvcpu;\n    chn->u.unbound.remote_domid = lvcpu ? DOMID_INVALID : remote_domid;\n    rc = 0;"}},
			"XSM1003", "alloc_unbound_xen_event_channel", "xsm_evtchn_unbound", "the same", true},
		{"two locks in order of address, released where they differ", []swap{{events, double, orders},
			{events, undo, "    spin_unlock(&ld->event_lock);\n    if ( ld != rd )\n        spin_unlock(&rd->event_lock);\n"}},
			"XSM1004", "evtchn_bind_interdomain", "xsm_evtchn_interdomain", "spin_lock", false},
		{"two locks in order of address, released by another test", []swap{{events, double, orders},
			{events, undo, "    spin_unlock(&ld->event_lock);\n    if ( bind->local_port )\n        spin_unlock(&rd->event_lock);\n"}},
			"XSM1004", "evtchn_bind_interdomain", "xsm_evtchn_interdomain", "spin_lock", true},
		{"a call that only another architecture makes, for the same command", []swap{{events, reset, ""}, {"xen/arch/arm/event.c", "",
			"long do_event_channel_op(int cmd, struct domain *d)\n{\n    switch ( cmd )\n    {\n    case EVTCHNOP_reset:\n        return xsm_evtchn_reset(XSM_TARGET, current->domain, d);\n    }\n    return -ENOSYS;\n}\n"}},
			"XSM1001", "do_event_channel_op", "xsm_evtchn_reset", "nothing calls", true},
		{"a call that only another architecture makes, for something else", []swap{{events, reset, ""}, {"xen/arch/arm/event.c", "",
			"int wipe(struct domain *d)\n{\n    return xsm_evtchn_reset(XSM_TARGET, current->domain, d);\n}\n"}},
			"XSM1001", "do_event_channel_op", "xsm_evtchn_reset", "nothing calls", false},
		{"a domain that a local number is for", []swap{{events, interdomain, "    rc = 0;\n"}, {events, lookup, orSelf + lookup}},
			"XSM1001", "evtchn_bind_interdomain", "xsm_evtchn_interdomain", "looks up rd", true},
		{"a domain that a local number from a table is for", []swap{{events, interdomain, "    rc = 0;\n"}, {events, lookup, orSelf + lookup},
			{events, "    domid_t rdom = bind->remote_dom;\n", "    static domid_t allowed[8];\n    domid_t rdom = allowed[bind->remote_dom & 7];\n"}},
			"XSM1001", "evtchn_bind_interdomain", "xsm_evtchn_interdomain", "looks up rd", false},
		{"a hook below a function that tells nobody of a no", []swap{{events, reset, "        wipe(d);\n        rc = 0;\n"},
			{events, entry, chain + "static void wipe(struct domain *d)\n{\n    far4(d);\n}\n\n" + entry}},
			"XSM1001", "do_event_channel_op", "xsm_evtchn_reset", "looks up d", true},
		{"a hook below a function that hands the no on", []swap{{events, reset, "        rc = wipe(d);\n        if ( rc )\n            break;\n"},
			{events, entry, chain + "static int wipe(struct domain *d)\n{\n    return far4(d);\n}\n\n" + entry}},
			"XSM1001", "do_event_channel_op", "xsm_evtchn_reset", "looks up d", false},
		{"a command that a hook is not asked for", []swap{{memory, stat, "        rc = 0;\n        if ( cmd == XENMEM_current_reservation )\n    " + stat}},
			"XSM1001", "do_memory_op", "", "XENMEM_maximum_reservation looks up a domain by domid", true},
		{"a command beside it that the hook is asked for", []swap{{memory, stat, "        rc = 0;\n        if ( cmd == XENMEM_current_reservation )\n    " + stat}},
			"XSM1001", "do_memory_op", "", "XENMEM_current_reservation looks up a domain by domid", false},
		{"a second domain, behind a hook that is not told of it", []swap{{domains, subscribe, second}},
			"XSM1001", "do_domctl", "", "asks again", true},
		{"a second domain that a hook is told of", []swap{{domains, subscribe, strings.Replace(second, "        e->", "        ret = xsm_set_target(XSM_HOOK, d, e);\n        if ( ret )\n            break;\n        e->", 1)}},
			"XSM1001", "do_domctl", "", "asks again", false},
		{"a second domain where no command asks again", []swap{{domains, subscribe, second}, {domains, "        ret = xsm_set_target(XSM_HOOK, d, e);\n", "        ret = 0;\n"}},
			"XSM1001", "do_domctl", "", "asks again", false},
		{"a privilege is the only gate of what changes the machine", nil, "XSM1001", "do_kexec_op", "", "KEXEC_CMD_kexec_unload is gated by IS_PRIV", true},
		{"a privilege and a hook far below it", []swap{{physdev, stores, "        {\n            ret = far2(current->domain);\n" + stores + "        }\n"},
			{physdev, "long do_physdev_op(", chain + "long do_physdev_op("}},
			"XSM1001", "do_physdev_op", "", "PHYSDEVOP_apic_write is gated by IS_PRIV", true},
		{"a privilege and a hook right below it", []swap{{physdev, stores, "        {\n            ret = far4(current->domain);\n" + stores + "        }\n"},
			{physdev, "long do_physdev_op(", chain + "long do_physdev_op("}},
			"XSM1001", "do_physdev_op", "", "PHYSDEVOP_apic_write is gated by IS_PRIV", false},
	})
}

// ruleCase is minixen with edits, and whether a check says something of a function and a hook.
type ruleCase struct {
	name                  string
	edits                 []swap
	check, function, hook string
	says                  string // part of the message
	want                  bool
}

func tryRules(t *testing.T, cases []ruleCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := false
			for _, f := range runMini(t, apply(t, c.edits), Options{MinConfidence: 0.5}).Findings {
				if f.Check == c.check && f.Function == c.function && (f.Hook == c.hook || c.hook == "") {
					t.Log(f.Message)
					found = found || strings.Contains(f.Message, c.says)
				}
			}
			if found != c.want {
				t.Errorf("reported %v, want %v", found, c.want)
			}
		})
	}
}

// TestOneCommandInTwoEntries compares commands by their whole way: one name under two commands is two commands.
func TestOneCommandInTwoEntries(t *testing.T) {
	hook := []analyze.SiteAt{{Site: "s", Hook: "xsm_x", Phase: "own"}}
	tells := []analyze.Access{{Kind: "to guest"}}
	here, there := analyze.Place{File: "a.c", Line: 9, Function: "space_op"}, analyze.Place{File: "a.c", Line: 90, Function: "other_op"}
	for _, c := range []struct {
		name, id string
		want     int
	}{
		{"the same way", "do_b/OP_x/SPACE_y", 1},
		{"another command above it", "do_b/OP_z/SPACE_y", 0},
		{"the code that asks", "do_c/OP_x/SPACE_y", 0},
		{"other code of the name", "do_d/OP_x/SPACE_y", 1},
		{"the label of the code that asks, and code of its own", "do_e/OP_x/SPACE_y", 1},
	} {
		entry, _, _ := strings.Cut(c.id, "/")
		p := &Pass{m: &model{p: &analyze.Program{Profile: &profile.Profile{}}, ops: map[string]*analyze.Op{}}, Check: Find("XSM1006"), Config: "c", Facts: &analyze.Facts{Ops: []analyze.Op{
			{ID: "do_a/OP_x/SPACE_y", Entry: "do_a", Command: "SPACE_y", Hooks: hook, Copies: tells, Configs: []string{"c"}, Place: here},
			{ID: c.id, Entry: entry, Command: "SPACE_y", Copies: tells, Configs: []string{"c"}, Labels: map[string][]analyze.Label{
				"do_c": {{Case: "SPACE_y", Place: here}}, "do_d": {{Case: "SPACE_y", Place: there}}, "do_e": {{Case: "SPACE_y", Place: here}}}[entry],
				Locks: map[string][]analyze.Access{"do_c": {{Place: here}}, "do_e": {{Place: there}}}[entry]},
		}}}
		twoEntries(p)
		if len(p.out) != c.want {
			t.Errorf("%s: %d findings, want %d", c.name, len(p.out), c.want)
		}
	}
}
