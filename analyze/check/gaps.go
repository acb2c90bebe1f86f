package check

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// detection is what gap detection says of one program; both are nil where the hooks' tables cannot be read.
type detection struct {
	tabs *tables.Tables
	res  *verify.Result
}

// detect starts gap detection, which is apart from all that the checks share, and returns what waits for it.
func detect(s *analyze.Scanned, t *refactor.Tree) func() detection {
	once := sync.OnceValue(func() detection {
		tabs, err := tables.Read(t, s.Program.Profile)
		if err != nil {
			return detection{} // a tree without hooks: nothing to compare with
		}
		return detection{tabs, verify.Gaps(s.Program, t, tabs)}
	})
	go once()
	return once
}

// gaps lists the gaps of the model's program; nil where the hooks' tables cannot be read.
func (m *model) gaps() []*verify.Gap {
	if res := m.result(); res != nil {
		return res.Gaps
	}
	return nil
}

// result is everything that gap detection knows; nil where the hooks' tables cannot be read.
func (m *model) result() *verify.Result { return m.detected().res }

// tables are the hooks' tables; nil where they cannot be read.
func (m *model) tables() *tables.Tables { return m.detected().tabs }

// gapCheck makes the check that reports the gaps of one id.
func gapCheck(id string, report func(*Pass, *verify.Gap)) func(*Pass) {
	return func(p *Pass) {
		for _, g := range p.m.gaps() {
			if g.Check == id {
				report(p, g)
			}
		}
	}
}

// unmediated reports an operation without a hook (XSM1001).
func unmediated(p *Pass, g *verify.Gap) {
	r := g.Region
	if r == nil {
		return
	}
	m := p.m
	f := &Finding{
		File: r.Fn.File, Function: r.Fn.Name, Hypercall: g.Entry, Operation: r.Command(), Hook: m.hookName(g.Hook),
		Confidence: g.Confidence, Evidence: g.Evidence, Message: r.String() + " is not mediated: " + strings.Join(g.Evidence, "; "),
	}
	if m.uncalled(g) {
		f.Confidence = max(f.Confidence, 0.5) // wherever it belongs: it is asked nowhere
	}
	if f.Operation == "" {
		f.Operation, f.Operations = m.commandOf(g.Entry, r.Fn.Name), m.callersOf(r.Fn.Name)
	}
	if len(r.Labels) > 1 {
		for _, l := range r.Labels {
			f.Operations = append(f.Operations, g.Entry+"/"+l)
		}
	}
	f.Line, _ = m.at(r.Fn, r.Start)
	f.Path = []Step{{f.File, f.Line, r.String() + ", reached from " + g.Entry}}
	if len(g.Objects) > 0 {
		if c := m.judge(r.Fn, r.Blocks, g.Objects[0].Path, 1); c != nil {
			m.moveTo(f, c)
		}
	}
	for _, o := range g.Objects {
		f.Path = append(f.Path, m.step(r.Fn, o.Node, "looks up "+o.Text+", which no hook is given"))
	}
	p.Report(f)
}

// uncalled reports whether the gap's hook is called nowhere.
func (m *model) uncalled(g *verify.Gap) bool {
	if g.Hook == nil {
		return false
	}
	for _, s := range m.sites {
		if s.Hook == m.hookName(g.Hook) {
			return false
		}
	}
	return true
}

// commandOf is the one command of an entry whose own code calls a function, "" for none or several.
func (m *model) commandOf(entry, fn string) (cmd string) {
	for _, id := range slices.Sorted(maps.Keys(m.ops)) {
		op := m.ops[id]
		if op.Entry != entry || op.Command == "" || !contains(op.Calls, fn) {
			continue
		}
		if cmd != "" {
			return ""
		}
		cmd = op.Command
	}
	return cmd
}

func (m *model) hookName(h *tables.Hook) string {
	if h == nil {
		return ""
	}
	return m.tables().Prefix + h.Name
}

// uncalledHook reports a hook that is declared and that nothing calls (XSM2001).
func uncalledHook(p *Pass, g *verify.Gap) {
	if g.Hook == nil {
		return
	}
	f := &Finding{
		File: g.Hook.Ops.Path, Line: 1, Hook: p.m.hookName(g.Hook), Confidence: g.Confidence, Evidence: g.Evidence,
		Message: strings.Join(g.Evidence, "; "),
	}
	f.Line = p.m.lineOf(f.File, g.Hook.Ops.Start)
	p.Report(f)
}
