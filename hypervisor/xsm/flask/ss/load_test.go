package ss

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

func context(t *testing.T, s *Server, sid policydb.SID) string {
	t.Helper()
	c, err := s.SIDToContext(sid)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sidOf(t *testing.T, s *Server, ctx string) policydb.SID {
	t.Helper()
	sid, err := s.ContextToSID(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return sid
}

// TestReloadKeepsSIDs loads a policy in which values move, one type is gone and
// one role may not have a type any more.
func TestReloadKeepsSIDs(t *testing.T) {
	for _, permissive := range []bool{false, true} {
		s := newServer(t, compileConf(t, policytest.Small, 30, false), Xen)
		s.SetEnforcing(!permissive)
		moved := sidOf(t, s, "vm_u:vm_r:domU_t")
		gone := sidOf(t, s, "sys_u:vm_r:guard_t")
		forbidden := sidOf(t, s, "sys_u:sys_r:free_t")
		if err := s.SetBools([]bool{true}); err != nil {
			t.Fatal(err)
		}
		conf := policytest.Edit(policytest.Small, "type xen_t;", "type new_t; type other_t; type xen_t;")
		conf = policytest.Edit(conf, "type guard_t, domain_type;", "type keeper_t, domain_type;")
		conf = policytest.Edit(conf, "bool guests_talk false;", "bool another true; bool guests_talk false;")
		conf = policytest.Edit(conf, "security_t unlabeled_t free_t }", "security_t unlabeled_t }")
		conf = strings.ReplaceAll(conf, "guard_t", "keeper_t")
		if err := s.Load(compileConf(t, conf, 24, false)); err != nil {
			t.Fatal(err)
		}
		want := map[policydb.SID]string{moved: "vm_u:vm_r:domU_t", gone: "sys_u:sys_r:unlabeled_t",
			forbidden: "sys_u:sys_r:unlabeled_t", 3: "sys_u:sys_r:dom0_t"}
		if permissive {
			want[forbidden] = "sys_u:sys_r:free_t" // kept, though invalid
		}
		for sid, ctx := range want {
			if got := context(t, s, sid); got != ctx {
				t.Errorf("permissive %v: SID %d has become %s, want %s", permissive, sid, got, ctx)
			}
		}
		if next := sidOf(t, s, "vm_u:vm_r:keeper_t"); next <= forbidden {
			t.Errorf("SID %d is handed out again", next)
		}
		if got := s.Bools(); !slices.Contains(got, Bool{"guests_talk", true}) || !slices.Contains(got, Bool{"another", true}) {
			t.Errorf("booleans %v", got)
		}
	}
}

func TestRefusedPolicyLeavesTheOldOne(t *testing.T) {
	bin := compileConf(t, policytest.Small, 30, false)
	s := newServer(t, bin, Xen)
	var lines []string
	s.log = func(l string) { lines = append(lines, l) }
	seqno := s.Seqno()
	swapped := policytest.Edit(policytest.Small, "{ map_read map_write unmap copy }", "{ map_write map_read unmap copy }")
	cases := map[string][]byte{
		"permission copy in class grant not defined in policy": compileConf(t, strings.NewReplacer("{ map_read map_write unmap copy }",
			"{ map_read map_write unmap }", "map_read copy", "map_read", "grant copy", "grant unmap").Replace(policytest.Small), 30, false),
		"permission readconsole in class xen not found in policy": compileConf(t, strings.ReplaceAll(policytest.Small, "readconsole", "other"), 30, false),
		"permission map_read in class grant has incorrect value":  compileConf(t, swapped, 30, false),
		"class 4 is incorrect, found gift but should be grant":    compileConf(t, strings.NewReplacer(" grant", " gift", ":grant", ":gift").Replace(policytest.Small), 30, false),
		"cannot switch between policies with and without MLS":     mlsVariant(t),
		"policy: users at byte":                                   bin[:len(bin)/2],
	}
	for want, broken := range cases {
		lines = nil
		err := s.Load(broken)
		var load *LoadError
		if !errors.As(err, &load) || !errors.Is(err, abi.EINVAL) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if len(lines) == 0 || !strings.HasPrefix(lines[0], "Flask:  "+want) {
			t.Errorf("logged %q, want %s", lines, want)
		}
		if s.Seqno() != seqno || context(t, s, 3) != "sys_u:sys_r:dom0_t" {
			t.Error("the old policy is gone")
		}
	}
}

// mlsVariant is the small policy with one level.
func mlsVariant(t *testing.T) []byte {
	t.Helper()
	conf := policytest.Edit(policytest.Small, "attribute domain_type;", `sensitivity s0; dominance { s0 } category c0; level s0:c0;
mlsconstrain domain pause (l1 dom l2);
attribute domain_type;`)
	var out []string
	for _, l := range strings.Split(conf, "\n") {
		switch {
		case strings.HasPrefix(l, "user "):
			l = strings.TrimSuffix(l, ";") + " level s0 range s0 - s0:c0;"
		case strings.HasPrefix(l, "sid ") && strings.Contains(l, ":"), strings.Contains(l, "con "):
			l += ":s0"
		}
		out = append(out, l)
	}
	return compileConf(t, strings.Join(out, "\n"), 30, true)
}

func TestXenRefusesWhatItDoesNotSupport(t *testing.T) {
	common := policytest.Edit(policytest.Small, "class xen {", "common io { ioctl }\nclass xen {")
	common = policytest.Edit(common, "class grant {", "class grant inherits io {")
	filename := policytest.Edit(policytest.Small, "role sys_r; role", "type_transition domU_t nic_t:grant free_t \"name\";\nrole sys_r; role")
	for conf, want := range map[string]string{common: "classes with common prefixes are not supported", filename: "filename transitions are not supported"} {
		bin := compileConf(t, conf, 30, false)
		defs, err := policytest.Definitions(bin)
		if err != nil {
			t.Fatal(err)
		}
		for _, rules := range []Rules{Xen, SELinux} {
			s, err := New(Options{Definitions: defs, Rules: rules})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Load(bin); (err == nil) != (rules == SELinux) || (err != nil && !strings.Contains(err.Error(), want)) {
				t.Errorf("rules %d: %v, want %s", rules, err, want)
			}
		}
	}
}

func TestDefinitionsMustNameTheSIDs(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a server without definitions")
	}
	if _, err := New(Options{Definitions: &vectors.Definitions{SIDs: []string{"xen"}}}); err == nil {
		t.Error("a server without the SID unlabeled")
	}
}

func TestSIDsAreBounded(t *testing.T) {
	bin := compileConf(t, policytest.Small, 30, false)
	defs, _ := policytest.Definitions(bin)
	s, err := New(Options{Definitions: defs, MaxSIDs: 15})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(bin); err != nil {
		t.Fatal(err)
	}
	sidOf(t, s, "vm_u:vm_r:domU_t")
	sidOf(t, s, "vm_u:vm_r:guard_t")
	if _, err := s.ContextToSID("vm_u:vm_r:free_t"); err != abi.ENOMEM {
		t.Errorf("the sixteenth SID: %v", err)
	}
	sidOf(t, s, "vm_u:vm_r:guard_t")
}

// TestReadersDuringReloads runs every kind of reader while policies, booleans
// and labels change. What a reader computes must always be what one of the two
// policies says, and the SID of a context that both have must never change.
func TestReadersDuringReloads(t *testing.T) {
	with := compileConf(t, policytest.Small, 30, false)
	without := compileConf(t, policytest.Edit(policytest.Small, "type xen_t;", "type new_t; type xen_t;"), 24, false)
	s := newServer(t, with, Xen)
	domU, guard := sidOf(t, s, "vm_u:vm_r:domU_t"), sidOf(t, s, "vm_u:vm_r:guard_t")
	grant := s.Definitions().Class("grant")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if sid, err := s.ContextToSID("vm_u:vm_r:guard_t"); err != nil || sid != guard {
					t.Errorf("guard_t is SID %d (%v), was %d", sid, err, guard)
					return
				}
				if d, err := s.ComputeAV(domU, domU, grant); err != nil || (d.Allowed != 0 && d.Allowed != 0b1001) {
					t.Errorf("access vector %#x (%v)", d.Allowed, err)
					return
				}
				s.ContextToSID([]string{"sys_u:vm_r:free_t", "vm_u:vm_r:free_t", "sys_u:sys_r:free_t", "sys_u:object_r:nic_t"}[(i+n)%4])
				s.TransitionSID(domU, domU, s.Definitions().Class("domain"))
				s.IOMemSID(0xfebe0)
				s.EachIOMem(0, 0xffffff, func(policydb.SID, uint64, uint64) error { return nil })
				s.Bools()
			}
		})
	}
	for i := range 300 {
		if err := s.Load([][]byte{with, without}[i%2]); err != nil {
			t.Fatal(err)
		}
		if err := s.SetBools([]bool{i%3 == 0}); err != nil {
			t.Fatal(err)
		}
		if err := s.AddObject(ObjectIOMem, 1, 2, guard); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	wg.Wait()
}

