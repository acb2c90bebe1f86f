package acm_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/acm"
)

const text = `
name: companies
chinese_wall:
  types: [bank-a, bank-b, oil-a, oil-b, other]
  conflicts: [[bank-a, bank-b], [oil-a, oil-b]]
simple_type_enforcement:
  types: [red, blue, system]
bootstrap: dom0
labels:
  - {name: dom0, ste_types: [red, blue, system]}
  - {name: a, chinese_wall_types: [bank-a], ste_types: [red]}
  - {name: b, chinese_wall_types: [bank-b], ste_types: [blue]}
  - {name: ao, chinese_wall_types: [bank-a, oil-a], ste_types: [red, blue], resources: [pci 0x100, iomem 0x1000-0x10ff]}
  - {name: o, chinese_wall_types: [oil-b], ste_types: [blue]}
  - {name: free, chinese_wall_types: [other], ste_types: [blue]}
`

func policy(t testing.TB) *acm.Policy {
	t.Helper()
	p, err := acm.ParsePolicy("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// people makes domains through the module, as the hypervisor does.
type people struct {
	t    *testing.T
	m    *acm.Module
	p    *acm.Policy
	dom0 *xsm.Domain
	all  []*xsm.Domain
}

func newPeople(t *testing.T) *people {
	p := policy(t)
	w := &people{t: t, m: acm.New(p), p: p}
	w.m.Attach(func(cur *xsm.Domain, id xsm.DomID) *xsm.Domain {
		for _, d := range w.all {
			if d.ID == id {
				return d
			}
		}
		return nil
	})
	w.dom0 = &xsm.Domain{}
	w.dom0.SetControl(true)
	w.all = append(w.all, w.dom0)
	_ = w.m.AllocSecurityDomain(w.dom0, w.dom0)
	if err := w.m.DomainCreate(w.dom0, w.dom0, 0); err != nil {
		t.Fatalf("dom0: %v", err)
	}
	return w
}

// create makes a domain; nil and the reason if refused.
func (w *people) create(label string) (*xsm.Domain, error) {
	d := &xsm.Domain{ID: xsm.DomID(len(w.all))}
	_ = w.m.AllocSecurityDomain(w.dom0, d)
	if err := w.m.DomainCreate(w.dom0, d, w.p.SSIDRef(label)); err != nil {
		w.m.FreeSecurityDomain(w.dom0, d)
		return nil, err
	}
	w.all = append(w.all, d)
	return d, nil
}

func TestChineseWall(t *testing.T) {
	w := newPeople(t)
	a, err := w.create("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.create("b"); !errors.Is(err, abi.EACCES) {
		t.Errorf("the competitor of a running bank: %v", err)
	}
	a2, err := w.create("a") // the same company twice is no conflict
	if err != nil {
		t.Errorf("the same label again: %v", err)
	}
	if _, err := w.create("o"); err != nil {
		t.Errorf("another conflict set: %v", err)
	}
	if _, err := w.create("ao"); !errors.Is(err, abi.EACCES) {
		t.Errorf("one of two types conflicts: %v", err)
	}
	if _, err := w.create("nobody"); !errors.Is(err, abi.EACCES) {
		t.Errorf("no label: %v", err)
	}
	w.m.FreeSecurityDomain(w.dom0, a)
	if _, err := w.create("b"); !errors.Is(err, abi.EACCES) {
		t.Errorf("one of two of the same type ended: %v", err)
	}
	w.m.FreeSecurityDomain(w.dom0, a2)
	if _, err := w.create("b"); err != nil {
		t.Errorf("after the competitor's end: %v", err)
	}
}

// A model that keeps running domains in a list agrees on random lives.
func TestChineseWallAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	w := newPeople(t)
	names := []string{"a", "b", "ao", "o", "free"}
	types := map[string][]string{"a": {"bank-a"}, "b": {"bank-b"}, "ao": {"bank-a", "oil-a"}, "o": {"oil-b"}, "free": {"other"}}
	rival := map[string]string{"bank-a": "bank-b", "bank-b": "bank-a", "oil-a": "oil-b", "oil-b": "oil-a"}
	live := map[*xsm.Domain]string{}
	refused := 0
	for range 5000 {
		if len(live) > 0 && r.IntN(3) == 0 {
			for d := range live {
				w.m.FreeSecurityDomain(w.dom0, d)
				delete(live, d)
				break
			}
			continue
		}
		name := names[r.IntN(len(names))]
		ok := true
		for _, mine := range types[name] {
			for _, other := range live {
				for _, o := range types[other] {
					ok = ok && rival[mine] != o
				}
			}
		}
		d, err := w.create(name)
		if (err == nil) != ok {
			t.Fatalf("create %s beside %v: error %v", name, live, err)
		}
		if err == nil {
			live[d] = name
		} else {
			refused++
		}
		w.all = w.all[:1]
	}
	if refused < 500 {
		t.Errorf("only %d refusals", refused)
	}
}

func TestSimpleTypeEnforcement(t *testing.T) {
	w := newPeople(t)
	a, _ := w.create("a")
	f, _ := w.create("free")
	o, _ := w.create("o")
	pairs := []struct {
		x, y *xsm.Domain
		ok   bool
	}{{a, f, false}, {f, a, false}, {f, o, true}, {a, w.dom0, true}, {a, a, true}}
	for range 3 { // again from the cache
		for _, p := range pairs {
			err := w.m.GrantMapRef(p.x, p.x, p.y, 0)
			if (err == nil) != p.ok {
				t.Errorf("%d maps a frame of %d: %v", p.x.ID, p.y.ID, err)
			}
			if err := w.m.EvtchnInterdomain(p.x, p.x, &xsm.Evtchn{}, p.y, &xsm.Evtchn{}); (err == nil) != p.ok {
				t.Errorf("%d binds a port of %d: %v", p.x.ID, p.y.ID, err)
			}
		}
	}
	if _, hits, misses := w.m.Stats(); misses != 4 || hits != 20 {
		t.Errorf("%d hits and %d misses, want 20 and 4", hits, misses)
	}
	if err := w.m.EvtchnUnbound(a, a, &xsm.Evtchn{}, f.ID); !errors.Is(err, abi.EACCES) {
		t.Errorf("a port for a domain of another type: %v", err)
	}
	if err := w.m.GrantCopy(w.dom0, a, f); err != nil {
		t.Errorf("dom0 has all types and copies between two: %v", err)
	}
	if err := w.m.MMUUpdate(f, f, nil, o, 0); !errors.Is(err, abi.EPERM) {
		t.Errorf("sharing a type is not privilege: %v", err)
	}
}

func TestResources(t *testing.T) {
	w := newPeople(t)
	a, _ := w.create("a") // red shares with ao's red
	sys, err := w.create("dom0")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.m.AssignDevice(w.dom0, a, 0x100); err != nil {
		t.Errorf("shares a type with the device: %v", err)
	}
	p2, _ := acm.ParsePolicy("t", []byte(strings.Replace(text, "ste_types: [red]", "ste_types: [system]", 1)))
	if err := w.m.Load(p2, []*xsm.Domain{w.dom0, a, sys}); err != nil {
		t.Fatal(err)
	}
	if err := w.m.AssignDevice(w.dom0, a, 0x100); !errors.Is(err, abi.EACCES) {
		t.Errorf("no type in common any more: %v", err)
	}
	if err := w.m.IOMemPermission(w.dom0, a, 0xff0, 0x1000, true); !errors.Is(err, abi.EACCES) {
		t.Errorf("the range reaches a labelled frame: %v", err)
	}
	if err := w.m.IOMemPermission(w.dom0, a, 0x2000, 0x2001, true); err != nil {
		t.Errorf("unlabelled memory: %v", err)
	}
}

func TestLoadKeepsTheOldPolicy(t *testing.T) {
	w := newPeople(t)
	a, _ := w.create("a")
	f, _ := w.create("free")
	for what, p := range map[string]string{
		"a label in use is gone":    strings.Replace(text, "{name: free, ", "{name: gone, ", 1),
		"running domains conflict ": strings.Replace(text, "[oil-a, oil-b]]", "[oil-a, oil-b], [bank-a, other]]", 1),
	} {
		next, err := acm.ParsePolicy("next", []byte(p))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.m.Load(next, []*xsm.Domain{w.dom0, a, f}); err == nil {
			t.Errorf("%s, and yet the policy was loaded", what)
		}
		if w.m.Policy() != w.p {
			t.Error("the old policy is not in force any more")
		}
	}
	if _, err := w.create("b"); !errors.Is(err, abi.EACCES) {
		t.Errorf("the count of running types was lost: %v", err)
	}
}

func TestPolicyErrors(t *testing.T) {
	for _, tc := range []struct{ old, new, want string }{
		{"bootstrap: dom0", "bootstrap: nobody", `bootstrap label "nobody"`},
		{"[bank-a], ste", "[bank-c], ste", `type "bank-c" is not declared`},
		{"[bank-a, oil-a]", "[bank-a, bank-b]", "two types of conflict set"},
		{"[[bank-a, bank-b],", "[[bank-a],", "fewer than two"},
		{"name: b,", "name: a,", `label "a" appears twice`},
		{"pci 0x100", "usb 3", "not pci, iomem"},
		{"0x1000-0x10ff", "0x1000-0x1", "want a number or a range"},
		{"labels:", "labbels:", "labbels"},
		{"types: [red, blue, system]", "types: [red, red]", `STE type "red" appears twice`},
	} {
		src := strings.Replace(text, tc.old, tc.new, 1)
		if src == text {
			t.Fatalf("%q is not in the policy", tc.old)
		}
		if _, err := acm.ParsePolicy("p.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "p.yaml") {
			t.Errorf("%s: error %v, want %q", tc.new, err, tc.want)
		}
	}
}

// TestNoYAML: what makes the YAML library panic is an error that names the file.
func TestNoYAML(t *testing.T) {
	for _, bad := range [...]string{"labels: !x ", "labels: [", "\x00", "labels:\n  - !x"} {
		if p, err := acm.ParsePolicy("f.yaml", []byte(bad)); p != nil || err == nil || !strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%q: %v, %v", bad, p, err)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := acm.ParsePolicy("fuzz", src)
		if err == nil {
			acm.New(p)
		}
	})
}
