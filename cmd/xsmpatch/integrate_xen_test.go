//go:build xen

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// deleted lists hook calls that the test removes from Xen 4.17: file, hook, and the function whose patch must bring the call back.
var deleted = []struct{ file, hook, want string }{
	{"common/memory.c", "xsm_claim_pages", "xsm_claim_pages(XSM_PRIV, d)"},
	{"common/memory.c", "xsm_get_vnumainfo", "xsm_get_vnumainfo(XSM_TARGET, d)"},
	{"common/event_channel.c", "xsm_evtchn_unbound", "xsm_evtchn_unbound(XSM_TARGET, d, chn, alloc->remote_dom)"},
	{"common/event_channel.c", "xsm_evtchn_reset", "xsm_evtchn_reset(XSM_TARGET, current->domain, d)"},
	{"common/grant_table.c", "xsm_grant_mapref", "xsm_grant_mapref(XSM_HOOK, ld, rd, op->flags)"},
	{"common/grant_table.c", "xsm_grant_setup", "xsm_grant_setup(XSM_TARGET, curr->domain, d)"},
	{"common/domctl.c", "xsm_set_target", "xsm_set_target(XSM_HOOK, d, e)"},
	{"common/domctl.c", "xsm_irq_permission", "xsm_irq_permission(XSM_HOOK, d, "},
	{"arch/x86/domctl.c", "xsm_bind_pt_irq", "xsm_bind_pt_irq(XSM_HOOK, d, bind)"},
	{"arch/x86/physdev.c", "xsm_resource_setup_gsi", "xsm_resource_setup_gsi(XSM_PRIV, setup_gsi.gsi)"},
}

// addition is a sub-command that the test adds without any hook: where, and the hook that must be made for it, or the permission of its case in the module.
type addition struct {
	header, define, file, before, code, hook string
	inModule                                 bool
}

var added = []addition{
	{"memory.h", "XENMEM_trim_pages 40", "common/memory.c", "case XENMEM_claim_pages:", `    case XENMEM_trim_pages:
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

`, "trim_pages", false},
	{"event_channel.h", "EVTCHNOP_peek 20", "common/event_channel.c", "case EVTCHNOP_reset:", `    case EVTCHNOP_peek: {
        struct evtchn_status peek;
        struct domain *d;

        if ( copy_from_guest(&peek, arg, 1) != 0 )
            return -EFAULT;

        d = rcu_lock_domain_by_any_id(peek.dom);
        if ( d == NULL )
            return -ESRCH;

        peek.status = d->valid_evtchns;
        rcu_unlock_domain(d);

        rc = __copy_to_guest(arg, &peek, 1) ? -EFAULT : 0;
        break;
    }

`, "evtchn_peek", false},
	{"domctl.h", "XEN_DOMCTL_set_quirk 95", "arch/x86/domctl.c", "case XEN_DOMCTL_set_address_size:", `    case XEN_DOMCTL_set_quirk:
        if ( domctl->u.address_size.size > 64 )
        {
            ret = -EINVAL;
            break;
        }

        domain_pause(d);
        d->arch.x87_fip_width = domctl->u.address_size.size;
        domain_unpause(d);
        break;

`, "set_quirk", true},
	{"sysctl.h", "XEN_SYSCTL_flushconsole 40", "common/sysctl.c", "case XEN_SYSCTL_tbuf_op:", `    case XEN_SYSCTL_flushconsole:
        console_force_unlock();
        ret = 0;
        break;

`, "flushconsole", true},
}