// exercise asks a server everything; used on policies that may be odd.
func exercise(s *Server) {
	p := s.Policy()
	last := policydb.SID(5)
	for a := policydb.SID(0); a <= last; a++ {
		s.SIDToContext(a)
		for b := policydb.SID(0); b <= last; b++ {
			for class := range policydb.Class(5) {
				s.ComputeAV(a, b, class)
				s.TransitionSID(a, b, class)
				s.MemberSID(a, b, class)
				s.ChangeSID(a, b, class)
				s.ValidateTransition(a, b, a, class)
			}
		}
	}
	for _, o := range p.IOMem {
		s.EachIOMem(0, o.High, func(policydb.SID, uint64, uint64) error { return nil })
	}
	s.IRQSID(33)
	s.DeviceSID(0xc800)
	if len(p.Bools) > 0 {
		s.SetBools(make([]bool, len(p.Bools)))
	}
}

// FuzzLoad loads what may be a policy; if it is accepted, nothing may panic, and
// the good policy must load after it.
func FuzzLoad(f *testing.F) {
	var good [2][]byte
	for i := range good {
		mls := i == 1
		good[i] = compileConf(f, policytest.Random(uint64(i), policytest.Features{MLS: mls, SELinux: true, Version: 30}), 30, mls)
		f.Add(good[i], mls)
	}
	f.Add(compileConf(f, policytest.Small, 24, false), false)
	f.Fuzz(func(t *testing.T, data []byte, permissive bool) {
		p, err := policydb.Read(data)
		if err != nil {
			return
		}
		for _, rules := range []Rules{Xen, SELinux} {
			s, err := New(Options{Definitions: vectors.FromPolicy(p, policytest.SIDs), Rules: rules, Permissive: permissive, MaxSIDs: 5000})
			if err != nil {
				t.Fatal(err)
			}
			if s.Load(data) != nil {
				continue
			}
			exercise(s)
			if err := s.Load(data); err != nil {
				t.Error(err)
			}
			exercise(s)
		}
	})
}
