//go:build eval && xen

package oracle

import (
	"os"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// TestEvalPlan strips the releases XSMPATCH_REVS of the clone XSMPATCH_REPO of their hook calls and prints what plan puts back. XSMPATCH_CACHE
// names a folder in which the scans are kept between runs.
func TestEvalPlan(t *testing.T) {
	revs := strings.Fields(os.Getenv("XSMPATCH_REVS"))
	if len(revs) == 0 {
		revs = []string{"RELEASE-4.5.0", "RELEASE-4.8.0", "RELEASE-4.11.0", "RELEASE-4.14.0", "RELEASE-4.19.0", "master"}
	}
	for _, rev := range revs {
		t.Run(rev, func(t *testing.T) {
			tree, err := gitbranch.OpenTree(os.Getenv("XSMPATCH_REPO"), rev)
			if err != nil {
				t.Fatal(err)
			}
			r, bare := score(t, tree, compdb.Options{Arch: os.Getenv("XSMPATCH_ARCH")})
			var b strings.Builder
			r.Print(&b, testing.Verbose())
			b.WriteString("\nwithout the tables:\n")
			bare.Print(&b, false)
			t.Log("\n" + b.String())
		})
	}
}
