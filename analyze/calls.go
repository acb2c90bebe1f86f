package analyze

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// inParallel calls do for 0 to n-1 on so many goroutines, and returns when all is done.
func inParallel(workers, n int, do func(int)) {
	var next atomic.Int64
	step := max(1, n/(16*workers))
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for {
				last := int(next.Add(int64(step)))
				for i := last - step; i < min(last, n); i++ {
					do(i)
				}
				if last >= n {
					return
				}
			}
		})
	}
	wg.Wait()
}

// findCalls fills in the calls of every function, and what the profile says of its name.
func (p *Program) findCalls() {
	inParallel(p.workers, len(p.Fns), func(i int) {
		f := p.Fns[i]
		w := p.word(f, f.F.Name)
		f.neutral = w.neutral || w.copy != nil || w.held != nil && w.held.Kind == "lock" // its effect is known: nothing to see inside
		for j, is := range f.F.Instrs {
			if is.Kind != ir.ICall && is.Kind != ir.IAsm || is.N == ir.None {
				continue
			}
			fns, name := p.Callees(f, is.N)
			if f.isAsm(is.N) {
				fns = p.asmCallees(f, is.N)
			}
			if len(fns) > 0 {
				f.calls = append(f.calls, site{int32(j), is.N, fns})
			}
			if is.Kind == ir.ICall && p.callWord(f, is.N, name).hook {
				f.hooked = true
			}
		}
	})
}

// callWord is what the profile says of a call's target: by the name that the call spells, or that of a pointer.
func (p *Program) callWord(f *Fn, n int32, name string) *word {
	if i := f.callee(n); i != 0 {
		return p.word(f, i)
	}
	return p.words.of(name)
}

// callsIn lists the calls among instructions first to first+n-1 of f.
func (f *Fn) callsIn(first, n int32) []site {
	from, _ := slices.BinarySearchFunc(f.calls, first, func(s site, i int32) int { return int(s.instr - i) })
	to := from
	for to < len(f.calls) && f.calls[to].instr < first+n {
		to++
	}
	return f.calls[from:to]
}

// callers lists the callers of each function, by Fn.ID; one may be there more than once.
func (p *Program) callers() [][]*Fn {
	out := make([][]*Fn, len(p.Fns))
	for _, f := range p.Fns {
		for _, s := range f.calls {
			for _, c := range s.fns {
				out[c.ID] = append(out[c.ID], f)
			}
		}
	}
	return out
}

// markHooked finds the functions from which a hook call can be reached, given those that make one.
func (p *Program) markHooked(callers [][]*Fn) {
	var work []*Fn
	for _, f := range p.Fns {
		if f.hooked {
			work = append(work, f)
		}
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, c := range callers[f.ID] {
			if !c.hooked {
				c.hooked = true
				work = append(work, c)
			}
		}
	}
}
