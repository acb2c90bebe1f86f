package oracle

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// edit replaces the first old in a file of minixen; an old that is not there is an error of the test.
type edit struct{ file, old, new string }

// edited is minixen with edits.
func edited(t *testing.T, edits []edit) *refactor.Tree {
	t.Helper()
	base, err := refactor.OpenDir("../../testdata/minixen")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*refactor.File{}
	for _, p := range base.Paths() {
		src, err := base.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		text := string(src)
		for _, e := range edits {
			if e.file == p && !strings.Contains(text, e.old) {
				t.Fatalf("%s has no %q", p, e.old)
			}
			if e.file == p {
				text = strings.Replace(text, e.old, e.new, 1)
			}
		}
		files[p] = refactor.NewFile(refactor.ModeFile, []byte(text))
	}
	tree, err := refactor.NewTree("minixen", files)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// scans keeps what is read of units that several cases have in common.
func scans(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// planOn plans on a tree, after every hook call was taken out of it or as it is.
func planOn(t *testing.T, st *store.Store, tree *refactor.Tree, strip bool) (*refactor.Tree, *hookgen.Plan, *verify.Result) {
	t.Helper()
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	if strip {
		if tree, _, err = Strip(tree, pr); err != nil {
			t.Fatal(err)
		}
	}
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Store: st, Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := tables.Read(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	res := verify.Gaps(read[0].Program, tree, tabs)
	return tree, hookgen.NewPlan(tree, read[0].Program, res), res
}

// lineAfter is the line before which a call goes.
func lineAfter(t *testing.T, tree *refactor.Tree, p *hookgen.Placement) string {
	t.Helper()
	src, err := tree.ReadFile(p.File)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(src[p.Offset:]), "\n")
	return strings.TrimSpace(line)
}

// systemStates boots a hypervisor in two steps, and puts it to sleep and wakes it.
const systemStates = `enum { SYSTEM_SLOW, SYSTEM_ASLEEP, SYSTEM_READY } system_state;
void boot_done(void);
void wake_up(void);

void boot_done(void)
{
    system_state = SYSTEM_SLOW;
    system_state = SYSTEM_READY;
}

void wake_up(void)
{
    system_state = SYSTEM_ASLEEP;
    system_state = SYSTEM_READY;
}

void nap(void);
void nap(void)
{
    wake_up();
}

`

// manyCases are more commands than the dispatcher behind them has.
var manyCases = func() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "    case XEN_DOMCTL_destroydomain + %d:\n", 1000+i)
	}
	return strings.Replace(b.String(), "    case", "    case XEN_DOMCTL_createdomain:\n    case XEN_DOMCTL_pausedomain:\n    case XEN_DOMCTL_max_mem:\n    case", 1)
}()

// placement is what a rule of plan brings about: minixen is edited, loses its hook calls, and has them put back. What is wanted is "FUNCTION: TEXT" where TEXT
// is part of what is inserted; none must be there when it starts with "no ". "FUNCTION before LINE: TEXT" asks for the line of the place as well.
type placement struct {
	name  string
	edits []edit
	want  []string
}

