//go:build xen

package verify

import (
	"context"
	"fmt"
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
	text := textCalls(p, tree, tabs.Prefix)
	base := gaps(newModel(p, tree, nil), tabs, text).Gaps
	for _, g := range base {
		t.Logf("%.2f %s %v %v %q", g.Confidence, g.Check, g.Region, g.Entry, g.Evidence)
	}
	if len(base) > 10 {
		t.Errorf("%d gaps on Xen as it is: at most 10 were promised, all of them examined", len(base))
	}
	s := score{t: t, p: p, tree: tree, tabs: tabs, text: text}
	for _, fn := range p.Fns {
		if !p.InModule(fn.File) {
			s.function(fn)
		}
	}
	t.Logf("each checking hook call left out in turn: %d calls, %d reported, %d of them in the right function with the right hook", s.all, s.seen, s.found)
	const seen, found = 70, 54 // what has been reached, of 97; the aim is all
	if s.seen < seen || s.found < found {
		t.Errorf("fewer than the %d reported and %d found that were reached before", seen, found)
	}
}

// score counts what gap detection says when one hook call is left out.
type score struct {
	t                *testing.T
	p                *analyze.Program
	tree             *refactor.Tree
	tabs             *tables.Tables
	text             map[string]bool
	done             map[string]bool
	all, seen, found int
}

// function leaves out each hook call of fn in turn, in every unit that compiles the same text.
func (s *score) function(fn *analyze.Fn) {
	for _, h := range s.p.HookCalls(fn) {
		at := fn.F.Nodes[h.Node].Start
		key := fmt.Sprint(fn.File, at)
		if d := s.tabs.Hook(h.Hook); s.done[key] || d == nil || !d.Default {
			continue // notify hooks check nothing
		}
		if s.done == nil {
			s.done = map[string]bool{}
		}
		s.done[key] = true
		hidden := map[hiddenCall]bool{}
		for _, twin := range s.p.Fns {
			if twin.File != fn.File {
				continue
			}
			for _, o := range s.p.HookCalls(twin) {
				if twin.F.Nodes[o.Node].Start == at {
					hidden[hiddenCall{twin, o.Node}] = true
				}
			}
		}
		s.all++
		verdict := "MISSED"
		for _, g := range gaps(newModel(s.p, s.tree, hidden), s.tabs, s.text).Gaps {
			switch hook := g.Hook != nil && s.tabs.Prefix+g.Hook.Name == h.Hook; {
			case hook && g.Region != nil && g.Region.Fn.File == fn.File && g.Region.Fn.F.Start == fn.F.Start:
				verdict = "found"
			case verdict == "found":
			case hook:
				verdict = "reported elsewhere: " + fmt.Sprint(g.Region)
			case verdict == "MISSED" && g.Region != nil && g.Region.Fn == fn && g.Region.Blocks[h.Block]:
				verdict = "place only"
			}
		}
		if verdict != "MISSED" {
			s.seen++
		}
		if verdict == "found" {
			s.found++
		}
		s.t.Logf("%s %s: %s", fn.Name, h.Hook, verdict)
	}
}
