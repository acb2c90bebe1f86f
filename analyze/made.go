package analyze

import (
	"iter"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// Own lists the functions of the hypervisor's own source files, each text once: none of headers, of modules behind the hooks, or that a macro writes.
func (p *Program) Own() (out []*Fn) {
	seen := map[string]bool{}
	for _, f := range p.Fns {
		if k := f.File + ":" + f.Name; !seen[k] && !p.InModule(f.File) && !strings.HasSuffix(f.File, ".h") && !f.F.InMacro {
			seen[k] = true
			out = append(out, f)
		}
	}
	return out
}

// Makes yields the local variables of f that take memory which is allocated there, each with the call.
func (p *Program) Makes(f *Fn) iter.Seq2[int32, Call] {
	return func(yield func(int32, Call) bool) {
		for b := range f.F.Blocks {
			blk := &f.F.Blocks[b]
			for i := blk.First; i < blk.First+blk.Len; i++ {
				v, from := f.Defines(f.F.Instrs[i])
				if v == ir.None || from == ir.None || f.F.Instrs[i].Kind == ir.ICall {
					continue
				}
				if n := f.Strip(from); p.Profile.Life.Allocators.Has(f.CallNameAt(n)) && !yield(v, Call{int32(b), i, n}) {
					return
				}
			}
		}
	}
}

// MakesObject is the first call of [Program.Makes] whose variable has type t.
func (p *Program) MakesObject(f *Fn, t string) (made Call, ok bool) {
	for v, c := range p.Makes(f) {
		if f.S(f.F.Vars[v].Type) == t {
			return c, true
		}
	}
	return made, false
}

// Frees yields the calls in f that free memory of type t.
func (p *Program) Frees(f *Fn, t string) iter.Seq[Call] {
	return func(yield func(Call) bool) {
		for c := range f.Calls(nil) {
			args := f.Args(c.Node)
			if len(args) > 0 && p.Profile.Life.Freers.Has(f.CallName(c.Node)) && f.S(f.F.Nodes[f.Strip(args[0])].Type) == t && !yield(c) {
				return
			}
		}
	}
}
