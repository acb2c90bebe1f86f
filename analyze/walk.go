package analyze

import (
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// Scope is the unit of facts: one command of one entry. Its Path names the chosen case of every dispatcher on the way, outermost first;
// an entry that dispatches on nothing has one scope with an empty Path.
type Scope struct {
	Entry    *Entry
	Path     []Choice
	bindings []binding
}

// Choice is one case label taken.
type Choice struct {
	Fn      *Fn
	Block   int32 // of the switch
	Case    string
	Value   int64
	Default bool
	Start   int32 // byte of the label in Fn's file
}

// Command is the innermost named case, "" when there is none.
func (s *Scope) Command() string {
	for i := len(s.Path) - 1; i >= 0; i-- {
		if !s.Path[i].Default {
			return s.Path[i].Case
		}
	}
	return ""
}

// ID is the scope's stable name: entry/CASE/CASE, default cases of outer dispatchers left out.
func (s *Scope) ID() string {
	parts := []string{s.Entry.Name}
	for i, c := range s.Path {
		if !c.Default {
			parts = append(parts, c.Case)
		} else if i == len(s.Path)-1 {
			parts = append(parts, "default")
		}
	}
	return strings.Join(parts, "/")
}

// binding fixes the value at a path of a function's frame.
type binding struct {
	fn   *Fn
	path string
	b    bound
}

// visit is one frame reached in a scope, with the way there.
type visit struct {
	fr     *frame
	parent int // index of the caller's visit, -1 for the entry
	call   *call
	depth  int
}

// walkLimits bound one scope's walk.
const (
	maxDepth  = 12
	maxFrames = 6000
)

// walked is what a scope's walk saw. It can be used again for another walk.
type walked struct {
	visits    []visit
	truncated bool
	seen      marks // frames
}

// marks is a set of small numbers that is emptied at no cost.
type marks struct {
	round uint32
	at    []uint32
}

func (m *marks) clear() { m.round++ }

// add reports whether i was not in the set.
func (m *marks) add(i int32) bool {
	for int(i) >= len(m.at) {
		m.at = append(m.at, make([]uint32, 1024+len(m.at))...)
	}
	if m.at[i] == m.round {
		return false
	}
	m.at[i] = m.round
	return true
}

// walk visits the frames that the scope can reach from its entry, callers before callees: all of them down to depth shallow,
// below that those from which a hook can be reached.
// A closed walk goes through every possible case of dispatchers that the scope leaves open. The result is in w.
func (p *Program) walk(w *walked, s *Scope, shallow, deep int, closed bool) {
	w.visits, w.truncated = w.visits[:0], false
	w.seen.clear()
	multi := p.Profile.Entries.Multicall.Has(s.Entry.Name)
	root := p.enter(s.Entry.Fn, s.bind(s.Entry.Fn, p.entryEnv(s.Entry)))
	if closed {
		root = p.close(root)
	}
	w.visits = append(w.visits, visit{root, -1, nil, 0})
	w.seen.add(root.id)
	for i := 0; i < len(w.visits); i++ {
		v := w.visits[i]
		if v.depth >= deep {
			continue
		}
		if len(w.visits) >= maxFrames {
			w.truncated = true
			break
		}
		for c := range v.fr.calls {
			cl := &v.fr.calls[c]
			if multi && cl.fn.entry { // has scopes of its own
				continue
			}
			if cl.fn.neutral || v.depth >= shallow && !cl.fn.hooked {
				continue
			}
			fr := p.enterCall(s, cl)
			if closed {
				fr = p.close(fr)
			}
			if w.seen.add(fr.id) {
				w.visits = append(w.visits, visit{fr, i, cl, v.depth + 1})
			}
		}
	}
}

// close returns the frame with its open dispatchers gone through.
func (p *Program) close(fr *frame) *frame {
	if len(fr.open) == 0 {
		return fr
	}
	if c := fr.closed.Load(); c != nil {
		return c
	}
	e := fr.env
	e.closed = true
	c := p.enter(fr.fn, e)
	fr.closed.Store(c)
	return c
}

// enterCall returns the frame of a call in scope s.
func (p *Program) enterCall(s *Scope, cl *call) *frame {
	for _, b := range s.bindings {
		if b.fn == cl.fn {
			return p.enter(cl.fn, s.bind(cl.fn, cl.env))
		}
	}
	fr := cl.fr.Load()
	if fr == nil {
		fr = p.enter(cl.fn, cl.env)
		cl.fr.Store(fr)
	}
	return fr
}

// bind adds the scope's bindings for fn to its environment.
func (s *Scope) bind(fn *Fn, e env) env {
	for _, b := range s.bindings {
		if b.fn != fn {
			continue
		}
		c := make(map[string]bound, len(e.consts)+1)
		for k, v := range e.consts {
			c[k] = v
		}
		if old, ok := c[b.path]; !ok || !old.known {
			c[b.path] = b.b
		}
		e.consts = c
	}
	return e
}

// entryEnv is the world of an entry: all its parameters come from the guest.
func (p *Program) entryEnv(e *Entry) env {
	out := env{guest: map[string]bool{}}
	for i := int32(0); i < e.Fn.F.Params; i++ {
		out.guest["p"+strconv.Itoa(int(i))] = true
	}
	return out
}

// maxNest bounds how deep dispatchers nest in one scope.
const maxNest = 3

// Scopes finds every sub-command scope of entry e, through nested dispatchers.
func (p *Program) Scopes(e *Entry) []*Scope {
	if p.Profile.Entries.Multicall.Has(e.Name) {
		return []*Scope{{Entry: e}}
	}
	var out []*Scope
	var w walked
	var grow func(s *Scope)
	grow = func(s *Scope) {
		kids := p.split(&w, s)
		if len(kids) == 0 {
			out = append(out, s)
			return
		}
		for _, k := range kids {
			grow(k)
		}
	}
	grow(&Scope{Entry: e})
	return out
}

// split refines s at the first open dispatcher its walk meets; nil when there is none. The walk is done in w.
func (p *Program) split(w *walked, s *Scope) []*Scope {
	if named(s) >= maxNest || len(s.Path) >= 3*maxNest {
		return nil
	}
	p.walk(w, s, maxDispatchDepth, maxDispatchDepth, false)
	for i, v := range w.visits {
		for _, d := range v.fr.open {
			if p.nested(s, w, i, d) {
				return p.children(s, w, i, d)
			}
		}
	}
	return nil
}

// nested reports whether dispatch d of visit i refines s: it stands in the code of the innermost choice made so far, or switches on the same value.
func (p *Program) nested(s *Scope, w *walked, i int, d dispatch) bool {
	if len(s.Path) == 0 {
		return true
	}
	last := s.Path[len(s.Path)-1]
	block := d.block
	for ; i >= 0; i = w.visits[i].parent {
		fr := w.visits[i].fr
		if fr.fn == last.Fn {
			return p.phases(last)[block] == own || last.Default && d.path == fr.fn.Path(fr.fn.F.Blocks[last.Block].N) && fr.fn.F.Blocks[block].Term == ir.TSwitch
		}
		if w.visits[i].call != nil {
			block = w.visits[i].call.block
		}
	}
	return false
}

// named counts the named choices of s.
func named(s *Scope) (n int) {
	for _, c := range s.Path {
		if !c.Default {
			n++
		}
	}
	return n
}

// maxDispatchDepth is how many calls below the entry a dispatcher may stand.
const maxDispatchDepth = 4

// children makes a scope for each case of dispatch d in visit i.
func (p *Program) children(s *Scope, w *walked, i int, d dispatch) (out []*Scope) {
	fr := w.visits[i].fr
	blk := &fr.fn.F.Blocks[d.block]
	fn, path := p.lift(w, i, d.path)
	var all []int64
	for _, c := range blk.Cases {
		if !c.Default {
			all = append(all, c.Lo)
		}
	}
	add := func(ch Choice, b bound) {
		k := &Scope{Entry: s.Entry, Path: append(append([]Choice(nil), s.Path...), ch)}
		k.bindings = append(append([]binding(nil), s.bindings...), binding{fn, path, b})
		out = append(out, k)
	}
	for _, c := range blk.Cases {
		if !c.Default && !d.bound.excludes(c.Lo) {
			add(Choice{Fn: fr.fn, Block: d.block, Case: fr.fn.U.S(c.Name), Value: c.Lo, Start: c.Start}, bound{known: true, val: c.Lo})
		}
	}
	def := Choice{Fn: fr.fn, Block: d.block, Default: true, Start: fr.fn.F.Stmts[blk.Stmt].Start}
	for _, c := range blk.Cases {
		if c.Default {
			def.Start = c.Start
		}
	}
	add(def, d.bound.without(all))
	return out
}

// lift translates a path of visit i's frame as far up the call chain as it can be named.
func (p *Program) lift(w *walked, i int, path string) (*Fn, string) {
	for w.visits[i].parent >= 0 {
		v := w.visits[i]
		caller := w.visits[v.parent].fr.fn
		var args []string
		for _, a := range caller.args(v.call.node) {
			args = append(args, caller.Path(a))
		}
		q, ok := up(path, args)
		if !ok {
			break
		}
		i, path = v.parent, q
	}
	return w.visits[i].fr.fn, path
}
