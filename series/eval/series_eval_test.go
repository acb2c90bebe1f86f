//go:build eval

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// TestEvalSeries squashes and splits the series of XSMPATCH_SERIES (default: shared/eval/series.sample.json in a
// directory above) from the clone XSMPATCH_REPO, prints the scores, and demands identical tips, hard edges, and that every
// prefix builds for x86 and arm64 with XSM on and off. Builds are cached in XSMPATCH_BUILDS (default: the user's cache).
func TestEvalSeries(t *testing.T) {
	data := os.Getenv("XSMPATCH_SERIES")
	for dir := "."; data == "" && len(dir) < 40; dir += "/.." {
		if p := filepath.Join(dir, "shared/eval/series.sample.json"); fileExists(p) {
			data = p
		}
	}
	if data == "" {
		t.Fatal("no series data: set XSMPATCH_SERIES to its JSON file")
	}
	in, err := readSeries(data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gitbranch.Open(os.Getenv("XSMPATCH_REPO"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sum := score{}
	for _, u := range in {
		sc, err := one(r, u, options{rules: series.Rules{}, build: true})
		if err != nil {
			t.Errorf("%s: %v", u.Name, err)
			continue
		}
		sum.add(sc)
		t.Logf("%s: tip identical %v, %d patches for %d, ARI %.3f (finer %.3f, by line %.3f), pairs %.3f, hard edges %d of %d", u.Name, sc.same,
			sc.patches, len(u.Commits), sc.hunkARI, sc.ari, sc.lineARI, sc.pairs, sc.kept, sc.edges)
		for _, b := range sc.built {
			t.Logf("  %v", b)
			if r := b.failed(); r != nil {
				t.Errorf("%s, %s: prefix %d does not build:\n%s", u.Name, b.config, r.Prefix, r.Output)
			}
		}
		if !sc.same || sc.kept != sc.edges {
			t.Errorf("%s: %v", u.Name, sc.broken)
		}
	}
	t.Logf("mean ARI %.3f, by line %.3f", sum.hunkARI/float64(len(in)), sum.lineARI/float64(len(in)))
}

func fileExists(p string) bool { _, err := os.Stat(p); return err == nil }
