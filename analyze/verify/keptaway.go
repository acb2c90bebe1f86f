package verify

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// neverHere reports whether case c of the switch that ends blk says that its command does not come here: it asks nothing, and fails or answers with an
// error that is no denial, and unknown commands are answered elsewhere.
func (m *model) neverHere(f *analyze.Fn, blk *ir.Block, c ir.Case) bool {
	body := fallTarget(f, c.Block)
	if slices.ContainsFunc(blk.Cases, func(o ir.Case) bool { return o.Default && fallTarget(f, o.Block) == body }) {
		return false
	}
	for b, ok := range Graph(f).Reach([]int32{body}, nil) {
		if !ok {
			continue
		}
		to := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[to.First : to.First+to.Len] {
			asserts := is.Stmt != ir.None && m.p.Profile.Neutral.Has(f.S(f.F.Stmts[is.Stmt].Macro))
			if is.Kind == ir.ICall && !asserts && !m.p.Profile.Neutral.Has(f.CallName(is.N)) {
				return false
			}
		}
		if to.Term == ir.TReturn && (to.N == ir.None || !m.mistake(f, to.N)) {
			return false
		}
	}
	return true
}

// mistake reports whether a result is an error number that says neither that something is denied nor that it is not to be had.
func (m *model) mistake(f *analyze.Fn, n int32) bool {
	nd, e := &f.F.Nodes[f.Strip(n)], m.p.Profile.Errors
	return nd.Flags&ir.HasVal != 0 && nd.Val < 0 && !e.Denied.Has(f.Text(n)) && !e.Unsupported.Has(f.Text(n))
}

// sent lists the commands that a switch of f, which ends block sw, sends away from block main behind it: no way from their code leads there. None when
// the switch is not in front of it.
func sent(f *analyze.Fn, sw, main int32) (out []string) {
	if sw == main || f.F.Blocks[sw].Term != ir.TSwitch || !Graph(f).Reach([]int32{sw}, nil)[main] {
		return nil
	}
	for _, c := range f.F.Blocks[sw].Cases {
		if !c.Default && isName(f.S(c.Name)) && !Graph(f).Reach([]int32{c.Block}, nil)[main] {
			out = append(out, f.S(c.Name))
		}
	}
	return out
}

// sending is a switch that sends commands away from what stands behind it.
type sending struct {
	end    int32 // the byte behind it
	labels []string
}

// sendings lists the switches of f that send commands away from block main.
func sendings(f *analyze.Fn, main int32) (out []sending) {
	for i := range f.F.Stmts {
		st := &f.F.Stmts[i]
		for b := range f.F.Blocks {
			if st.Kind != ir.SSwitch || f.F.Blocks[b].N != st.N {
				continue
			}
			if labels := sent(f, int32(b), main); len(labels) > 0 {
				out = append(out, sending{st.End, labels})
			}
		}
	}
	return out
}

// behindAway is the byte behind the last switch of r's function that sends away commands which never come to the module's function for hook h, 0 for
// none: the hook is for what is left.
func (f *finder) behindAway(h *tables.Hook, r *Region) (at int32) {
	main, s := f.index().mainSwitch(r.Fn), f.switchOf(h)
	if s == nil || main == ir.None || len(r.Labels) > 0 {
		return 0
	}
	for _, o := range sendings(r.Fn, main) {
		if slices.ContainsFunc(o.labels, func(l string) bool { return s.Away[l] }) {
			at = max(at, o.end)
		}
	}
	return at
}

// switchOf is the command switch of the module's function for hook h, nil when it has none.
func (f *finder) switchOf(h *tables.Hook) *Switch {
	for _, s := range f.switches {
		if s.Hook == h {
			return s
		}
	}
	return nil
}

// sentAway gives the commands that a dispatcher sends away before its hook is asked, and that the hook's module asks about itself, a call in their own code.
func (s *search) sentAway() {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || d.label != "" || d.gap.After == 0 {
				continue
			}
			fn, known := d.gap.Region.Fn, s.f.switchOf(d.h)
			for _, o := range sendings(fn, s.f.index().mainSwitch(fn)) {
				for _, l := range o.labels {
					if o.end <= d.gap.After && known.Known[l] && !known.Delegated[l] {
						s.askIn(d, l)
					}
				}
			}
		}
	}
}

// askIn asks the hook of demand d once more, in the code of one command.
func (s *search) askIn(d *demand, label string) {
	n := s.forLabel(d.h, label)
	if n == nil || n.cands[0].s < s.least(n) {
		return
	}
	r := n.cands[0].r
	key := textKey{r.Fn.File, r.Start}
	if r.Fn == d.gap.Region.Fn && len(r.Labels) == 0 || s.has(n, key) || s.occupied(n, r, key) {
		return
	}
	n.why = label + ", which its module asks about, is sent away before " + d.gap.Region.String() + " asks"
	s.text[key], s.taken[r] = append(s.text[key], n), append(s.taken[r], n.h)
	s.report(n, 0)
}
