//go:build xen

package importer_test

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog/importer"
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
	got, err := importer.Import(os.DirFS(xen), "xen-4.17", have)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range catalog.Diff(have, got) {
		t.Error(d)
	}
}
