//go:build boot

package boot

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// The operation that the test adds to Xen without any hook: a domain's page limit is set for whoever asks.
const (
	newCommand = "XENMEM_trim_pages"
	newNumber  = "40"
	newHook    = "trim_pages" // as xsmpatch names it, hook and permission
	newCode    = `    case XENMEM_trim_pages:
    {
        struct xen_memory_reservation trim;

        if ( copy_from_guest(&trim, arg, 1) )
            return -EFAULT;

        d = rcu_lock_domain_by_any_id(trim.domid);
        if ( d == NULL )
            return -ESRCH;

        spin_lock(&d->page_alloc_lock);
        d->max_pages = trim.nr_extents;
        spin_unlock(&d->page_alloc_lock);
        rc = 0;

        rcu_unlock_domain(d);
        break;
    }

`
)

// insert puts text before the first line that begins with at.
func (l *lab) insert(file, at, text string) {
	l.t.Helper()
	path := filepath.Join(l.tree, file)
	src, err := os.ReadFile(path)
	if err != nil {
		l.t.Fatal(err)
	}
	i := bytes.Index(src, []byte("\n"+at))
	if i < 0 {
		l.t.Fatalf("%s: no line %q", file, at)
	}
	write(l.t, path, string(src[:i+1])+text+string(src[i+1:]))
}

// addCommand gives Xen the new operation.
func (l *lab) addCommand() {
	l.insert("xen/include/public/memory.h", "#define XENMEM_claim_pages", "#define "+newCommand+" "+newNumber+"\n")
	l.insert("xen/common/memory.c", "    case XENMEM_claim_pages:", newCode)
}

var diffFile = regexp.MustCompile(`(?m)^\+\+\+ b/(.*)$`)

// applySeries has xsmpatch write the series for the tree's gaps and git am apply it.
func (l *lab) applySeries() {
	l.t.Helper()
	bin, out := filepath.Join(l.dir, "xsmpatch"), filepath.Join(l.dir, "out")
	shell(l.t, "", "go", "build", "-o", bin, "../../cmd/xsmpatch")
	said, err := exec.Command(bin, "integrate", l.tree, "-o", out).CombinedOutput()
	if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() != 1) { // 1: some other gap was refused
		l.t.Fatalf("integrate: %v\n%s", err, said)
	}
	box := filepath.Join(out, "series", "series.mbox")
	text, err := os.ReadFile(box)
	if err != nil {
		l.t.Fatalf("%v\n%s", err, said)
	}
	var files []string
	for _, m := range diffFile.FindAllStringSubmatch(string(text), -1) {
		files = append(files, m[1])
	}
	slices.Sort(files)
	shell(l.t, l.tree, "git", "init", "-q", ".")
	shell(l.t, l.tree, "git", append([]string{"add", "-f"}, slices.Compact(files)...)...)
	id := []string{"-c", "user.name=t", "-c", "user.email=t@example.org"}
	shell(l.t, l.tree, "git", append(id, "commit", "-qm", "base")...)
	shell(l.t, l.tree, "git", append(id, "am", "-q", box)...)
	l.t.Logf("the series:\n%s", shell(l.t, l.tree, "git", "log", "--reverse", "--format=  %s"))
}

// trim is what dom0 does: it makes a guest of label context and asks for the new operation on it.
func trim(w world) []probe {
	var probes []probe
	for _, p := range w.setUp() {
		if p.name == "setup-create" { // the small configuration has no grant tables
			copy(p.data[16+4+16+4*4:], make([]byte, 12))
		}
		probes = append(probes, p)
	}
	p := command(12, 40, uint64(0), uint64(77), uint32(0), uint32(0), uint16(guestID))
	p.name = newHook
	return append(probes, p)
}

// TestBootNewHook takes a new operation of Xen from no hook to a hook under Flask: xsmpatch writes the series, git applies it, gcc builds it, and
// the booted hypervisor asks the permission.
func TestBootNewHook(t *testing.T) {
	l := newLab(t)
	l.addCommand()
	xen := l.build()
	stranger := world{"flask", label("domU_t"), label("domU_t")}
	if got := l.run(xen, "flask=permissive", l.compilePolicy("before", l.policySource()), trim(stranger)).result[newHook]; got != 0 {
		t.Errorf("before the series: a domain without any permission gets %d, want 0: nothing guards the operation", got)
	}
	l.applySeries()
	l.make()
	text := l.policySource()
	with, without := l.compilePolicy("with", text), l.compilePolicy("without", withoutPermission(text, newHook))
	dom0 := world{"flask", label("dom0_t"), label("domU_t")}
	for _, c := range []struct {
		what, args, policy string
		world              world
		want               int64
		audited            bool
	}{
		{"with the rule", "flask=permissive", with, dom0, 0, false},
		{"without the rule", "flask=permissive", without, dom0, -13, true},
		{"a label without the rule", "flask=permissive", with, stranger, -13, true},
		{"under dummy", "xsm=dummy", "", world{module: "dummy"}, 0, false},
		{"under SILO", "xsm=silo", "", world{module: "silo"}, 0, false},
	} {
		b := l.run(xen, c.args, c.policy, trim(c.world))
		got, line := b.result[newHook], regexp.MustCompile(`avc:  denied  \{ `+newHook+` \}.*`).FindString(b.console)
		if got != c.want || (line != "") != c.audited {
			t.Errorf("%s: %d, want %d; audit line %q\n%s", c.what, got, c.want, line, b.console)
		}
		t.Logf("%-26s %4d  %s", c.what, got, line)
	}
}
