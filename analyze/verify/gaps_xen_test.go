//go:build xen

package verify

import (
	"context"
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

func TestGapsOfXen(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	var st *store.Store
	if c := os.Getenv("XC"); c != "" {
		st, _ = store.Open(c)
	}
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Store: st})
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	tabs, err := tables.Read(tree, p.Profile)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range Gaps(p, tree, tabs).Gaps {
		h := "-"
		if g.Hook != nil {
			h = g.Hook.Name
		}
		t.Logf("%.2f %s %v hook=%s %v %q", g.Confidence, g.Check, g.Region, h, g.Entry, g.Evidence)
	}

	// Every hook call left out in turn: is its function named?
	found, all := 0, 0
	for _, fn := range p.Fns {
		if p.InModule(fn.File) {
			continue
		}
		for _, h := range p.HookCalls(fn) {
			all++
			hidden := map[hiddenCall]bool{{fn, h.Node}: true}
			for _, twin := range p.Fns { // the same text compiled twice
				if twin != fn && twin.File == fn.File {
					for _, h2 := range p.HookCalls(twin) {
						if twin.F.Nodes[h2.Node].Start == fn.F.Nodes[h.Node].Start {
							hidden[hiddenCall{twin, h2.Node}] = true
						}
					}
				}
			}
			res := gaps(newModel(p, tree, hidden), tree, tabs)
			ok := ""
			for _, g := range res.Gaps {
				if g.Hook != nil && "xsm_"+g.Hook.Name == h.Hook && g.Region != nil {
					ok = "elsewhere: " + g.Region.String()
					if g.Region.Fn.Name == fn.Name || g.Region.Fn.File == fn.File && g.Region.Fn.F.Start == fn.F.Start {
						found++
						ok = "FOUND " + g.Region.String()
						break
					}
				} else if g.Region != nil && g.Region.Fn == fn && g.Region.Blocks[h.Block] {
					ok += "place only"
				}
			}
			t.Logf("mut %s %s %s", fn.Name, h.Hook, ok)
		}
	}
	t.Logf("%d of %d", found, all)
}
