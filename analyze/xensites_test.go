//go:build xen

package analyze_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

var (
	opsStruct = regexp.MustCompile(`(?s)struct xsm_ops \{(.*?)\n\}`)
	opsMember = regexp.MustCompile(`\(\*(\w+)\)`)
	hookCall  = regexp.MustCompile(`\b(xsm_[a-z0-9_]+)\s*\(`)
)

// xsmHooks reads the names of the hooks from the members of struct xsm_ops.
func xsmHooks(t *testing.T, root string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "xen/include/xsm/xsm.h"))
	if err != nil {
		t.Fatal(err)
	}
	body := opsStruct.FindSubmatch(text)
	if body == nil {
		t.Fatal("xsm.h has no struct xsm_ops")
	}
	hooks := map[string]bool{}
	for _, m := range opsMember.FindAllSubmatch(body[1], -1) {
		hooks["xsm_"+string(m[1])] = true
	}
	return hooks
}

// noOperation says why code may call a hook though no hypercall leads there: by function name.
func noOperation(fn string, on map[string]bool) string {
	switch {
	case strings.HasPrefix(fn, "compat_") && !on["CONFIG_PV32"]:
		return "only 32-bit PV callers get there, and CONFIG_PV32 is off"
	case strings.Contains(fn, "dump_"):
		return "debug key"
	case strings.HasPrefix(fn, "init_") || strings.HasSuffix(fn, "_init"):
		return "boot"
	case strings.HasPrefix(fn, "pci_c"):
		return "emulation of a guest's port or config space access"
	}
	return ""
}

// TestXenSites: each call of a member of struct xsm_ops that grep finds outside the modules is in the facts with its function and line,
// and with an operation unless its function is of a kind that no hypercall leads to.
func TestXenSites(t *testing.T) {
	s := sharedScan(t)
	root := xenRoot(t)
	hooks, on := xsmHooks(t, root), builtConfig(t, root)
	sites := map[string][]*analyze.Site{}
	for i := range s.facts.Sites {
		x := &s.facts.Sites[i]
		sites[x.File+":"+x.Hook] = append(sites[x.File+":"+x.Hook], x)
	}
	count, calls, distinct := map[string]int{}, 0, map[string]bool{}
	matched := map[string]bool{}
	for _, src := range hypervisorSources(t, root) {
		for i, l := range src.lines {
			for _, m := range hookCall.FindAllStringSubmatch(l, -1) {
				if !hooks[m[1]] {
					continue
				}
				calls++
				distinct[m[1]] = true
				count[checkSite(t, s.facts, src, i+1, m[1], sites[src.path+":"+m[1]], matched, on)]++
			}
		}
	}
	t.Logf("struct xsm_ops: %d members; grep: %d calls of %d hooks; facts: %d sites; %v", len(hooks), calls, len(distinct), len(s.facts.Sites), count)
	for _, x := range s.facts.Sites {
		if !matched[x.ID] {
			t.Errorf("%s:%d: the facts have a call of %s in %s, grep has none", x.File, x.Line, x.Hook, x.Function)
		}
	}
	if calls < 100 {
		t.Errorf("grep finds %d calls: the check is void", calls)
	}
}

// checkSite finds the call of hook at a line among the sites of its file; it returns what became of it.
func checkSite(t *testing.T, f *analyze.Facts, src *source, line int, hook string, sites []*analyze.Site, matched map[string]bool, on map[string]bool) string {
	t.Helper()
	fn := src.function(line)
	here := slices.DeleteFunc(slices.Clone(sites), func(x *analyze.Site) bool { return x.Line != line })
	if len(here) == 0 {
		if inUncovered(f, fileLine{src.path, line}) {
			return "in no configuration"
		}
		t.Errorf("%s:%d: call of %s in %s is not in the facts", src.path, line, hook, fn)
		return "missing"
	}
	why := ""
	for _, x := range here {
		matched[x.ID] = true
		if fn == "" || x.Function != fn && !strings.HasSuffix(x.Function, "_"+strings.TrimPrefix(fn, "do_")) {
			t.Errorf("%s:%d: call of %s is said to be in %s, and is in %s", src.path, line, hook, x.Function, fn)
		}
		if len(x.Ops) > 0 {
			continue
		}
		if why = noOperation(x.Function, on); why == "" {
			t.Errorf("%s:%d: no operation has the call of %s in %s", src.path, line, hook, x.Function)
		}
	}
	if why == "" || len(here) > 1 {
		return "with operations"
	}
	return why
}