// TestIntegrateXen deletes hook calls of several forms from Xen 4.17 and adds sub-commands without hooks: integrate must close every gap by a series
// that git am applies, that gcc compiles with XSM on and off, and whose policy checkpolicy accepts.
func TestIntegrateXen(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "cp", "-a", os.Getenv("XSMPATCH_XEN"), tree)
	for _, d := range deleted {
		deleteHook(t, filepath.Join(tree, "xen", d.file), d.hook)
	}
	for _, a := range added {
		insertBefore(t, filepath.Join(tree, "xen/include/public", a.header), "#define "+firstDefine(t, filepath.Join(tree, "xen/include/public", a.header), a.define), "#define "+a.define+"\n")
		insertBefore(t, filepath.Join(tree, "xen", a.file), "    "+a.before, a.code)
	}
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"integrate", tree, "-o", out}, &stdout, &stderr); code != exitOK && code != exitFindings {
		t.Fatalf("exit %d\n%s%s", code, &stdout, &stderr)
	}
	t.Log(stdout.String())
	box := filepath.Join(out, "series", "series.mbox")
	text, err := os.ReadFile(box)
	if err != nil {
		t.Fatal(err)
	}
	checkCalls(t, string(text))
	touched := touchedFiles(string(text))
	shell(t, tree, "git", "init", "-q", ".")
	shell(t, tree, "git", append([]string{"add", "-f"}, touched...)...)
	git := []string{"-c", "user.name=t", "-c", "user.email=t@example.org"}
	shell(t, tree, "git", append(git, "commit", "-qm", "base")...)
	shell(t, tree, "git", append(git, "am", "-q", box)...)
	if n := strings.TrimSpace(shell(t, tree, "git", "rev-list", "--count", "HEAD")); n == "1" || n == "2" {
		t.Errorf("%s commits: a new hook wants its definition and its call apart", n)
	}
	xen := filepath.Join(tree, "xen")
	shell(t, filepath.Join(xen, "xsm/flask"), "sh", "policy/mkaccess_vector.sh", "awk", "include", "policy/access_vectors")
	compileTouched(t, xen, touched)
	pol := t.TempDir()
	shell(t, tree, "make", "-s", "-f", "Makefile.common", "-C", "tools/flask/policy", "FLASK_BUILD_DIR="+pol, "POLICY_FILENAME="+pol+"/p",
		"XEN_ROOT="+tree, "XEN_FULLVERSION=4.17")
}

// checkCalls looks for each call that must come back, and for every table entry of each new hook.
func checkCalls(t *testing.T, mbox string) {
	t.Helper()
	for _, d := range deleted {
		if !strings.Contains(mbox, d.want) {
			t.Errorf("%s: %s does not come back as %q", d.file, d.hook, d.want)
		}
	}
	for _, a := range added {
		for what, re := range a.parts() {
			if !regexp.MustCompile(re).MatchString(mbox) {
				t.Errorf("%s: no %s", a.hook, what)
			}
		}
	}
}

// parts is what a series holds for a new sub-command, as regular expressions: the hook's call and its entry in every table, or, where a hook in front of
// the dispatcher is told the command, the case of its module's switch; and a permission either way.
func (a *addition) parts() map[string]string {
	command, _, _ := strings.Cut(a.define, " ")
	parts := map[string]string{
		"access vector": `\+    ` + a.hook + `\n`,
		"policy":        `(?m)^\+.*\b` + a.hook + `\b.*[;\w]$`,
	}
	if a.inModule {
		parts["case"] = `\+    case ` + command + `:\n\+        return \w+\((.|\n)*?__` + strings.ToUpper(a.hook) + `\);\n`
		return parts
	}
	for what, re := range map[string]string{
		"call":      `\+\s+\w+ = xsm_` + a.hook + `\(XSM_\w+`,
		"structure": `\+    int \(\*` + a.hook + `\)\(`,
		"wrapper":   `\+static inline int xsm_` + a.hook + `\(`,
		"dummy":     `\+static XSM_INLINE int cf_check xsm_` + a.hook + `\((.|\n)*?\+    XSM_ASSERT_ACTION\(XSM_\w+\);`,
		"dummy op":  `\+    \.` + a.hook + `\s+= xsm_` + a.hook + `,`,
		"Flask":     `\+static int cf_check flask_` + a.hook + `\(`,
		"Flask op":  `\+    \.` + a.hook + `\s+= flask_` + a.hook + `,`,
	} {
		parts[what] = re
	}
	return parts
}

// deleteHook removes the first call of a hook from a file.
func deleteHook(t *testing.T, file, hook string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, ok := withoutHook(src, hook)
	if !ok {
		t.Fatalf("%s: no call of %s in a form that the test knows", file, hook)
	}
	write(t, file, string(out))
}

