package hv_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flaskmod"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// nothing is a policy that allows nothing.
const nothing = `
type any_t;
allow any_t any_t:security compute_av;
role r; role r types any_t;
user u roles r;
sid xenboot u:r:any_t
sid xen u:r:any_t
sid dom0 u:r:any_t
sid domio u:r:any_t
sid domxen u:r:any_t
sid unlabeled u:r:any_t
sid security u:r:any_t
sid ioport u:object_r:any_t
sid iomem u:object_r:any_t
sid irq u:object_r:any_t
sid device u:object_r:any_t
sid domU u:r:any_t
sid domDM u:r:any_t
`

var audited = regexp.MustCompile(`avc:\s+denied\s+\{ ([^}]*)\}.*tclass=(\S+)`)

// TestFlaskAsksWhatXenAsks runs every operation under Flask with a policy that
// allows nothing, in permissive mode: the audit lines show what each hook asked.
// Each permission must be one that the catalogue, which was read from Xen's own
// hooks.c, has for the hook, and nearly all that it has must be asked.
func TestFlaskAsksWhatXenAsks(t *testing.T) {
	policy, err := flaskmod.Compile(nothing)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]map[string]bool{}
	for op := range catalogueOps() {
		if strings.HasPrefix(op, "boot/") || strings.HasPrefix(op, "xsm_op") {
			continue
		}
		for n, total := 0, 1; n < total; n++ {
			total = flaskTrial(t, policy, op, n, asked)
		}
	}
	missing, have := []string{}, 0
	for _, h := range xsm.Table() {
		for perm := range asked[h.Name] {
			if !slices.Contains(h.Vectors, perm) {
				t.Errorf("hook %s asks %s, which Xen's does not", h.Name, perm)
			}
		}
		if strings.HasPrefix(h.Name, "do_") {
			continue // the commands are package flask's
		}
		for _, v := range h.Vectors {
			if asked[h.Name][v] {
				have++
			} else {
				missing = append(missing, h.Name+" "+v)
			}
		}
	}
	slices.Sort(missing)
	t.Logf("%d permissions asked as in Xen, %d not reached: %v", have, len(missing), missing)
	if have < 210 || len(missing) > 16 {
		t.Errorf("%d permissions asked, %d not reached", have, len(missing))
	}
}

// flaskTrial makes one request and adds what hooks asked; it returns how many
// requests the operation has.
func flaskTrial(t *testing.T, policy []byte, op string, n int, asked map[string]map[string]bool) int {
	t.Helper()
	on, hook := false, ""
	m, err := flaskmod.New(flaskmod.Options{Policy: policy, Permissive: true, Log: func(line string) {
		f := audited.FindStringSubmatch(line)
		if !on || f == nil {
			return
		}
		if asked[hook] == nil {
			asked[hook] = map[string]bool{}
		}
		for _, p := range strings.Fields(f[1]) {
			asked[hook][fmt.Sprintf("%s:%s", f[2], p)] = true
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, &tap.Module{Next: m, Around: func(c tap.Call, next func() error) error {
		hook = c.Hook
		if on {
			m.Cache().Flush() // permissive mode reports a permission once
		}
		return next()
	}})
	reqs := w.requests(op)
	on = true
	if err := w.do(op, reqs[n]); err != nil {
		t.Errorf("%s: request %d fails in permissive mode: %v", op, n, err)
	}
	return len(reqs)
}

// TestPeerSID asks for the label at the other end of channels, before and after
// the peer is relabelled.
func TestPeerSID(t *testing.T) {
	policy, err := flaskmod.Compile(strings.Replace(nothing, "type any_t;", "type any_t; type new_t; role r; role r types new_t;", 1))
	if err != nil {
		t.Fatal(err)
	}
	m, err := flaskmod.New(flaskmod.Options{Policy: policy, Permissive: true})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, &tap.Module{Next: m})
	sid, err := m.Server().ContextToSID("u:r:new_t")
	if err != nil {
		t.Fatal(err)
	}
	a := flask.PeerSID{Port: w.port}
	for _, want := range []flask.SID{flask.DomainSID(&w.p.Domain().Domain), sid} {
		if err := w.Call(w.dom0, abi.HYPERVISOR_xsm_op, abi.FLASK_GET_PEER_SID, &a); err != nil || a.SID != want {
			t.Errorf("peer of port %d: SID %d, error %v, want %d", w.port, a.SID, err, want)
		}
		if err := w.Call(w.dom0, abi.HYPERVISOR_xsm_op, abi.FLASK_RELABEL_DOMAIN, &flask.Relabel{DomID: uint16(id(w.p)), SID: sid}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		by   *hv.VCPU
		port uint32
	}{{w.dom0, 0}, {w.dom0, 1 << 20}, {w.p, w.unbound}} {
		if err := w.Call(tc.by, abi.HYPERVISOR_xsm_op, abi.FLASK_GET_PEER_SID, &flask.PeerSID{Port: tc.port}); !errors.Is(err, abi.EINVAL) {
			t.Errorf("peer of d%d's port %d: error %v, want %v", id(tc.by), tc.port, err, abi.EINVAL)
		}
	}
}
