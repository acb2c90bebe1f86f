package analyze

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// A function that copies guest data to where a parameter points fills that place for its callers: Fn.fills names such places as
// the function sees them ("p0*"), Fn.filled those that its own callees fill, as it sees them itself.

// maxFills bounds the places that one function fills.
const maxFills = 8

// findFills fills in fills and filled of every function, callees before their callers.
func (p *Program) findFills(callers [][]*Fn) {
	inParallel(p.workers, len(p.Fns), func(i int) {
		f := p.Fns[i]
		if f.neutral {
			return // what it copies is known from its name
		}
		for _, is := range f.F.Instrs {
			if is.Kind != ir.ICall {
				continue
			}
			if c, args := p.copyCall(f, is.N); c != nil && !c.Back && c.To < len(args) {
				f.fill(deref(f.Path(args[c.To])))
			}
		}
	})
	var work []*Fn
	for _, f := range p.Fns {
		if len(f.fills) > 0 {
			work = append(work, f)
		}
	}
	for len(work) > 0 {
		f := work[0]
		work = work[1:]
		for _, c := range callers[f.ID] {
			if !c.neutral && c.takeFills(f) {
				work = append(work, c)
			}
		}
	}
}

// fill records that f puts guest data at a path of its own; it reports whether callers see that, and it is new.
func (f *Fn) fill(path string) bool {
	if !strings.HasPrefix(path, "p") || !strings.Contains(path, "*") || slices.Contains(f.fills, path) || len(f.fills) == maxFills {
		return false
	}
	f.fills = append(f.fills, path)
	return true
}

// takeFills adds what f's calls of callee fill; it reports whether f's callers see something new.
func (f *Fn) takeFills(callee *Fn) (news bool) {
	for _, s := range f.calls {
		if !slices.Contains(s.fns, callee) || f.isAsm(s.node) {
			continue
		}
		var args []string
		for _, a := range f.args(s.node) {
			args = append(args, f.Path(a))
		}
		for _, path := range callee.fills {
			if q, ok := up(path, args); ok && !slices.Contains(f.filled, q) {
				f.filled = append(f.filled, q)
				news = f.fill(q) || news
			}
		}
	}
	return news
}