// withoutHook removes the first call of a hook from a text: "x = hook(); if ( x ) ...", "if ( hook() ) ..." or "|| hook()".
func withoutHook(src []byte, hook string) ([]byte, bool) {
	var best []int
	body := `(?:[ ]*\{\n(?:[^\n]*\n)*?[ ]*\}\n|[^\n]*\n)\n?`
	for _, re := range []string{
		`(?m)^[ ]*\w+ = ` + hook + `\([^;]*\);\n\s*if \( \w+ \)\n` + body,
		`(?m)^[ ]*\w+ = ` + hook + `\([^;]*\);\n\s*if \( !\w+ \)\n[ ]{4}`,
		`(?m)^[ ]*if \( ` + hook + `\([^{;]*\) \)\n` + body,
		` \|\| ` + hook + `\([^()]*\)`,
	} {
		if loc := regexp.MustCompile(re).FindIndex(src); loc != nil && (best == nil || loc[0] < best[0]) {
			best = loc
		}
	}
	if best == nil {
		return src, false
	}
	return slices.Concat(src[:best[0]], src[best[1]:]), true
}

// firstDefine names the first macro of the family that a new define belongs to.
func firstDefine(t *testing.T, file, define string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	family := define[:strings.IndexByte(define, '_')+1]
	if strings.HasPrefix(define, "XEN_") {
		family = strings.Join(strings.SplitN(define, "_", 3)[:2], "_") + "_"
	}
	m := regexp.MustCompile(`(?m)^#define (` + family + `\w+)`).FindSubmatch(src)
	if m == nil {
		t.Fatalf("%s: no %s macros", file, family)
	}
	return string(m[1])
}

func insertBefore(t *testing.T, file, line, text string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(src, []byte(line))
	if i < 0 {
		t.Fatalf("%s: no %q", file, line)
	}
	write(t, file, string(src[:i])+text+string(src[i:]))
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// touchedFiles lists the paths of a mail thread's diffs.
func touchedFiles(mbox string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^\+\+\+ b/(.*)$`).FindAllStringSubmatch(mbox, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// compileTouched replays the build's own command for each touched object, with XSM on and off. Off, a default action that differs from the
// dummy's leaves an undefined symbol.
func compileTouched(t *testing.T, xen string, touched []string) {
	t.Helper()
	conf := filepath.Join(xen, "include/generated/autoconf.h")
	on, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	off := regexp.MustCompile(`(?m)^.*CONFIG_XSM.*\n`).ReplaceAll(on, nil)
	for _, xsm := range []bool{true, false} {
		write(t, conf, string(map[bool][]byte{true: on, false: off}[xsm]))
		for _, f := range touched {
			c := strings.TrimPrefix(f, "xen/")
			if !strings.HasSuffix(c, ".c") || !xsm && strings.HasPrefix(c, "xsm/") {
				continue
			}
			obj := filepath.Join(t.TempDir(), "x.o")
			cmd := compileCommand(t, xen, c, obj)
			shell(t, xen, "sh", "-c", cmd)
			if strings.Contains(shell(t, xen, "nm", obj), "mismatch_detected") && !strings.HasPrefix(c, "xsm/") {
				t.Errorf("%s: default action differs from the dummy's (XSM %v)", c, xsm)
			}
		}
	}
	write(t, conf, string(on))
}

// compileCommand is the saved command of a unit, writing to obj.
func compileCommand(t *testing.T, xen, c, obj string) string {
	t.Helper()
	saved, err := os.ReadFile(filepath.Join(xen, filepath.Dir(c), "."+strings.TrimSuffix(filepath.Base(c), ".c")+".o.cmd"))
	if err != nil {
		t.Fatal(err)
	}
	_, cmd, _ := strings.Cut(strings.SplitN(string(saved), "\n", 2)[0], ":= ")
	cmd, _, _ = strings.Cut(cmd, ";")
	cmd = regexp.MustCompile(`-o \S+`).ReplaceAllString(cmd, "-o "+obj)
	return regexp.MustCompile(`-MF \S+`).ReplaceAllString(cmd, "-MF "+obj+".d")
}

// shell runs a command and returns its standard output.
func shell(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args, err, out, &stderr)
	}
	return string(out)
}
