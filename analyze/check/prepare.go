package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// prepares reports whether an instruction changes only objects that the hook's function itself has made: nobody else sees them yet.
func (l *lateness) prepares(is ir.Instr) bool {
	f := l.s.Fn
	for _, p := range l.m.changed(f, is) {
		if p == "g:" && is.Kind == ir.ICall && l.m.ownArgs(f, is.N) {
			continue // memory, counters: what making an object takes
		}
		if root := rootOf(p); !l.m.made(f, root) || l.lookedUp(root) || len(l.m.owners(f, p)) > 0 {
			return false
		}
	}
	return true
}

// ownArgs reports whether a call is given objects that the function made, and constants.
func (m *model) ownArgs(f *analyze.Fn, n int32) bool {
	for _, a := range f.Args(n) {
		if f.F.Nodes[f.Strip(a)].Flags&ir.HasVal == 0 && !m.made(f, rootOf(f.Path(a))) {
			return false
		}
	}
	return len(f.Args(n)) > 0
}

// made reports whether the variable at path root takes the result of a call that makes an object: one that changes state and nothing that it is given.
func (m *model) made(f *analyze.Fn, root string) bool {
	if root == "" {
		return false
	}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.ICall && is.N != ir.None && m.finds(f, is) && len(m.changed(f, is)) > 0 && !m.p.Profile.Lookups.Has(f.CallName(is.N)) &&
			(f.Path(is.N) == root || m.storedAt(f, is.N) == root) {
			return true
		}
	}
	return false
}
