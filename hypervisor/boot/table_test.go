//go:build boot

package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// label is a context of Xen's example policy.
func label(kind string) string { return "system_u:system_r:" + kind }

// bootWorlds are the modules and labels that are compared.
var bootWorlds = []world{
	{module: "dummy"}, {module: "silo"},
	{"flask", label("dom0_t"), label("domU_t")},
	{"flask", label("dom0_t"), label("nomigrate_t")},
	{"flask", label("dom0_t"), label("prot_domU_t")},
	{"flask", label("domU_t"), label("domU_t")},
	{"flask", label("domU_t"), label("isolated_domU_t")},
	{"flask", label("dm_dom_t"), label("domU_t")},
	{"flask", label("isolated_domU_t"), label("dm_dom_t")},
	{"flask", label("xenboot_t"), label("domU_t")},
}

// compareWorld boots a world and asks the model the same; it returns a column of the table.
func (l *lab) compareWorld(xen, policy string, w *world) (column []byte, exact int) {
	l.t.Helper()
	cases := bootCases()
	probes := w.setUp()
	before := len(probes)
	for _, c := range cases {
		probes = append(probes, c.real)
	}
	args := "xsm=" + w.module
	if w.module == "flask" {
		args = "flask=permissive"
	} else {
		policy = ""
	}
	b := l.run(xen, args, policy, probes)
	for _, p := range probes[:before] {
		if b.result[p.name] < 0 {
			l.t.Fatalf("%v: %s: %d\n%s", w, p.name, b.result[p.name], b.console)
		}
	}
	h, dom0 := w.model(l.t, policy)
	for _, c := range cases {
		rc, err := b.result[c.real.name], c.ask(l.t, h, dom0)
		mark := byte('+')
		if deniedReal(&c, rc) {
			mark = '-'
		}
		if deniedReal(&c, rc) != deniedModel(err) {
			l.t.Errorf("%s, %s on %s: %s: Xen %d, the model %v", w.module, w.actor, w.guest, c.op, rc, err)
			mark = '!'
		}
		column = append(column, mark)
		if err == nil && rc >= 0 || err != nil && strings.Contains(fmt.Sprint(err), errnoName(rc)) {
			exact++
		}
	}
	return column, exact
}

// errnoName names the errors that occur in the table.
func errnoName(rc int64) string {
	names := map[int64]string{-1: "EPERM", -3: "ESRCH", -13: "EACCES", -22: "EINVAL", -38: "ENOSYS", -12: "ENOMEM", -14: "EFAULT", -95: "EOPNOTSUPP"}
	if n, ok := names[rc]; ok {
		return n
	}
	return "?"
}

// TestBootTable boots Xen under several modules and labels of dom0; dom0 asks for a list of operations, on itself, Xen and a guest, and the Go
// hypervisor with the same policy must allow and refuse the same.
func TestBootTable(t *testing.T) {
	l := newLab(t)
	xen := filepath.Join(os.Getenv("XSMPATCH_XEN"), "xen", "xen") // the small configuration has no grant tables
	policy := l.compilePolicy("xenpolicy", l.policySource())
	cases := bootCases()
	columns := make([][]byte, len(bootWorlds))
	exact := 0
	for i := range bootWorlds {
		var n int
		columns[i], n = l.compareWorld(xen, policy, &bootWorlds[i])
		exact += n
	}
	for i, c := range cases {
		row := ""
		for _, col := range columns {
			row += " " + string(col[i])
		}
		t.Logf("%-34s%s", c.op, row)
	}
	t.Logf("%d operations x %d worlds; same error as well: %d of %d", len(cases), len(bootWorlds), exact, len(cases)*len(bootWorlds))
}
