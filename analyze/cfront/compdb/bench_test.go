//go:build xen || xentrees

package compdb

import "testing"

// BenchmarkSynthesise measures the synthesis of the whole tree's units and headers.
func BenchmarkSynthesise(b *testing.B) {
	tr := xenTree(b)
	for b.Loop() {
		if _, err := Load(tr, Options{Source: SourceSynth, Config: "default"}); err != nil {
			b.Fatal(err)
		}
	}
}
