//go:build xen && eval

package mutate

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestEvalTableMutants breaks the tables of Xen 4.17 in every place.
func TestEvalTableMutants(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	c := count(t, tree, 1)
	if seen, all := c.Total(); all < 1500 || 100*seen < percent*all {
		t.Errorf("%d of %d are fewer than %d%%", seen, all, percent)
	}
}
