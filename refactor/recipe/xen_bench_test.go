//go:build xen

package recipe

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// BenchmarkXen makes one step on the whole tree of Xen, from names to edits.
func BenchmarkXen(b *testing.B) {
	for _, words := range [][]string{
		{"rename", "func:xsm_getdomaininfo=xsm_get_domain_info"},
		{"rename", "field:xsm_ops.domctl=domain_control"},
		{"add-param", "ops:xsm_ops.*", "param=unsigned int cookie", "at=first", "argument=0"},
	} {
		b.Run(words[0], func(b *testing.B) {
			r, err := Command(words)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				t, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := r.Run(t); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
