package hv_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// fill gives an argument random small values, so that they often name something.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				fill(r, f, depth+1)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Interface || depth > 3 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(r, v.Index(0), depth+1)
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.String:
		v.SetString([]string{"", "/params/vpmu", "e", "/eth"}[r.IntN(4)])
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := uint64(r.IntN(12))
		if v.Type() == reflect.TypeFor[hv.DomID]() && n > 6 {
			n = abi.DOMID_SELF
		}
		if v.Type() == reflect.TypeFor[xsm.PTE]() {
			n = n<<12 | uint64(r.IntN(4))
		}
		v.SetUint(n)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(12)) - 1)
	}
}

// equalLengths makes lists that must match do so.
func equalLengths(arg any) {
	if a, ok := arg.(*hv.Reservation); ok {
		a.Count = uint64(len(a.GFNs))
	}
}

// seldom are operations that would soon end the experiment.
func seldom(name string) bool {
	return strings.HasSuffix(name, "destroydomain") || strings.Contains(name, "shutdown") || strings.HasSuffix(name, "pausedomain") || strings.HasSuffix(name, "VCPUOP_down")
}

// batches may have done a part before the refusal, as Xen's do.
func batches(name string) bool {
	return strings.HasPrefix(name, "multicall/")
}

// TestRefusalsChangeNothing makes random calls with random refusals: a call in
// which a hook said no leaves the digest as it was.
func TestRefusalsChangeNothing(t *testing.T) {
	rounds, calls := 2, 1500
	if testing.Short() {
		rounds = 1
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		refused, refuse := "", false
		w := newWorld(t, allowing(func(c tap.Call, next func() error) error {
			if refuse && r.IntN(3) == 0 {
				refused = c.Hook
				return abi.EACCES
			}
			return next()
		}, nil))
		refuse = true
		callers := []*hv.VCPU{w.dom0, w.p, w.g, w.dm}
		ops, denials, changes := sortedOps(), 0, 0
		before := w.Digest()
		for range calls {
			o := ops[r.IntN(len(ops))]
			if seldom(o.Name) && r.IntN(200) != 0 {
				continue
			}
			arg := o.NewArg()
			fill(r, reflect.ValueOf(arg).Elem(), 0)
			equalLengths(arg)
			refused = ""
			err := w.Call(callers[r.IntN(len(callers))], o.Nr, o.Cmd, arg)
			after := w.Digest()
			if refused != "" && after != before && !continues[refused+" "+o.Name] && !batches(o.Name) {
				t.Fatalf("seed %d: %s %+v (error %v): hook %s refused, and yet the state changed", seed, o.Name, arg, err, refused)
			}
			if refused != "" {
				denials++
			}
			if after != before {
				changes++
			}
			before = after
		}
		if denials < calls/20 || changes < calls/20 {
			t.Errorf("seed %d: only %d refusals and %d changes in %d calls", seed, denials, changes, calls)
		}
	}
}

func sortedOps() []hv.OpInfo {
	ops := hv.Ops()
	for i := range ops {
		for j := i; j > 0 && ops[j].Name < ops[j-1].Name; j-- {
			ops[j], ops[j-1] = ops[j-1], ops[j]
		}
	}
	return ops
}

// TestConcurrent has many processors make random calls at once, destroying and
// making domains meanwhile; the race detector, the deadlock detector and the
// count of frames at the end judge.
func TestConcurrent(t *testing.T) {
	m := boot(t, dummy.Module{})
	ops := sortedOps()
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 2))
			for range 12 {
				churn(m, r, ops, 150)
			}
		})
	}
	wg.Wait()
	m.check(t)
}

// churn makes a domain, lets it and dom0 make random calls, and destroys it.
func churn(m *machine, r *rand.Rand, ops []hv.OpInfo, calls int) {
	v0, err := m.VCPU(0, 0)
	if err != nil {
		m.t.Error(err)
		return
	}
	c := &hv.CreateDomain{MaxVCPUs: 2, HVM: r.IntN(2) == 0}
	if err := m.Call(v0, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_createdomain, c); err != nil {
		return // another goroutine may have taken the number
	}
	setup := func(cmd uint32, arg any) { _ = m.Call(v0, abi.HYPERVISOR_domctl, cmd, arg) }
	setup(abi.XEN_DOMCTL_max_mem, &hv.DomctlValue{Domain: c.Domain, Value: 20 * 4})
	setup(abi.XEN_DOMCTL_max_vcpus, &hv.DomctlValue{Domain: c.Domain, Value: 1})
	setup(abi.XEN_DOMCTL_unpausedomain, &hv.DomctlDomain{Domain: c.Domain})
	v, err := m.VCPU(c.Domain, 0)
	if err != nil {
		return // destroyed by another goroutine's dom0
	}
	_ = m.Call(v, abi.HYPERVISOR_memory_op, abi.XENMEM_populate_physmap, &hv.Reservation{Dom: abi.DOMID_SELF, Count: 3, GFNs: []uint64{1, 2, 3}})
	for range calls {
		o := ops[r.IntN(len(ops))]
		if strings.HasPrefix(o.Name, "multicall/") || strings.Contains(o.Name, "SHUTDOWN") {
			continue
		}
		arg := o.NewArg()
		fill(r, reflect.ValueOf(arg).Elem(), 0)
		equalLengths(arg)
		by := v
		if r.IntN(4) == 0 && !strings.Contains(o.Name, "shutdown") && !strings.Contains(o.Name, "down") {
			by = v0
		}
		_ = m.Call(by, o.Nr, o.Cmd, arg)
	}
	setup(abi.XEN_DOMCTL_destroydomain, &hv.DomctlDomain{Domain: c.Domain})
}

// check destroys what is left and counts the frames.
func (m *machine) check(t *testing.T) {
	t.Helper()
	var infos hv.DomainInfoList
	m.must(m.dom0, "XEN_SYSCTL_getdomaininfolist", &infos)
	for _, i := range infos.Infos {
		if i.Domain != 0 {
			_ = m.call(m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{Domain: i.Domain})
		}
	}
	// What dom0 holds of others' frames goes with its own mappings.
	for h := range uint32(1 << 11) {
		_ = m.call(m.dom0, "GNTTABOP_unmap_grant_ref", &hv.GrantUnmap{Handle: h})
	}
	m.must(m.dom0, "XEN_SYSCTL_getdomaininfolist", &infos)
	heap, stat := &hv.SysctlValue{}, &hv.MemoryStat{Dom: abi.DOMID_SELF}
	m.must(m.dom0, "XEN_SYSCTL_availheap", heap)
	m.must(m.dom0, "XENMEM_current_reservation", stat)
	held := stat.Value
	for _, i := range infos.Infos[1:] {
		held += i.TotPages
	}
	if heap.Value+held != 512 {
		t.Errorf("%d frames free and %d held of 512", heap.Value, held)
	}
	if len(infos.Infos) > 1 {
		t.Logf("zombies: %s", fmt.Sprint(infos.Infos[1:]))
	}
}
