package hv_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// site is one hook call in the source of package hv: file:line hook.
type site string

// caller finds the call site of the hook that is being called.
func caller(c tap.Call) site {
	var pcs [24]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "hypervisor/hv.") && !strings.HasSuffix(f.File, "_test.go") {
			return site(fmt.Sprintf("%s:%d %s", filepath.Base(f.File), f.Line, c.Hook))
		}
		if !more {
			return site("? " + c.Hook)
		}
	}
}

// sourceSites reads every hook call from the package's source.
func sourceSites(t *testing.T) map[site]bool {
	t.Helper()
	hooks := map[string]string{}
	for _, h := range xsm.Table() {
		hooks[h.Method] = h.Name
	}
	out := map[site]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isSec(sel.X) {
					out[site(fmt.Sprintf("%s:%d %s", name, fset.Position(call.Pos()).Line, hooks[sel.Sel.Name]))] = true
				}
			}
			return true
		})
	}
	return out
}

func isSec(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "sec"
}

// trial is one request in a fresh world.
type trial struct {
	outcome       string // error and argument afterwards
	before, after string // digests
	hooks         map[string]bool
	sites         map[site]bool
	labels        int // of domains, given out less taken back
	channels      int // calls that labelled event channels, less those that took back
}

// count follows the hooks that come in pairs.
func (tr *trial) count(hook string) {
	switch hook {
	case "alloc_security_domain":
		tr.labels++
	case "free_security_domain":
		tr.labels--
	case "alloc_security_evtchns":
		tr.channels++
	case "free_security_evtchns":
		tr.channels--
	}
}

// try makes request n of an operation; deny is asked for each decision in it.
func try(t *testing.T, op string, n int, deny func(tap.Call, site) bool) (tr trial, total int) {
	t.Helper()
	tr.hooks, tr.sites = map[string]bool{}, map[site]bool{}
	on := false
	see := func(c tap.Call) site {
		s := caller(c)
		tr.hooks[c.Hook], tr.sites[s] = true, true
		return s
	}
	w := newWorld(t, allowing(func(c tap.Call, next func() error) error {
		if on && deny(c, see(c)) {
			return abi.EACCES
		}
		if on {
			tr.count(c.Hook)
		}
		return next()
	}, func(c tap.Call) {
		if on {
			see(c)
			tr.count(c.Hook)
		}
	}))
	reqs := w.requests(op)
	tr.before = w.Digest()
	on = true
	err := w.do(op, reqs[n])
	on = false
	tr.outcome = fmt.Sprintf("%v %+v", err, deref(reqs[n].arg))
	tr.after = w.Digest()
	return tr, len(reqs)
}

func deref(a any) any {
	if a == nil {
		return nil
	}
	return fmt.Sprintf("%+v", a)
}

// do makes a request; security commands are the module's and not in the table.
func (w *world) do(op string, r request) error {
	switch call, _, _ := strings.Cut(op, "/"); call {
	case "xsm_op":
		return w.Call(r.by, abi.HYPERVISOR_xsm_op, 1, r.arg)
	case "xsm_op_compat":
		return w.Call(r.by, hv.NrXSMOpCompat, 1, r.arg)
	}
	return w.call(r.by, op, r.arg)
}

func allowAll(tap.Call, site) bool { return false }

// catalogueOps maps each operation to the hooks that the catalogue says mediate it.
func catalogueOps() map[string][]xsm.HookInfo {
	out := map[string][]xsm.HookInfo{}
	for _, h := range xsm.Table() {
		for _, o := range h.Ops {
			out[o] = append(out[o], h)
		}
	}
	return out
}

// continues lists hooks whose refusal leaves something out and does not refuse
// the operation: a domain made without argo.
var continues = map[string]bool{"argo_enable domctl/XEN_DOMCTL_createdomain": true}

// ignores lists operations that ask their hook and answer whatever it says:
// queries that every guest depends on.
var ignores = map[string]bool{
	"xen_version/XENVER_version": true, "xen_version/XENVER_platform_parameters": true, "xen_version/XENVER_get_features": true,
}

// atBoot are operations and sites outside any request; TestBootHooks has them.
var atBoot = []string{"boot/finish"}

// TestEveryOperation makes every operation of the catalogue, and makes it again
// with each hook that was called, and then each call site, refusing alone. Each
// hook of the catalogue must be called; each refusal must make a difference and
// leave the state as it was; every call in the source must have been reached.
func TestEveryOperation(t *testing.T) {
	refuses := map[string]bool{}
	for _, h := range xsm.Table() {
		refuses[h.Name] = h.Refuses()
	}
	reached := bootSites(t)
	decisions := 0
	for op, hooks := range catalogueOps() {
		if slices.Contains(atBoot, op) {
			continue
		}
		called := map[string]bool{}
		for n, total := 0, 1; n < total; n++ {
			var base trial
			base, total = try(t, op, n, allowAll)
			if strings.HasPrefix(base.outcome, "-") {
				t.Errorf("%s: request %d fails when everything is allowed: %s", op, n, base.outcome)
				continue
			}
			for h := range base.hooks {
				called[h] = true
			}
			for s := range base.sites {
				reached[s] = true
				if hook := strings.Fields(string(s))[1]; refuses[hook] {
					decisions++
					checkRefusal(t, op, n, base, s, reached)
				}
			}
		}
		for _, h := range hooks {
			if !called[h.Name] {
				t.Errorf("%s does not call hook %s", op, h.Name)
			}
			delete(called, h.Name)
		}
		for h := range called {
			if refuses[h] {
				t.Errorf("%s calls hook %s, which the catalogue does not say", op, h)
			}
		}
	}
	for s := range sourceSites(t) {
		// A mutant lacks a call that the source has: behaviour has to tell.
		if !reached[s] && os.Getenv("XSMPATCH_MUTANT") == "" {
			t.Errorf("no request reaches %s", s)
		}
	}
	t.Logf("%d operations, %d refusals, %d call sites", len(catalogueOps()), decisions, len(reached))
}

