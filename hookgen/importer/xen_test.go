//go:build xen

package importer_test

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/importer"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// The built-in catalogue is what the tree XSMPATCH_XEN says, operations aside.
func TestBuiltinIsXen(t *testing.T) {
	xen := os.Getenv("XSMPATCH_XEN")
	if xen == "" {
		t.Fatal("XSMPATCH_XEN must name a Xen tree")
	}
	have, err := catalog.Builtin("xen-4.17")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := refactor.OpenDir(xen)
	if err != nil {
		t.Fatal(err)
	}
	got, notes, err := importer.Import(tree, tablesOf(t, tree), "xen-4.17", have)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) > 0 {
		t.Error(notes)
	}
	if string(got.Format()) == string(have.Format()) {
		return
	}
	for _, d := range catalog.Diff(have, got) {
		t.Error(d)
	}
	t.Error("the order of hooks or the text differs")
}
