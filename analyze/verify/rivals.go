package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// apart tells the hooks that share the code of several sub-commands when each is asked: "cmd == LABEL", for its own sub-commands. A gap that is left
// without such a condition is a rival that only an arm of its own can tell apart.
func (s *search) apart() {
	for _, key := range s.textKeys() {
		ds := s.text[key]
		if !slices.ContainsFunc(ds, func(d *demand) bool { return d.h != ds[0].h }) {
			continue
		}
		for _, d := range ds {
			if d.gap == nil || d.label == "" || len(d.gap.Region.Labels) < 2 {
				continue
			}
			d.gap.Rival, d.gap.When = true, d.gap.Region.told(append([]string{d.label}, d.also...))
		}
	}
}

// joins notes that a hook which is in this text already is there for one more of the region's sub-commands.
func (s *search) joins(d *demand, r *Region, key textKey) {
	for _, o := range s.text[key] {
		if o.h == d.h && d.label != "" && slices.Contains(r.Labels, d.label) {
			o.also = append(o.also, d.label)
		}
	}
}

// textKeys are the places that have a hook, in order.
func (s *search) textKeys() (out []textKey) {
	for k := range s.text {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b textKey) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return int(a.start) - int(b.start)
	})
	return out
}

// told is the condition that the code runs for one of the region's labels, "" when what its switch tells them apart by is no variable or member.
func (r *Region) told(labels []string) string {
	f := r.Fn
	n := f.Strip(f.F.Blocks[r.Switch].N)
	if f.F.Nodes[n].Op == ir.Assign {
		n = f.Strip(f.F.Nodes[n].X)
	}
	if op := f.F.Nodes[n].Op; op != ir.Ident && op != ir.Field {
		return ""
	}
	var out []string
	for _, l := range labels {
		out = append(out, f.Text(n)+" == "+l)
	}
	if len(out) > 1 {
		return "(" + strings.Join(out, " || ") + ")"
	}
	return out[0]
}

// pairs adds the hook that undoes what a placed one does, where the code of the place does either: a local flag that is called what the one hook does
// ("plug" for resource_plug and resource_unplug) says which.
func (s *search) pairs(hooks []*tables.Hook) {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || d.gap.When != "" || d.gap.Region.Switch == ir.None {
				continue
			}
			for _, o := range hooks {
				word, first := undone(d.h.Name, o.Name)
				if word == "" || !sameParams(d.h, o) || !d.gap.Region.eitherWay(word) || slices.ContainsFunc(s.text[key], func(x *demand) bool { return x.h == o }) {
					continue
				}
				n := s.give(o, d.label, d.gap.Region, "the code does this or what "+s.f.tabs.Prefix+d.h.Name+" is about, as "+word+" says")
				d.gap.When, n.gap.When = word, "!"+word
				if !first {
					d.gap.When, n.gap.When = n.gap.When, d.gap.When
				}
				d.gap.Rival, n.gap.Rival = true, true
				break
			}
		}
	}
}

// undone is the word by which the names of two hooks differ when one undoes what the other does, "" otherwise; first tells whether it is the first that does it.
func undone(a, b string) (word string, first bool) {
	x, y := splitWords(a), splitWords(b)
	if len(x) != len(y) {
		return "", false
	}
	for i := range x {
		switch {
		case x[i] == y[i]:
		case word == "" && opposite(x[i], y[i]):
			word, first = x[i], true
		case word == "" && opposite(y[i], x[i]):
			word = y[i]
		default:
			return "", false
		}
	}
	return word, first
}

func sameParams(a, b *tables.Hook) bool {
	return slices.EqualFunc(a.Params, b.Params, func(p, q tables.Param) bool { return p.Type == q.Type })
}

// eitherWay reports whether the region's code sets a local variable of that name to true on one way and to false on another.
func (r *Region) eitherWay(name string) bool {
	f := r.Fn
	yes, no := false, false
	for _, is := range f.F.Instrs {
		if is.Kind != ir.IAssign || is.Stmt == ir.None || !r.Blocks[f.F.Stmts[is.Stmt].Block] {
			continue
		}
		nd := &f.F.Nodes[is.N]
		x := &f.F.Nodes[f.Strip(nd.X)]
		if nd.Y == ir.None || x.Op != ir.Ident || x.Var < f.F.Params || f.S(x.Name) != name {
			continue
		}
		switch v := &f.F.Nodes[f.Strip(nd.Y)]; {
		case v.Flags&ir.HasVal == 0:
		case v.Val == 0:
			no = true
		default:
			yes = true
		}
	}
	return yes && no
}
