//go:build xen

package dummy_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAgainstXen compiles the tree's own xsm/dummy.h, with stub headers for what
// it includes, and compares every decision. XSMPATCH_XEN names the tree.
func TestAgainstXen(t *testing.T) {
	xen := os.Getenv("XSMPATCH_XEN")
	if xen == "" {
		t.Fatal("XSMPATCH_XEN must name a Xen tree")
	}
	stubs := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(stubs, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	public := filepath.Join(xen, "xen/include/public")
	if err := os.Symlink(public, filepath.Join(stubs, "public")); err != nil {
		t.Fatal(err)
	}
	write("xen/sched.h", "")
	write("xsm/xsm.h", "")
	write("real.h", `
#include <stdint.h>
#define __XEN_TOOLS__ 1
#define __XEN_INTERFACE_VERSION__ 0x00041300
#define CONFIG_XSM 1
#define CONFIG_X86 1
#define CONFIG_ARGO 1
#define CONFIG_MEM_ACCESS 1
#define CONFIG_MEM_PAGING 1
#define CONFIG_MEM_SHARING 1
#define CONFIG_HAS_PASSTHROUGH 1
#define CONFIG_HAS_PCI 1
#define CONFIG_HAS_DEVICE_TREE 1
#define REAL_DUMMY 1
#include <public/xen.h>
#include <public/domctl.h>
#include <public/pmu.h>
#include <public/hvm/hvm_op.h>
#include "oracle.h"
#define XEN_GUEST_HANDLE_PARAM(t) void *
#include "`+filepath.Join(xen, "xen/include/xsm/dummy.h")+`"
`)
	lines := runC(t, "gcc", "-include", filepath.Join(stubs, "real.h"), "-I"+stubs, "-Itestdata",
		"testdata/oracle.c", "testdata/domains.c")
	compare(t, lines, 98-len(undecided()))
}
