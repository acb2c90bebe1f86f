package analyze

import "github.com/xsmpatch/xsmpatch/refactor"

// Frame is one function on the way from a hypercall's entry to some code.
type Frame struct {
	Place        // where the function starts
	Call  *Place // the call in it that leads on, nil in the last frame
}

// Way answers how one operation's code is reached: the calls that its command can take, with the guest's command word fixed.
type Way struct {
	Op     string  // Op.ID
	Labels []Label // the case labels on the way, outermost first
	x      *extractor
	w      *walked
	at     map[wayKey]int // the visit nearest to the entry, by function
}

// wayKey names a function: static ones of two files may share a name.
type wayKey struct{ file, function string }

// EachWay walks the operations of the entries that want names once more, of all entries when it is nil, and shows their ways, which are good until
// show returns. An operation with two dispatchers is shown twice.
func (s *Scanned) EachWay(t *refactor.Tree, want map[string]bool, show func(*Way)) {
	p := s.Program
	x := &extractor{p: p, pos: newPositions(t, s.DB.Overlay)}
	entries, _ := p.Entries(t)
	buf := &walked{}
	for _, e := range entries {
		if want != nil && !want[e.Name] {
			continue
		}
		for _, sc := range p.Scopes(e) {
			show(x.way(sc, buf))
		}
	}
}

// way walks one scope, in buf.
func (x *extractor) way(s *Scope, buf *walked) *Way {
	x.p.walk(buf, s, directDepth, maxDepth, true)
	w := &Way{Op: s.ID(), x: x, w: buf, at: map[wayKey]int{}}
	for i, v := range w.w.visits {
		k := wayKey{v.fr.fn.File, v.fr.fn.Name}
		if _, ok := w.at[k]; !ok {
			w.at[k] = i
		}
	}
	for _, c := range s.Path {
		if !c.Default {
			w.Labels = append(w.Labels, Label{Case: c.Case, Place: x.place(c.Fn, c.Start)})
		}
	}
	return w
}

// To lists the functions from the entry to one that the operation reaches, with the calls between them; nil when it does not reach it.
func (w *Way) To(file, function string) []Frame {
	i, ok := w.at[wayKey{file, function}]
	if !ok {
		return nil
	}
	var out []Frame
	var call *Place
	for ; i >= 0; i = w.w.visits[i].parent {
		v := w.w.visits[i]
		out = append(out, Frame{w.x.place(v.fr.fn, v.fr.fn.F.Start), call})
		if v.call != nil {
			from := w.w.visits[v.parent].fr.fn
			at := w.x.place(from, from.F.Nodes[v.call.node].Start)
			call = &at
		}
	}
	for a, b := 0, len(out)-1; a < b; a, b = a+1, b-1 {
		out[a], out[b] = out[b], out[a]
	}
	return out
}
