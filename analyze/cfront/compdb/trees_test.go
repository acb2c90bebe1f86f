//go:build xentrees

package compdb

import (
	"os"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestTrees synthesises each tree of XSMPATCH_TREES ("DIR ARCH CONFIG" separated by commas) and states how many units
// gcc accepts.
func TestTrees(t *testing.T) {
	for _, spec := range strings.Split(os.Getenv("XSMPATCH_TREES"), ",") {
		f := strings.Fields(spec)
		if len(f) != 3 {
			t.Fatalf("XSMPATCH_TREES: %q: want DIR ARCH CONFIG", spec)
		}
		tr, err := refactor.OpenDir(f[0])
		if err != nil {
			t.Fatal(err)
		}
		db, err := Load(tr, Options{Source: SourceSynth, Arch: f[1], Config: f[2]})
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		for _, n := range db.Loss {
			t.Log(n)
		}
		if os.Getenv("XSMPATCH_TREES_LIST") != "" {
			t.Logf("%s: %d units, %d generated files", spec, len(db.Units), len(db.Overlay))
			continue
		}
		n, failed := gccFailures(t, db, f[0])
		report(t, spec, n, failed)
	}
}