// checkRefusal repeats a request with one call site refusing.
func checkRefusal(t *testing.T, op string, n int, base trial, s site, reached map[site]bool) {
	t.Helper()
	got, _ := try(t, op, n, func(_ tap.Call, at site) bool { return at == s })
	maps.Copy(reached, got.sites)
	if got.before != base.before {
		t.Fatalf("%s: worlds are not reproducible", op)
	}
	if same := got.outcome == base.outcome && got.after == base.after; same != ignores[op] {
		t.Errorf("%s: a refusal at %s makes no difference: %v", op, s, same)
	}
	hook := strings.Fields(string(s))[1]
	if got.after != got.before && !continues[hook+" "+op] {
		t.Errorf("%s: refused at %s, and yet the state changed", op, s)
	}
	// What is not made keeps no label; what is made has one, and its channels too.
	if made := strings.HasSuffix(op, "createdomain") && got.after != got.before; made && (got.labels != 1 || got.channels != 1) {
		t.Errorf("%s: refused at %s: %d labels of domains and %d of channels", op, s, got.labels, got.channels)
	} else if !made && strings.HasSuffix(op, "createdomain") && got.channels != 0 || got.after == got.before && got.labels != 0 {
		t.Errorf("%s: refused at %s: %d labels of domains and %d of channels are left", op, s, got.labels, got.channels)
	}
}

// A device that one may not know of is left out of its group, and a group that
// one may not ask about is refused.
func TestDeviceGroup(t *testing.T) {
	hidden, asked := uint32(0x108), 0
	w := newWorld(t, allowing(func(c tap.Call, next func() error) error {
		if c.Hook == "get_device_group" {
			asked++
			if c.Args[0] == hidden {
				return abi.EACCES
			}
		}
		return next()
	}, nil))
	g := &hv.DeviceGroup{Domain: id(w.g), SBDF: 0x100}
	w.must(w.dom0, "XEN_DOMCTL_get_device_group", g)
	if !slices.Equal(g.Group, []uint32{0x100}) || asked != 3 {
		t.Errorf("group %#x after %d questions, want 0x100 alone after 3", g.Group, asked)
	}
	w.wants(abi.EACCES, w.dom0, "XEN_DOMCTL_get_device_group", &hv.DeviceGroup{Domain: id(w.g), SBDF: 0x108})
}

// bootSites are the call sites reached while booting.
func bootSites(t *testing.T) map[site]bool {
	t.Helper()
	out := map[site]bool{}
	see := func(c tap.Call) { out[caller(c)] = true }
	m := allowing(func(c tap.Call, next func() error) error { see(c); return next() }, see)
	if _, err := hv.New(hv.Config{Security: m}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBootHooks has each hook of the boot refuse alone: there is no machine then,
// except that argo's says who may use it.
func TestBootHooks(t *testing.T) {
	sites := bootSites(t)
	for _, hook := range []string{"alloc_security_domain", "domain_create", "alloc_security_evtchns", "argo_enable", "set_system_active"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(sites)), func(s site) bool { return strings.HasSuffix(string(s), " "+hook) }) {
			t.Errorf("booting does not call hook %s", hook)
		}
	}
	labelled := map[xsm.DomID]bool{}
	if _, err := hv.New(hv.Config{Security: allowing(func(c tap.Call, next func() error) error {
		if c.Hook == "alloc_security_domain" {
			labelled[c.Args[0].(*xsm.Domain).ID] = true
		}
		return next()
	}, nil)}); err != nil || len(labelled) != 4 {
		t.Errorf("booting labels domains %v, error %v; want idle, I/O, Xen and 0", labelled, err)
	}
	for s := range sites {
		refused := false
		m := allowing(func(c tap.Call, next func() error) error {
			if caller(c) == s {
				refused = true
				return abi.EACCES
			}
			return next()
		}, nil)
		_, err := hv.New(hv.Config{Security: m})
		if hook := strings.Fields(string(s))[1]; refused && (err == nil) != (hook == "argo_enable") {
			t.Errorf("refusal at %s: error %v", s, err)
		}
	}
}

// TestSitesGolden pins which function calls which hooks. What the calls mean is
// tested above; this shows a reviewer when one comes or goes.
func TestSitesGolden(t *testing.T) {
	var lines []string
	for s := range sourceSites(t) {
		pos, hook, _ := strings.Cut(string(s), " ")
		file, _, _ := strings.Cut(pos, ":")
		lines = append(lines, file+" "+hook)
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	want, err := os.ReadFile("testdata/sites.golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/sites.golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil || got != string(want) {
		t.Errorf("hook calls changed (error %v); with UPDATE=1 the golden file is rewritten:\n%s", err, got)
	}
}