var placements = []placement{
	{"a look-up that one command falls into is common to all", []edit{{"xen/common/domctl.c", `    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
        d = rcu_lock_domain_by_id(op->domain);
        if ( d == NULL )
            return -ESRCH;
    }
`, `    switch ( op->cmd )
    {
    case XEN_DOMCTL_assign_device:
        if ( op->domain == DOMID_INVALID )
        {
    case XEN_DOMCTL_createdomain:
    case XEN_DOMCTL_resumedomain:
            d = NULL;
            break;
        }
        /* fall through */
    default:
        d = rcu_lock_domain_by_id(op->domain);
        if ( !d )
            return -ESRCH;
    }
`}}, []string{"do_domctl: ret = xsm_domctl(XSM_OTHER, d, op->cmd)", "do_domctl: xsm_set_target(XSM_HOOK, d, e)"}},
	{"no hook goes before the break that ends the look-up", []edit{{"xen/common/domctl.c", `    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
        d = rcu_lock_domain_by_id(op->domain);
        if ( d == NULL )
            return -ESRCH;
    }
`, `    switch ( op->cmd )
    {
    case XEN_DOMCTL_createdomain:
        d = NULL;
        break;
    case XEN_DOMCTL_assign_device:
    case XEN_DOMCTL_resumedomain:
        if ( op->domain == DOMID_INVALID )
            return -ESRCH;
        /* fall through */
    default:
        d = rcu_lock_domain_by_id(op->domain);
        if ( !d )
            return -ESRCH;
        break;
    }
`}}, []string{"do_domctl before if ( !spin_trylock(&domctl_lock) ): xsm_domctl(XSM_OTHER, d, op->cmd)"}},
	{"a number that only the code of sub-commands reads", []edit{{"xen/common/vm_event.c", `    switch ( vec->op )
    {
    case XEN_VM_EVENT_ENABLE:
        rc = vm_event_enable(d, vec);
        break;
    case XEN_VM_EVENT_DISABLE:
        rc = vm_event_disable(d);
        break;
    case XEN_VM_EVENT_RESUME:
        rc = d->arch.monitor_enabled ? 0 : -ENODEV;
        break;
    default:
        rc = -ENOSYS;
        break;
    }
`, `    rc = -ENOSYS;
    switch ( vec->mode )
    {
    case XEN_DOMCTL_VM_EVENT_OP_PAGING:
        if ( vec->op == XEN_VM_EVENT_ENABLE )
            rc = vm_event_enable(d, vec);
        break;
    case XEN_DOMCTL_VM_EVENT_OP_MONITOR:
        if ( vec->op == XEN_VM_EVENT_DISABLE )
            rc = vm_event_disable(d);
        break;
    case XEN_DOMCTL_VM_EVENT_OP_SHARING:
        rc = d->arch.monitor_enabled ? 0 : -ENODEV;
        break;
    }
`}, {"xen/common/domctl.c", "        ret = vm_event_domctl(d, &op->u.vm_event_op);\n", `        ret = -EOPNOTSUPP;
        if ( op->u.vm_event_op.mode > XEN_DOMCTL_VM_EVENT_OP_SHARING || op->u.vm_event_op.op > XEN_VM_EVENT_RESUME )
            break;
        ret = vm_event_domctl(d, &op->u.vm_event_op);
`}}, []string{"vm_event_domctl: xsm_vm_event_control(XSM_PRIV, d, vec->mode, vec->op)"}},
	{"two hooks of sub-commands with one code", append(append(hookEdits("set_size", "", "", "XSM_PRIV", "XENMEM_set_size"), hookEdits("get_size", "", "", "XSM_PRIV", "XENMEM_get_size")...),
		edit{"xen/arch/x86/mm.c", "    case XENMEM_machine_memory_map:\n    {", sizes}),
		[]string{"arch_memory_op: if ( cmd == XENMEM_set_size && (rc = xsm_set_size(XSM_PRIV, d)) )", "arch_memory_op: if ( cmd == XENMEM_get_size && (rc = xsm_get_size(XSM_PRIV, d)) )"}},
	{"two hooks with one code that nothing tells apart", append(append(hookEdits("set_size", "", "", "XSM_PRIV", "XENMEM_set_size"), hookEdits("get_size", "", "", "XSM_PRIV", "XENMEM_get_size")...),
		edit{"xen/arch/x86/mm.c", "    case XENMEM_machine_memory_map:\n    {", sizes}, edit{"xen/arch/x86/mm.c", "    switch ( cmd )\n    {\n    case XENMEM_set_memory_map:", "    switch ( cmd & 63 )\n    {\n    case XENMEM_set_memory_map:"}),
		[]string{"no arch_memory_op: xsm_set_size", "no arch_memory_op: xsm_get_size", "refused: arch_memory_op has one code for XENMEM_set_size and XENMEM_get_size"}},
	{"two hooks with one code and an arm for each", append(append(hookEdits("set_size", "", "", "XSM_PRIV", "XENMEM_set_size"), hookEdits("get_size", "", "", "XSM_PRIV", "XENMEM_get_size")...),
		edit{"xen/arch/x86/mm.c", "    case XENMEM_machine_memory_map:\n    {", strings.Replace(sizes, "        rc = 0;\n        if ( cmd == XENMEM_set_size || fmap.map.nr_entries )\n            d->max_pages = fmap.map.nr_entries;\n        rc = d->max_pages;\n", `        if ( cmd == XENMEM_set_size )
        {
            d->max_pages = fmap.map.nr_entries;
            rc = 0;
        }
        else
            rc = d->max_pages;
`, 1)}),
		[]string{"arch_memory_op before d->max_pages = fmap: rc = xsm_set_size(XSM_PRIV, d); if ( rc )", "arch_memory_op before else: else if ( xsm_get_size(XSM_PRIV, d) ) rc = -EPERM;"}},
	{"a flag says which of two hooks is meant", []edit{{"xen/arch/x86/sysctl.c", `        switch ( sysctl->u.cpu_hotplug.op )
        {
        case XEN_SYSCTL_CPU_HOTPLUG_ONLINE:
            ret = xsm_resource_plug_core(XSM_HOOK);
            if ( ret )
                break;
            ret = cpu_up(cpu);
            break;
        case XEN_SYSCTL_CPU_HOTPLUG_OFFLINE:
            ret = cpu_down(cpu);
            break;
        default:
            ret = -EINVAL;
            break;
        }
`, `        bool plug;
        int (*fn)(unsigned int cpu);

        switch ( sysctl->u.cpu_hotplug.op )
        {
        case XEN_SYSCTL_CPU_HOTPLUG_ONLINE:
            plug = true;
            fn = cpu_up;
            break;
        case XEN_SYSCTL_CPU_HOTPLUG_OFFLINE:
            plug = false;
            fn = cpu_down;
            break;
        default:
            ret = -EINVAL;
            break;
        }
        if ( !ret )
            ret = plug ? xsm_resource_plug_core(XSM_HOOK)
                       : xsm_resource_unplug_core(XSM_HOOK);
        if ( !ret )
            ret = fn(cpu);
`}}, []string{"arch_do_sysctl: if ( !ret && plug && (ret = xsm_resource_plug_core(XSM_HOOK)) )", "arch_do_sysctl: if ( !ret && !plug && (ret = xsm_resource_unplug_core(XSM_HOOK)) )"}},
	{"a walk asks about each", nil, []string{"iommu_get_device_group: if ( xsm_get_device_group(XSM_HOOK, sbdf) ) continue;", "iommu_get_device_group before for: xsm_get_device_group(XSM_HOOK, g->machine_sbdf)"}},
	{"a walk asks about each, by parts of its number", []edit{{"xen/drivers/passthrough/pci.c", `static int iommu_get_device_group(struct domain *d,
                                  struct xen_domctl_get_device_group *g)
{
    int group = iommu_get_ops()->group_id(g->machine_sbdf);
    unsigned int i, n = 0;

    for ( i = 0; i < MAX_PDEV && n < g->max_sdevs; i++ )
    {
        uint32_t sbdf = pdevs[i].sbdf;

        if ( !pdevs[i].present || iommu_get_ops()->group_id(sbdf) != group )
            continue;
        if ( xsm_get_device_group(XSM_HOOK, sbdf) )
            continue;
        if ( copy_to_guest_offset(g->sdev_array, n, &sbdf, 1) )
            return -EFAULT;
        n++;
    }
    g->num_sdevs = n;
    return 0;
}
`, `struct slot { uint16_t seg; uint8_t bus, devfn; struct slot *next; } *slots;
static DEFINE_SPINLOCK(slots_lock);

static int device_group(struct domain *d, uint16_t seg, uint8_t bus, uint8_t devfn,
                        struct xen_domctl_get_device_group *g)
{
    int group = iommu_get_ops()->group_id(g->machine_sbdf);
    const struct slot *s;
    unsigned int n = 0;

    spin_lock(&slots_lock);
    for ( s = slots; s && n < g->max_sdevs; s = s->next )
    {
        unsigned int df = s->devfn;
        uint32_t where = (s->bus << 16) | (df << 8);

        if ( s->seg != seg || (s->bus == bus && df == devfn) )
            continue;
        if ( iommu_get_ops()->group_id(where) != group )
            continue;
        if ( copy_to_guest_offset(g->sdev_array, n, &where, 1) )
        {
            spin_unlock(&slots_lock);
            return -EFAULT;
        }
        n++;
    }
    spin_unlock(&slots_lock);
    g->num_sdevs = n;
    return 0;
}

static int iommu_get_device_group(struct domain *d,
                                  struct xen_domctl_get_device_group *g)
{
    return device_group(d, g->machine_sbdf >> 16, g->machine_sbdf >> 8, g->machine_sbdf, g);
}
`}}, []string{"device_group: if ( xsm_get_device_group(XSM_HOOK, (seg << 16) | (s->bus << 8) | df) ) continue;"}},
	{"what other code is handed too", append(hookEdits("dial_permission", ", uint32_t line, uint16_t start, uint16_t end, uint8_t access", ", line, start, end, access", "XSM_HOOK", "asked on dialling"),
		edit{"xen/arch/x86/emul-priv-op.c", "int guest_io_write(", dials + "int guest_io_write("}),
		[]string{"dial_permission: if ( xsm_dial_permission(XSM_HOOK, currd, line, start, start + size - 1, 0) ) return false;", "line_write_intercept before ASSERT(!rc);: rc = xsm_dial_permission(XSM_HOOK, current->domain, number, first, first + size - 1, 1); if ( rc ) return rc;"}},
	{"another owner than the code was told", append(hookEdits("borrow", ", struct domain *t", ", t", "XSM_TARGET", "Allow mapping a page that it does not own."),
		edit{"xen/arch/x86/mm.c", "long do_update_va_mapping(", borrowed + "long do_update_va_mapping("}, edit{"xen/arch/x86/mm.c", "    rc = mod_entry(page, va, val, d);\n    put_page(page);", "    rc = take_page(mfn, d, d);\n    put_page(page);"}),
		[]string{"take_page before told = owner;: if ( xsm_borrow(XSM_TARGET, told, owner) ) goto fail;", "no refused before : a denial does not leave this code"}},
	{"a handler that takes up one command", []edit{{"xen/arch/x86/hypercall.c", "    HYPERCALL(domctl),\n", "    HYPERCALL(domctl),\n    [ 1 ] = { (hypercall_fn_t *)(void *)do_shadow_cont, (hypercall_fn_t *)(void *)do_shadow_cont },\n"},
		{"xen/arch/x86/hypercall.c", "const hypercall_table_t pv_hypercall_table", "long do_shadow_cont(XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl);\n\nconst hypercall_table_t pv_hypercall_table"},
		{"xen/common/domctl.c", "long do_domctl(", shadowCont + "long do_domctl("}},
		[]string{"do_shadow_cont before op.u.shadow_op.pages = 0;: ret = xsm_domctl(XSM_OTHER, d, op.cmd); if ( ret ) { rcu_unlock_domain(d); return ret; }"}},
	{"a command that only says what is done behind the dispatch", append(hookEdits("tune_rate", "", "", "XSM_PRIV", "asked on tuning"),
		edit{"xen/arch/x86/hypercall.c", "    HYPERCALL(domctl),\n", "    HYPERCALL(domctl),\n    [ 1 ] = { (hypercall_fn_t *)(void *)do_tuning, (hypercall_fn_t *)(void *)do_tuning },\n"},
		edit{"xen/arch/x86/hypercall.c", "const hypercall_table_t pv_hypercall_table", "long do_tuning(int cmd, domid_t dom, unsigned int pages);\n\nconst hypercall_table_t pv_hypercall_table"},
		edit{"xen/common/domctl.c", "long do_domctl(", tuning + "long do_domctl("}),
		[]string{"do_tuning before factor = 2;: xsm_tune_rate(XSM_PRIV, d)"}},
	{"a hook that is called what its hypercall is called", []edit{{"xen/xsm/flask/policy/access_vectors", "    kexec\n", "# KEXEC_CMD_kexec_load and KEXEC_CMD_kexec_unload\n    kexec\n"}},
		[]string{"do_kexec_op before switch ( op ): xsm_kexec(XSM_PRIV)", "no do_kexec_op before return: xsm_kexec", "no do_kexec_op before image_entry: xsm_kexec", "no kexec_load: xsm_kexec"}},
	{"what a pointer can mean is not what a shell is around", []edit{{"xen/common/schedule.c", `long sched_adjust_global(uint32_t cmd, uint32_t *weight)
{
    long rc = xsm_sysctl_scheduler_op(XSM_HOOK, cmd);

    return rc ?: ops->adjust_global(cmd, weight);
`, `long sched_adjust_global(struct xen_sysctl_scheduler_op *op)
{
    long rc;

    if ( op->cmd != XEN_DOMCTL_SCHEDOP_putinfo &&
         op->cmd != XEN_DOMCTL_SCHEDOP_getinfo )
        return -EINVAL;
    rc = ops->adjust_global(op->cmd, &op->weight);
    return rc;
`}, {"xen/include/xen/sched.h", "long sched_adjust_global(uint32_t cmd, uint32_t *weight);", "struct xen_sysctl_scheduler_op;\nlong sched_adjust_global(struct xen_sysctl_scheduler_op *op);"},
		{"xen/common/schedule.c", "#include <xen/sched.h>\n", "#include <xen/sched.h>\n#include <public/sysctl.h>\n"},
		{"xen/common/sysctl.c", "sched_adjust_global(op->u.scheduler_op.cmd,\n                                  &op->u.scheduler_op.weight)", "sched_adjust_global(&op->u.scheduler_op)"}},
		[]string{"sched_adjust_global: xsm_sysctl_scheduler_op(XSM_HOOK, op->cmd)"}},
	{"a sub-command beside one that is alike", append(hookEdits("setup_line", ", unsigned int line", ", line", "XSM_PRIV", "XEN_DOMCTL_setup_line"),
		edit{"xen/arch/x86/domctl.c", "    case XEN_DOMCTL_ioport_permission:\n", `    case XEN_DOMCTL_setup_line:
    {
        unsigned int line = domctl->u.irq_permission.pirq & 15;

        line_of[line] = d;
        break;
    }

    case XEN_DOMCTL_reset_line:
    {
        unsigned int line = domctl->u.irq_permission.pirq & 15;

        line_of[line] = NULL;
        break;
    }

    case XEN_DOMCTL_ioport_permission:
`}, edit{"xen/arch/x86/domctl.c", "long arch_do_domctl(", "static struct domain *line_of[16];\n\nlong arch_do_domctl("},
		edit{"xen/include/public/domctl.h", "#define XEN_DOMCTL_irq_permission", "#define XEN_DOMCTL_setup_line 98\n#define XEN_DOMCTL_reset_line 99\n#define XEN_DOMCTL_irq_permission"}),
		[]string{"arch_do_domctl before line_of[line] = d;: xsm_setup_line(XSM_PRIV, d, line)", "arch_do_domctl before line_of[line] = NULL;: xsm_setup_line(XSM_PRIV, d, line)"}},
	{"a request that the first arm of a chain reads", []edit{{"xen/arch/x86/physdev.c", `        ret = -EFAULT;
        if ( raw_copy_from_guest(&gsi, arg.p, sizeof(gsi)) )
            break;
        ret = -EINVAL;
        if ( gsi.gsi < 0 || gsi.gsi >= (int)ARRAY_SIZE(gsi_mode) )
            break;
        ret = xsm_resource_setup_gsi(XSM_PRIV, gsi.gsi);
        if ( ret )
            break;
        gsi_mode[gsi.gsi] = gsi.triggering | (gsi.polarity << 1);
`, `        if ( raw_copy_from_guest(&gsi, arg.p, sizeof(gsi)) )
            ret = -EFAULT;
        else
            ret = gsi_mode[0] ? -EBUSY : change_mode(&gsi_mode[gsi.gsi & 15], gsi.triggering | (gsi.polarity << 1));
`}, {"xen/arch/x86/physdev.c", "long do_physdev_op(", "static int change_mode(uint8_t *of, int to)\n{\n    *of = to;\n    return 0;\n}\n\nlong do_physdev_op("}}, []string{"do_physdev_op before else: else if ( xsm_resource_setup_gsi(XSM_PRIV, gsi.gsi) ) ret = -EPERM;"}},
	{"a switch that only knows commands", []edit{{"xen/common/domctl.c", "    if ( op->cmd != XEN_DOMCTL_createdomain )\n    {\n", `    switch ( op->cmd )
    {
` + manyCases + `        break;
    default:
        return -ENOSYS;
    }

    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
`}}, []string{"do_domctl before if ( !spin_trylock(&domctl_lock) ): xsm_domctl(XSM_OTHER, d, op->cmd)"}},
	{"what is looked up behind a switch that only knows commands", []edit{{"xen/common/domctl.c", `    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
        d = rcu_lock_domain_by_id(op->domain);
        if ( d == NULL )
            return -ESRCH;
    }
`, `    switch ( op->cmd )
    {
    case XEN_DOMCTL_pausedomain:
    case XEN_DOMCTL_unpausedomain:
    case XEN_DOMCTL_max_mem:
        break;
    default:
        return -ENOSYS;
    }

    d = rcu_lock_domain_by_id(op->domain);
    if ( d == NULL )
        return -ESRCH;
`}}, []string{"do_domctl before if ( !spin_trylock(&domctl_lock) ): xsm_domctl(XSM_OTHER, d, op->cmd)"}},
	{"an object that a later choice gives", []edit{{"xen/common/domctl.c", `    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
        d = rcu_lock_domain_by_id(op->domain);
        if ( d == NULL )
            return -ESRCH;
    }
`, `    if ( op->interface_version == 9 )
        return -EINVAL;

    d = op->cmd != XEN_DOMCTL_createdomain ? rcu_lock_domain_by_id(op->domain) : current->domain;
    if ( d == NULL )
        return -ESRCH;
`}}, []string{"do_domctl before if ( !spin_trylock(&domctl_lock) ): xsm_domctl(XSM_OTHER, d, op->cmd)"}},
	{"a command that has another's code", []edit{{"xen/common/domctl.c", "    case XEN_DOMCTL_pausedomain:\n", "    case XEN_DOMCTL_pausedomain:\n    case XEN_DOMCTL_holddomain:\n"},
		{"xen/include/public/domctl.h", "#define XEN_DOMCTL_pausedomain ", "#define XEN_DOMCTL_holddomain 97\n#define XEN_DOMCTL_pausedomain "}},
		[]string{"flask_domctl before case XEN_DOMCTL_pausedomain:: case XEN_DOMCTL_holddomain:", "no do_domctl: xsm_holddomain", "no do_domctl: xsm_pausedomain"}},
	{"a command that a module's switch does not know", nil, []string{
		"flask_domctl before case XEN_DOMCTL_get_address_size:: case XEN_DOMCTL_set_virq_handler: return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SET_VIRQ_HANDLER);",
		"no do_domctl: xsm_set_virq_handler"}},
	{"a command whose name the class has for something else", []edit{{"xen/xsm/flask/policy/access_vectors", "    set_misc_info\n", "    set_virq_handler\n    set_misc_info\n"}}, []string{
		"flask_domctl before case XEN_DOMCTL_get_address_size:: case XEN_DOMCTL_set_virq_handler: return current_has_perm(d, SECCLASS_DOMAIN2, DOMAIN2__SET_VIRQ_HANDLER);"}},
	{"a state that the hypervisor goes into", []edit{
		{"xen/include/xsm/xsm.h", "    int (*vm_event_control)", "    int (*set_system_ready)(void);\n    int (*vm_event_control)"},
		{"xen/include/xsm/xsm.h", "static inline int xsm_vm_event_control(", "static inline int xsm_set_system_ready(void)\n{\n    return alternative_call(xsm_ops.set_system_ready);\n}\n\nstatic inline int xsm_vm_event_control("},
		{"xen/include/xsm/dummy.h", "static XSM_INLINE int xsm_vm_event_control(", "static XSM_INLINE int xsm_set_system_ready(void)\n{\n    return 0;\n}\n\nstatic XSM_INLINE int xsm_vm_event_control("},
		{"xen/xsm/dummy.c", "    .vm_event_control ", "    .set_system_ready = xsm_set_system_ready,\n    .vm_event_control "},
		{"xen/xsm/flask/hooks.c", "static int flask_vm_event_control(", "static int flask_set_system_ready(void)\n{\n    return 0;\n}\n\nstatic int flask_vm_event_control("},
		{"xen/xsm/flask/hooks.c", "    .vm_event_control =", "    .set_system_ready = flask_set_system_ready,\n    .vm_event_control ="},
		{"xen/arch/x86/setup.c", "void __init noreturn __start_xen(void)", systemStates + "void __init noreturn __start_xen(void)"},
	}, []string{"boot_done before system_state = SYSTEM_READY;: if ( xsm_set_system_ready() ) panic(\"xsm_set_system_ready() failed\\n\");", "no wake_up: xsm_set_system_ready"}},
	{"a function that does what a hook's place does", []edit{{"xen/common/event_channel.c", "            return port;\n", "            return last_port = port;\n"}, {"xen/common/event_channel.c", "static int get_free_port(", "static unsigned int last_port;\n\nstatic int get_free_port("}},
		[]string{"evtchn_alloc_unbound: xsm_evtchn_unbound(XSM_TARGET, d, chn, alloc->remote_dom)", "alloc_unbound_xen_event_channel: xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid)"}},
}

// TestPlacements: each case fails without the rule that it is named after.
func TestPlacements(t *testing.T) {
	st := scans(t)
	for _, tc := range slices.Concat(placements, laterPlacements) {
		t.Run(tc.name, func(t *testing.T) {
			tree := edited(t, tc.edits)
			stripped, plan, res := planOn(t, st, tree, true)
			checkEnds(t, res, plan)
			var lines []string
			for _, p := range plan.Placements {
				lines = append(lines, p.Function+" before "+lineAfter(t, stripped, p)+": "+strings.Join(strings.Fields(p.Text), " "))
			}
			for _, r := range plan.Refusals {
				lines = append(lines, "refused before : "+r.Reason)
			}
			for _, want := range tc.want {
				text, none := strings.CutPrefix(want, "no ")
				place, call, _ := strings.Cut(text, ": ")
				function, before, _ := strings.Cut(place, " before ")
				found := slices.ContainsFunc(lines, func(l string) bool {
					return strings.HasPrefix(l, function+" before "+before) && strings.Contains(l, call)
				})
				if found == none {
					t.Errorf("want %s; the plan has\n%s", want, strings.Join(lines, "\n"))
				}
			}
		})
	}
}
