package check

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lateAt is the finding that the tests accept.
const lateFile = "xen/common/vm_event.c"

func findLate(r *Report) (open, accepted *Finding) {
	for _, f := range r.Findings {
		if f.Check == "XSM1002" && f.File == lateFile {
			open = f
		}
	}
	for _, f := range r.Suppressed {
		if f.Check == "XSM1002" && f.File == lateFile {
			accepted = f
		}
	}
	return open, accepted
}

// rewrite replaces old by text in the late hook's file.
func rewrite(t *testing.T, old, text string) func(string) {
	return func(dir string) {
		p := filepath.Join(dir, lateFile)
		src, err := os.ReadFile(p)
		if err != nil || !strings.Contains(string(src), old) {
			t.Fatalf("%s does not contain %q: %v", lateFile, old, err)
		}
		if err := os.WriteFile(p, []byte(strings.Replace(string(src), old, text, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func runMini(t *testing.T, edit func(string), opt Options) *Report {
	t.Helper()
	tree, facts, read := scanMini(t, edit)
	return Run(tree, facts, read, opt)
}

const hookLine = "    rc = xsm_vm_event_control("

func TestSuppression(t *testing.T) {
	plain, _ := findLate(runMini(t, nil, Options{}))
	if plain == nil {
		t.Fatal("the late hook is not found: the test would prove nothing")
	}
	drift, _ := findLate(runMini(t, rewrite(t, "#include <xen/event.h>", "/* one */\n/* two */\n#include <xen/event.h>"), Options{}))
	if drift == nil || drift.Fingerprint != plain.Fingerprint || drift.Line != plain.Line+2 {
		t.Errorf("two lines inserted: %+v, want the fingerprint of %+v two lines on", drift, plain)
	}
	open, acc := findLate(runMini(t, rewrite(t, hookLine, "    /* xsmpatch: XSM1002: the pause is wanted */\n"+hookLine), Options{}))
	if open != nil || acc == nil || acc.Suppressed != "the pause is wanted" {
		t.Errorf("comment with a reason: open %v, accepted %v", open, acc)
	}
	r := runMini(t, rewrite(t, hookLine, "    /* xsmpatch: XSM1002 */\n"+hookLine), Options{})
	if open, _ := findLate(r); open == nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "without a reason") {
		t.Errorf("comment without a reason: open %v, warnings %q", open, r.Warnings)
	}
	open, _ = findLate(runMini(t, rewrite(t, hookLine, "    /* xsmpatch: XSM1003: other */\n"+hookLine), Options{}))
	if open == nil {
		t.Error("a comment for another check hides the finding")
	}
}

func TestReviewed(t *testing.T) {
	list, err := ReadReviewed("r.yaml", []byte("- {check: XSM1002, file: "+lateFile+", reason: wanted}\n- {check: XSM1002, file: gone.c, reason: old}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := runMini(t, nil, Options{Reviewed: list})
	open, acc := findLate(r)
	if open != nil || acc == nil || acc.Suppressed != "wanted" {
		t.Errorf("open %v, accepted %v", open, acc)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "gone.c") {
		t.Errorf("warnings %q, want one about gone.c", r.Warnings)
	}
	for _, bad := range []string{"- {check: XSM1002, file: a.c}", "- {reason: x}", "- {chek: x, reason: y}", "nonsense"} {
		if _, err := ReadReviewed("r.yaml", []byte(bad)); !errors.Is(err, ErrReviewed) {
			t.Errorf("%q: %v, want ErrReviewed", bad, err)
		}
	}
}

// TestRepairsSilence repairs defects of minixen the way the explain texts say, and expects silence.
func TestRepairsSilence(t *testing.T) {
	for _, c := range []struct{ check, old, text string }{
		{"XSM1002", "    domain_pause(d);\n    d->arch.hvm.logdirty = false;\n\n" + hookLine, hookLine},
	} {
		for _, f := range runMini(t, rewrite(t, c.old, c.text), Options{}).Findings {
			if f.Check == c.check && f.File == lateFile && f.detail != behindDetail { // the dispatcher's lock is another defect
				t.Errorf("repaired and still reported: %+v", f)
			}
		}
	}
}
