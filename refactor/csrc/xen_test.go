//go:build xen

package csrc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkParseXen reads every C file of the hypervisor.
func BenchmarkParseXen(b *testing.B) {
	for b.Loop() {
		n, irr, fn := 0, 0, 0
		filepath.Walk(filepath.Join(os.Getenv("XSMPATCH_XEN"), "xen"), func(p string, st os.FileInfo, err error) error {
			if err == nil && !st.IsDir() && (strings.HasSuffix(p, ".c") || strings.HasSuffix(p, ".h")) {
				src, _ := os.ReadFile(p)
				u := Parse(Lex(p, src))
				n += len(src)
				irr += len(u.Irregular)
				for i := range u.Funcs {
					if u.Funcs[i].Body >= 0 {
						fn++
						u.Locals(&u.Funcs[i])
					}
				}
			}
			return nil
		})
		b.SetBytes(int64(n))
		b.ReportMetric(float64(irr), "irregular")
		b.ReportMetric(float64(fn), "functions")
	}
}
