//go:build eval && xen

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEvalTrend compares two releases of Xen, read from git's objects: the hooks that came and went are those by which the structure of
// operations differs, a new command of a public header that is dispatched is a new operation, and the other way round nothing else is there.
func TestEvalTrend(t *testing.T) {
	repo := os.Getenv("XSMPATCH_REPO")
	older, newer := "RELEASE-4.15.0", "RELEASE-4.17.0"
	text := func(a, b string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "trend.html")
		runOK(t, "report", repo+"@"+a, repo+"@"+b, "-o", file)
		page := string(readFile(t, file))
		from := strings.Index(page, `<section id="trend"`)
		return page[from : from+strings.Index(page[from:], "</section>")]
	}
	show := func(rev string, names ...string) (out string) {
		t.Helper()
		for _, name := range names {
			b, err := exec.Command("git", "-C", repo, "show", rev+":"+name).Output()
			if err != nil {
				t.Fatalf("%s:%s: %v", rev, name, err)
			}
			out += string(b)
		}
		return out
	}
	names := func(re, s string) (out []string) {
		for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(s, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	minus := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
	}
	section := func(page, title string) string {
		_, rest, ok := strings.Cut(page, ">"+title+" <")
		if !ok {
			return ""
		}
		items, _, _ := strings.Cut(rest, "</ul>")
		return items
	}
	forth, back := text(older, newer), text(newer, older)
	ops := func(rev string) []string {
		return names(`(?m)^    [\w *]+\(\*(\w+)\)\s*\(`, show(rev, "xen/include/xsm/xsm.h"))
	}
	came, went := minus(ops(newer), ops(older)), minus(ops(older), ops(newer))
	if len(came)+len(went) < 2 {
		t.Fatalf("came %s, went %s: the releases differ too little", came, went)
	}
	for _, c := range []struct {
		page, title string
		want        []string
	}{
		{forth, "Hooks declared", came}, {forth, "Hooks no longer declared", went},
		{back, "Hooks declared", went}, {back, "Hooks no longer declared", came},
	} {
		if got := names(`<li>xsm_(\w+)</li>`, section(c.page, c.title)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, the structure says %s", c.title, got, c.want)
		}
	}
	commands := func(rev string) []string {
		return names(`(?m)^#define (XEN_(?:DOM|SYS)CTL_\w+) +\d+$`, show(rev, "xen/include/public/domctl.h", "xen/include/public/sysctl.h"))
	}
	dispatched := show(newer, "xen/common/domctl.c", "xen/common/sysctl.c", "xen/arch/x86/domctl.c", "xen/arch/x86/sysctl.c")
	some := 0
	for _, c := range minus(commands(newer), commands(older)) {
		if !regexp.MustCompile(`case ` + c + `:`).MatchString(dispatched) {
			continue
		}
		some++
		if !strings.Contains(section(forth, "Operations added"), "/"+c) || !strings.Contains(section(back, "Operations removed"), "/"+c) {
			t.Errorf("%s is new and not said to be", c)
		}
	}
	t.Logf("hooks: %s came, %s went; %d new commands", came, went, some)
}
