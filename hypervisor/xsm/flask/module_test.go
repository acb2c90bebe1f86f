package flask

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

// machine is a module with the domains that a hypervisor would have after boot.
type machine struct {
	*testing.T
	m                *Module
	mu               sync.Mutex
	lines            []string
	idle, dom0, domU *xsm.Domain
	policy           []byte
}

func compile(t testing.TB, conf string) []byte {
	t.Helper()
	bin, err := policytest.Compile(t.TempDir(), conf, 30, false)
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func newMachine(t *testing.T, conf string) *machine {
	t.Helper()
	k := &machine{T: t, policy: compile(t, conf)}
	defs, err := policytest.Definitions(k.policy)
	if err != nil {
		t.Fatal(err)
	}
	k.m, err = New(Options{Definitions: defs, Policy: k.policy, Log: func(l string) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.lines = append(k.lines, l)
	}})
	if err != nil {
		t.Fatal(err)
	}
	k.m.Attach(func(cur *xsm.Domain, id xsm.DomID) *xsm.Domain {
		if id == abi.DOMID_SELF {
			return cur
		}
		for _, d := range []*xsm.Domain{k.dom0, k.domU} {
			if d != nil && d.ID == id {
				return d
			}
		}
		return nil
	})
	k.boot()
	return k
}

func (k *machine) boot() {
	k.Helper()
	k.idle = &xsm.Domain{ID: abi.DOMID_IDLE}
	k.idle.SetControl(true)
	k.ok(k.m.AllocSecurityDomain(nil, k.idle))
	k.dom0 = &xsm.Domain{ID: 0}
	k.dom0.SetControl(true)
	k.ok(k.m.AllocSecurityDomain(k.idle, k.dom0))
	k.ok(k.m.DomainCreate(k.idle, k.dom0, 0))
	k.ok(k.m.SetSystemActive(k.idle))
	k.domU = &xsm.Domain{ID: 5}
	k.ok(k.m.AllocSecurityDomain(k.dom0, k.domU))
	k.ok(k.m.DomainCreate(k.dom0, k.domU, uint32(k.sid("sys_u:vm_r:domU_t"))))
}

