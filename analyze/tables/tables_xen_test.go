//go:build xen

package tables

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestXen reads the tables of Xen 4.17: every hook of the structure has a wrapper, a dummy and a dummy operation.
func TestXen(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := Read(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	flask := 0
	for _, h := range tabs.Hooks {
		for what, p := range map[string]string{"ops": h.Ops.Path, "wrapper": h.Wrapper.Path, "dummy": h.Dummy.Path, "dummy op": h.DummyOp.Path} {
			if p == "" && h.Name != "do_compat_op" && h.Name != "do_xsm_op" {
				t.Errorf("%s has no %s", h.Name, what)
			}
		}
		if h.FlaskOp.Path != "" {
			flask++
			if h.Flask.Path == "" && h.Name != "do_compat_op" {
				t.Errorf("%s: no Flask function %s", h.Name, h.FlaskFn)
			}
		}
	}
	if n := len(tabs.Hooks); n < 95 || n > 110 || flask < 90 {
		t.Errorf("%d hooks, %d of Flask", n, flask)
	}
	if c := tabs.Class("domain2"); c == nil || len(c.Perms) < 15 {
		t.Errorf("class domain2: %+v", c)
	}
	if h := tabs.Hook("xsm_claim_pages"); h == nil || h.Action != "XSM_PRIV" || !h.Default || len(h.Vectors) != 1 || h.Vectors[0].Perm != "setclaim" {
		t.Errorf("claim_pages: %+v", h)
	}
}
