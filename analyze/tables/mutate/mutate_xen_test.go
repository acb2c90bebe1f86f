//go:build xen

package mutate

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestXenMutants breaks the tables of Xen 4.17 in every fourth place (make eval: in every one) and counts, per kind, what is seen. Every miss is printed with its reason.
func TestXenMutants(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	c := count(t, tree, 4)
	if seen, all := c.Total(); all < 400 || 100*seen < percent*all {
		t.Errorf("%d of %d are fewer than %d%%", seen, all, percent)
	}
}