func (k *machine) ok(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// fails checks an error's number.
func (k *machine) fails(err error, want abi.Errno) {
	k.Helper()
	var got abi.Errno
	if !errors.As(err, &got) || got != want {
		k.Errorf("error %v, want %v", err, want)
	}
}

func (k *machine) sid(context string) SID {
	k.Helper()
	sid, err := k.m.Server().ContextToSID(context)
	k.ok(err)
	return sid
}

func (k *machine) context(sid SID) string {
	k.Helper()
	c, err := k.m.Server().SIDToContext(sid)
	k.ok(err)
	return c
}

func (k *machine) op(cur *xsm.Domain, cmd uint32, arg any) error {
	return k.m.DoXSMOp(cur, &xsm.Op{Cmd: cmd, Arg: arg})
}

// machineConf is the small policy with what boot needs.
var machineConf = policytest.Edit(policytest.Small, "allow dom0_t xen_t:xen",
	"allow xen_t dom0_t:domain create;\nallow dom0_t xen_t:xen")

func TestLabelsOfDomains(t *testing.T) {
	k := newMachine(t, machineConf)
	for _, c := range []struct {
		got  SID
		want string
	}{
		{DomainSID(k.idle), "sys_u:sys_r:xen_t"},
		{DomainSID(k.dom0), "sys_u:sys_r:dom0_t"},
		{TargetSID(k.dom0, k.dom0), "sys_u:sys_r:dom0_t"},
		{DomainSID(k.domU), "sys_u:vm_r:domU_t"},
		{TargetSID(k.domU, k.domU), "sys_u:vm_r:domU_self_t"}, // by type_transition
		{TargetSID(k.dom0, k.domU), "sys_u:vm_r:domU_t"},
		{k.m.PageSID(k.dom0, &xsm.Page{Owner: k.domU}), "sys_u:vm_r:domU_t"},
		{k.m.PageSID(k.domU, &xsm.Page{Owner: k.domU}), "sys_u:vm_r:domU_self_t"},
		{k.m.PageSID(k.dom0, &xsm.Page{}), "sys_u:sys_r:xen_t"}, // domio
	} {
		if got := k.context(c.got); got != c.want {
			t.Errorf("label %s, want %s", got, c.want)
		}
	}
	second := &xsm.Domain{ID: 7}
	k.ok(k.m.AllocSecurityDomain(k.dom0, second))
	k.fails(k.m.DomainCreate(k.dom0, second, uint32(k.sid("sys_u:sys_r:dom0_t"))), abi.EINVAL) // the second dom0
	k.fails(k.m.DomainCreate(k.domU, second, uint32(k.sid("sys_u:vm_r:domU_t"))), abi.EACCES)
	k.fails(k.m.SetSystemActive(k.dom0), abi.EPERM)
	var info xsm.DomainInfo
	k.m.SecurityDomainInfo(k.dom0, k.domU, &info)
	if SID(info.SSIDRef) != DomainSID(k.domU) {
		t.Errorf("domain info has SID %d", info.SSIDRef)
	}
}

func TestTargetLabels(t *testing.T) {
	conf := policytest.Edit(machineConf, "type_transition domU_t domU_t:domain",
		`type dm_t, domain_type; type target_t, domain_type;
allow dom0_t dm_t:domain2 make_priv_for; allow dom0_t domU_t:domain2 set_as_target; allow dm_t domU_t:domain set_target;
allow dm_t target_t:domain pause;
type_transition domU_t dm_t:domain target_t;
type_transition domU_t domU_t:domain`)
	conf = policytest.Edit(conf, "role vm_r types {", "role vm_r types { dm_t target_t")
	k := newMachine(t, conf)
	dm := &xsm.Domain{ID: 6}
	k.ok(k.m.AllocSecurityDomain(k.dom0, dm))
	k.ok(k.m.DomainCreate(k.dom0, dm, uint32(k.sid("sys_u:vm_r:dm_t"))))
	pause, err := k.m.Perm("domain", "pause")
	k.ok(err)
	k.fails(k.m.DomainHas(dm, dm, k.domU, pause), abi.EACCES)
	k.fails(k.m.SetTarget(k.domU, dm, k.domU), abi.EACCES)
	k.ok(k.m.SetTarget(k.dom0, dm, k.domU))
	dm.SetTarget(k.domU)
	k.ok(k.m.DomainHas(dm, dm, k.domU, pause))
	if got := k.context(TargetSID(dm, k.domU)); got != "sys_u:vm_r:target_t" {
		t.Errorf("target label %s", got)
	}
	if last := k.lines[len(k.lines)-1]; !strings.Contains(last, "current=d5") && !strings.Contains(last, "source=d5") {
		t.Errorf("audit line %q does not name the caller", last)
	}
}

func TestEventChannels(t *testing.T) {
	k := newMachine(t, machineConf)
	mine, theirs := &xsm.Evtchn{Port: 1, State: xsm.ECSUnbound}, &xsm.Evtchn{Port: 2, State: xsm.ECSInterdomain}
	k.ok(k.m.AllocSecurityEvtchns(k.dom0, []*xsm.Evtchn{mine, theirs}))
	k.ok(k.m.EvtchnUnbound(k.dom0, k.dom0, mine, 5))
	k.fails(k.m.EvtchnUnbound(k.dom0, k.dom0, mine, 99), abi.EPERM)
	k.ok(k.m.EvtchnInterdomain(k.domU, k.domU, theirs, k.dom0, mine))
	if got := k.context(SID(theirs.SID.Load())); got != "sys_u:object_r:channel_t" {
		t.Errorf("channel has label %s", got)
	}
	k.ok(k.m.EvtchnSend(k.domU, k.domU, theirs))
	k.ok(k.m.EvtchnStatus(k.domU, k.domU, theirs))
	k.fails(k.m.EvtchnReset(k.domU, k.domU, k.dom0), abi.EACCES)
	if got := k.m.ShowSecurityEvtchn(k.dom0, k.domU, theirs); got != "sys_u:object_r:channel_t" {
		t.Errorf("shown as %q", got)
	}
	mine.State = xsm.ECSReserved
	k.fails(k.m.EvtchnSend(k.dom0, k.dom0, mine), abi.EPERM)
	if last := k.lines[len(k.lines)-1]; last != "FLASK: Denying unknown event channel state: 1." {
		t.Errorf("line %q", last)
	}
	k.m.EvtchnClosePost(k.domU, theirs)
	k.fails(k.m.EvtchnSend(k.domU, k.domU, theirs), abi.EACCES)
	k.m.FreeSecurityEvtchns(k.domU, []*xsm.Evtchn{mine})
	if SID(mine.SID.Load()) != k.m.sids.unlabeled {
		t.Error("a freed channel keeps its label")
	}
}

func TestEveryCommandOfTheSecurityHypercall(t *testing.T) {
	k := newMachine(t, machineConf)
	tried := map[uint32]bool{}
	do := func(cur *xsm.Domain, cmd uint32, arg any) error {
		tried[cmd] = true
		return k.op(cur, cmd, arg)
	}
	value := func(cmd, want uint32) {
		t.Helper()
		v := Value{99}
		if k.ok(do(k.domU, cmd, &v)); v.Value != want {
			t.Errorf("command %d returns %d, want %d", cmd, v.Value, want)
		}
	}
	value(abi.FLASK_GETENFORCE, 1)
	value(abi.FLASK_POLICYVERS, 30)
	value(abi.FLASK_MLS, 0)
	value(abi.FLASK_GETAVC_THRESHOLD, 512)

	contexts(k, do)
	defs := k.m.Server().Definitions()
	acc := Access{SSID: DomainSID(k.dom0), TSID: k.m.sids.xen, Class: defs.Class("xen"), Request: 1}
	k.ok(do(k.dom0, abi.FLASK_ACCESS, &acc))
	if acc.Allowed != 7 || acc.AuditDeny != ^AV(0) || acc.Seqno != 1 {
		t.Errorf("%+v", acc)
	}
	for _, c := range []struct {
		cmd  uint32
		want string
	}{
		{abi.FLASK_CREATE, "sys_u:vm_r:domU_self_t"},
		{abi.FLASK_MEMBER, "sys_u:vm_r:domU_t"},
		{abi.FLASK_RELABEL, "sys_u:vm_r:domU_t"},
	} {
		tr := Transition{SSID: DomainSID(k.domU), TSID: DomainSID(k.domU), Class: defs.Class("domain")}
		k.ok(do(k.dom0, c.cmd, &tr))
		if got := k.context(tr.NewSID); got != c.want {
			t.Errorf("command %d gives %s, want %s", c.cmd, got, c.want)
		}
	}
	booleans(k, do)
	objects(k, do)

	k.ok(do(k.dom0, abi.FLASK_SETAVC_THRESHOLD, &Threshold{100}))
	value(abi.FLASK_GETAVC_THRESHOLD, 100)
	var hash HashStats
	var cache CacheStats
	k.ok(do(k.domU, abi.FLASK_AVC_HASHSTATS, &hash))
	k.ok(do(k.domU, abi.FLASK_AVC_CACHESTATS, &cache))
	if hash.Entries == 0 || cache.Lookups != cache.Hits+cache.Misses || cache.Misses == 0 {
		t.Errorf("%+v %+v", hash, cache)
	}
	k.fails(do(k.domU, abi.FLASK_AVC_CACHESTATS, &CacheStats{CPU: 1}), abi.ENOENT)

	domains(k, do)

	k.ok(do(k.dom0, abi.FLASK_SETENFORCE, &SetEnforce{0}))
	k.ok(do(k.domU, abi.FLASK_SETENFORCE, &SetEnforce{7}))
	value(abi.FLASK_GETENFORCE, 1)
	k.fails(do(k.domU, abi.FLASK_SETENFORCE, &SetEnforce{0}), abi.EACCES)

	k.ok(do(k.dom0, abi.FLASK_LOAD, &Load{k.policy}))
	k.fails(do(k.domU, abi.FLASK_LOAD, &Load{k.policy}), abi.EACCES)
	k.fails(do(k.dom0, abi.FLASK_LOAD, &Load{k.policy[:100]}), abi.EINVAL)
	var format *policydb.FormatError
	if err := do(k.dom0, abi.FLASK_LOAD, &Load{k.policy[:100]}); !errors.As(err, &format) {
		t.Errorf("%v does not say where", err)
	}
	for _, cmd := range []uint32{0, abi.FLASK_USER, abi.FLASK_DISABLE, 26, 1 << 31} {
		k.fails(do(k.dom0, cmd, nil), abi.ENOSYS)
	}
	for cmd := uint32(abi.FLASK_LOAD); cmd <= abi.FLASK_DEVICETREE_LABEL; cmd++ {
		if !tried[cmd] {
			t.Errorf("command %d was not tried", cmd)
		}
	}
	everyCommandChecksItsArgument(k)
}

func everyCommandChecksItsArgument(k *machine) {
	for cmd := range k.m.commands {
		if cmd == abi.FLASK_COMMITBOOLS {
			continue
		}
		k.fails(k.op(k.dom0, cmd, nil), abi.EFAULT)
		k.fails(k.op(k.dom0, cmd, "text"), abi.EFAULT)
	}
}

func domains(k *machine, do doer) {
	k.Helper()
	k.fails(do(k.domU, abi.FLASK_GET_PEER_SID, &PeerSID{Port: 3}), abi.EINVAL)
	k.m.AttachPeers(func(_ *xsm.Domain, port uint32) *xsm.Domain { return map[uint32]*xsm.Domain{3: k.dom0}[port] })
	peer := PeerSID{Port: 3}
	if k.ok(do(k.domU, abi.FLASK_GET_PEER_SID, &peer)); peer.SID != DomainSID(k.dom0) {
		k.Errorf("%+v", peer)
	}
	guard := k.sid("sys_u:vm_r:guard_t")
	k.fails(do(k.dom0, abi.FLASK_RELABEL_DOMAIN, &Relabel{99, guard}), abi.ESRCH)
	k.fails(do(k.domU, abi.FLASK_RELABEL_DOMAIN, &Relabel{abi.DOMID_SELF, guard}), abi.EACCES)
	k.ok(do(k.dom0, abi.FLASK_RELABEL_DOMAIN, &Relabel{5, guard}))
	if DomainSID(k.domU) != guard || TargetSID(k.domU, k.domU) != guard {
		k.Error("the domain was not relabelled")
	}
}

func contexts(k *machine, do doer) {
	k.Helper()
	ctx := SIDContext{Context: "sys_u:vm_r:guest_t"} // an alias
	k.ok(do(k.dom0, abi.FLASK_CONTEXT_TO_SID, &ctx))
	back := SIDContext{SID: ctx.SID, Size: 5}
	k.fails(do(k.dom0, abi.FLASK_SID_TO_CONTEXT, &back), abi.ERANGE)
	if back.Size != 18 {
		k.Errorf("context takes %d bytes", back.Size)
	}
	k.ok(do(k.dom0, abi.FLASK_SID_TO_CONTEXT, &back))
	if back.Context != "sys_u:vm_r:domU_t" {
		k.Errorf("context %s", back.Context)
	}
	k.fails(do(k.dom0, abi.FLASK_CONTEXT_TO_SID, &SIDContext{Context: "no:such:context"}), abi.EINVAL)
}

type doer func(cur *xsm.Domain, cmd uint32, arg any) error

func booleans(k *machine, do doer) {
	k.Helper()
	b := Boolean{ID: NoID, Name: "guests_talk", NewValue: true}
	k.ok(do(k.dom0, abi.FLASK_SETBOOL, &b))
	if b.ID != 0 || b.Enforcing || !b.Pending {
		k.Errorf("%+v", b)
	}
	got := Boolean{ID: 0, Size: 3}
	k.fails(do(k.domU, abi.FLASK_GETBOOL, &got), abi.ERANGE)
	k.ok(do(k.domU, abi.FLASK_GETBOOL, &got))
	if got.Name != "guests_talk" || got.Enforcing || !got.Pending {
		k.Errorf("%+v", got)
	}
	k.fails(do(k.domU, abi.FLASK_COMMITBOOLS, nil), abi.EACCES)
	k.ok(do(k.dom0, abi.FLASK_COMMITBOOLS, nil))
	if got := (Boolean{ID: NoID, Name: "guests_talk"}); do(k.domU, abi.FLASK_GETBOOL, &got) != nil || !got.Enforcing {
		k.Errorf("after commit: %+v", got)
	}
	if !slices.Contains(k.lines, "Flask: committed booleans { guests_talk:1 }") {
		k.Errorf("no line about the commit in %q", k.lines)
	}
	now := Boolean{ID: 0, NewValue: false, Commit: true}
	k.ok(do(k.dom0, abi.FLASK_SETBOOL, &now))
	if now.Enforcing || k.m.Server().Bools()[0].State {
		k.Errorf("%+v", now)
	}
	k.fails(do(k.dom0, abi.FLASK_SETBOOL, &Boolean{ID: NoID, Name: "nothing"}), abi.ENOENT)
	k.fails(do(k.dom0, abi.FLASK_GETBOOL, &Boolean{ID: 1}), abi.ENOENT)
	k.fails(do(k.domU, abi.FLASK_SETBOOL, &Boolean{ID: 0}), abi.EACCES)
}

func objects(k *machine, do doer) {
	k.Helper()
	nic := k.sid("sys_u:object_r:nic_t")
	add := OContext{Kind: uint32(ss.ObjectIOMem), SID: nic, Low: 0x1000, High: 0x1fff}
	k.ok(do(k.dom0, abi.FLASK_ADD_OCONTEXT, &add))
	if sid, err := k.m.Server().IOMemSID(0x1800); err != nil || sid != nic {
		k.Errorf("added IO memory has SID %d (%v)", sid, err)
	}
	overlap := add
	overlap.Low++
	k.fails(do(k.dom0, abi.FLASK_ADD_OCONTEXT, &overlap), abi.EEXIST)
	k.fails(do(k.dom0, abi.FLASK_DEL_OCONTEXT, &overlap), abi.ENOENT)
	k.fails(do(k.domU, abi.FLASK_DEL_OCONTEXT, &add), abi.EACCES)
	k.ok(do(k.dom0, abi.FLASK_DEL_OCONTEXT, &add))
	k.fails(do(k.dom0, abi.FLASK_ADD_OCONTEXT, &OContext{Kind: 1, Low: 2, High: 1}), abi.EINVAL)
	k.fails(do(k.dom0, abi.FLASK_ADD_OCONTEXT, &OContext{Kind: 9, Low: 2, High: 2}), abi.EINVAL)
	label := DeviceTreeLabel{SID: nic, Path: "/soc/nic"}
	k.ok(do(k.dom0, abi.FLASK_DEVICETREE_LABEL, &label))
	k.fails(do(k.dom0, abi.FLASK_DEVICETREE_LABEL, &label), abi.EEXIST)
	if sid, err := k.m.Server().DeviceTreeSID("/soc/nic"); err != nil || sid != nic {
		k.Errorf("device tree node has SID %d (%v)", sid, err)
	}
	label.SID = 0
	k.fails(do(k.domU, abi.FLASK_DEVICETREE_LABEL, &label), abi.EACCES)
	k.ok(do(k.dom0, abi.FLASK_DEVICETREE_LABEL, &label))
	k.fails(do(k.dom0, abi.FLASK_DEVICETREE_LABEL, &label), abi.ENOENT)
}

func TestNoPolicyAllowsEverything(t *testing.T) {
	bin := compile(t, machineConf)
	defs, err := policytest.Definitions(bin)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Options{Definitions: defs})
	if err != nil {
		t.Fatal(err)
	}
	d := &xsm.Domain{ID: 3}
	if err := m.AllocSecurityDomain(nil, d); err != nil {
		t.Fatal(err)
	}
	if err := m.may(d, "load_policy"); err != nil {
		t.Error(err)
	}
	if sid, err := m.Server().ContextToSID("dom0"); err != nil || sid != m.sids.dom0 {
		t.Errorf("dom0 is SID %d (%v)", sid, err)
	}
	if err := m.DoXSMOp(d, &xsm.Op{Cmd: abi.FLASK_LOAD, Arg: &Load{bin}}); err != nil {
		t.Fatal(err)
	}
	if err := m.may(d, "load_policy"); err != abi.EACCES {
		t.Errorf("after loading: %v", err)
	}
}

func TestMissingPermissionIsNamed(t *testing.T) {
	bin := compile(t, policytest.Edit(machineConf, " set_target }", " }"))
	defs, err := policytest.Definitions(bin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Definitions: defs}); err == nil || !strings.Contains(err.Error(), "permission set_target in class domain") {
		t.Errorf("%v", err)
	}
}
