//go:build xen

package abi_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// groups maps our files to the public headers that define their names.
var groups = map[string][]string{
	"hypercall.go": {"xen.h"}, "xen.go": {"xen.h"}, "domctl.go": {"domctl.h"}, "sysctl.go": {"sysctl.h"},
	"platform.go": {"platform.h"}, "memory.go": {"memory.h"}, "evtchn.go": {"event_channel.h"},
	"grant.go": {"grant_table.h"}, "sched.go": {"sched.h"}, "physdev.go": {"physdev.h"},
	"version.go": {"version.h"}, "hvm.go": {"hvm/hvm_op.h", "hvm/params.h"}, "dmop.go": {"hvm/dm_op.h"},
	"xenoprof.go": {"xenoprof.h"}, "kexec.go": {"kexec.h"}, "pmu.go": {"pmu.h"}, "hypfs.go": {"hypfs.h"},
	"argo.go": {"argo.h"}, "vcpu.go": {"vcpu.h"}, "mca.go": {"arch-x86/xen-mca.h"}, "flask.go": {"xsm/flask_op.h"},
	"errno.go": {"errno.h"},
}

// TestAgainstHeaders has gcc print every constant from the headers of the tree
// XSMPATCH_XEN and compares.
func TestAgainstHeaders(t *testing.T) {
	xen := os.Getenv("XSMPATCH_XEN")
	if xen == "" {
		t.Fatal("XSMPATCH_XEN must name a Xen tree")
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(xen, "xen/include/public"), filepath.Join(dir, "xen")); err != nil {
		t.Fatal(err)
	}
	total := 0
	for file, headers := range groups {
		want := constants(t, file)
		total += len(want)
		for name, val := range printed(t, dir, file, headers, want) {
			if want[name] != val {
				t.Errorf("%s: %s is %d, the header says %d", file, name, want[name], val)
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("%s: no header defines %s", file, name)
		}
	}
	t.Logf("%d constants compared", total)
}

func constants(t *testing.T, file string) map[string]int64 {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			out[v.Names[0].Name] = literal(t, v.Values[0])
		}
	}
	return out
}

func literal(t *testing.T, e ast.Expr) int64 {
	t.Helper()
	var n int64
	text := ""
	switch e := e.(type) {
	case *ast.BasicLit:
		text = e.Value
	case *ast.UnaryExpr:
		text = "-" + e.X.(*ast.BasicLit).Value
	}
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatalf("constant %v: %v", e, err)
	}
	return n
}

// printed runs a C program over the names; a name may lack our leading letters.
func printed(t *testing.T, dir, file string, headers []string, names map[string]int64) map[string]int64 {
	t.Helper()
	var b strings.Builder
	if file == "errno.go" {
		b.WriteString("#define __XEN__ 1\n") // names that guests never see
	}
	b.WriteString("#include <stdint.h>\n#include <stdio.h>\n#define __XEN_TOOLS__ 1\n#define __XEN_INTERFACE_VERSION__ 0x00041300\n#include <xen/xen.h>\n#include <xen/version.h>\n")
	for _, h := range headers {
		fmt.Fprintf(&b, "#include <xen/%s>\n", h)
	}
	b.WriteString("int main(void)\n{\n")
	for n := range names {
		c := n
		switch {
		case strings.HasPrefix(n, "HYPERVISOR_"):
			c = "__" + n
		case strings.HasPrefix(n, "Sysctl_"):
			c = "s" + n[1:]
		case file == "errno.go":
			c = "XEN_" + n
		}
		fmt.Fprintf(&b, "printf(\"%s %%lld\\n\", (long long)(%s));\n", n, c)
	}
	b.WriteString("return 0;\n}\n")
	src, exe := filepath.Join(dir, file+".c"), filepath.Join(dir, file+".exe")
	if err := os.WriteFile(src, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-w", "-I"+dir, src, "-o", exe).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
	out, err := exec.Command(exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	vals := map[string]int64{}
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var n string
		var v int64
		if _, err := fmt.Sscan(l, &n, &v); err != nil {
			t.Fatal(err)
		}
		vals[n] = v
	}
	return vals
}
