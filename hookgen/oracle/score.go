package oracle

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Figures counts one group of hook calls.
type Figures struct {
	Truth  int // calls that were taken out, in functions that the configuration compiles
	Placed int // calls that plan proposes
	Right  int // of these, at a function and sub-command that had that hook
	Gap    int // of those, between the same two statements
	Args   int // with the same arguments
	Action int // with the same default action
}

// Report is the comparison of one tree.
type Report struct {
	Groups  map[string]*Figures // "check", "notify", and "check CLASS"
	Misses  []string
	Extras  []string
	Details []string // of right placements: what differs
	Outside int      // calls that the configuration does not compile
}

// scope is where a call stands: a function and the case group around it.
type scope struct{ file, function, command string }

// Scorer compares plans with the truth on one stripped tree.
type Scorer struct {
	Tree  *refactor.Tree
	Prog  *analyze.Program
	Tabs  *tables.Tables // of the tree as it was
	byPos map[string][]*analyze.Fn
}

// NewScorer indexes a program by file.
func NewScorer(t *refactor.Tree, p *analyze.Program, tabs *tables.Tables) *Scorer {
	s := &Scorer{Tree: t, Prog: p, Tabs: tabs, byPos: map[string][]*analyze.Fn{}}
	for _, f := range p.Fns {
		s.byPos[f.File] = append(s.byPos[f.File], f)
	}
	return s
}

// at finds the scope around byte off of a file; ok is false in code that was not compiled.
func (s *Scorer) at(file string, off int) (scope, bool) {
	for _, f := range s.byPos[file] {
		if int(f.F.Start) <= off && off < int(f.F.End) {
			return scope{file, f.Name, caseAt(f, off)}, true
		}
	}
	return scope{}, false
}

// caseAt names the case group around byte off: the labels of the innermost switch that stand before it without code between them.
func caseAt(f *analyze.Fn, off int) string {
	sw := ir.None
	for i := range f.F.Stmts {
		st := &f.F.Stmts[i]
		if st.Kind == ir.SSwitch && int(st.Start) < off && off < int(st.End) && (sw == ir.None || st.Start >= f.F.Stmts[sw].Start) {
			sw = int32(i)
		}
	}
	if sw == ir.None {
		return ""
	}
	best := int32(-1)
	for i := range f.F.Stmts {
		if st := &f.F.Stmts[i]; st.Kind == ir.SCase && int(st.Start) <= off && switchOf(f, int32(i)) == sw && st.Start > best {
			best = st.Start
		}
	}
	return fmt.Sprint(best)
}

// switchOf is the switch that case statement i belongs to.
func switchOf(f *analyze.Fn, i int32) int32 {
	for p := f.F.Stmts[i].Parent; p != ir.None; p = f.F.Stmts[p].Parent {
		if f.F.Stmts[p].Kind == ir.SSwitch {
			return p
		}
	}
	return ir.None
}

// kind sorts a hook: check or notify.
func (s *Scorer) kind(hook string) string {
	h := s.Tabs.Hook(hook)
	old := !slices.ContainsFunc(s.Tabs.Hooks, func(o *tables.Hook) bool { return o.Default }) // no hook passes a default action
	if h != nil && h.Result == "int" && (h.Default || len(h.Vectors) > 0 || old && !strings.HasPrefix(hook, s.Tabs.Prefix+"alloc_")) {
		return "check"
	}
	return "notify"
}

// gap is the byte of the next statement at or behind off: declarations, labels and braces between do not count.
func (s *Scorer) gap(file string, off int) int {
	best := int32(-1)
	for _, f := range s.byPos[file] {
		if int(f.F.Start) > off || off >= int(f.F.End) {
			continue
		}
		for i := range f.F.Stmts {
			st := &f.F.Stmts[i]
			switch st.Kind {
			case ir.SDecl, ir.SBlock, ir.SCase, ir.SLabel:
				continue
			}
			if int(st.Start) >= off && (best < 0 || st.Start < best) {
				best = st.Start
			}
		}
		break
	}
	return int(best)
}

// Score compares the placements with the sites. Named tells whether the hooks' names were known.
func (s *Scorer) Score(sites []*Site, plan *hookgen.Plan, named bool) *Report {
	r := &Report{Groups: map[string]*Figures{}}
	taken := map[*hookgen.Placement]*Site{}
	sortSites(sites)
	var open []*Site
	for _, site := range sites {
		sc, ok := s.at(site.File, site.Offset)
		if !ok {
			r.Outside++
			continue
		}
		best, rank := (*hookgen.Placement)(nil), -1
		for _, p := range plan.Placements {
			if p.IsCase() {
				continue
			}
			psc, _ := s.at(p.File, p.Offset)
			if taken[p] != nil || psc != sc || named && p.Hook != site.Hook || !named && s.kind(p.Hook) != s.kind(site.Hook) && p.New == nil {
				continue
			}
			n := 1
			if s.sameGap(site, p) {
				n += 2
			}
			if sameArgs(site.Args, p.Args) {
				n++
			}
			if n > rank {
				best, rank = p, n
			}
		}
		for _, g := range s.groups(r, site.Hook, best) {
			g.Truth++
		}
		if best == nil {
			open = append(open, site)
			continue
		}
		taken[best] = site
	}
	s.right(r, taken)
	s.wrong(r, open, plan, taken)
	return r
}

func (s *Scorer) sameGap(site *Site, p *hookgen.Placement) bool {
	a, b := s.gap(site.File, site.Offset), s.gap(p.File, p.Offset)
	if of := s.condition(p.File, p.Offset); of != p.Offset { // the last thing that an if asks is asked at the start of its arm
		return a == b || a == s.gap(p.File, of)
	}
	return a == b || site.Inside && b == s.behind(site.File, a)
}

// condition is the start of the if in whose condition byte off is, off where it is in none.
func (s *Scorer) condition(file string, off int) int {
	for _, f := range s.byPos[file] {
		for i := range f.F.Stmts {
			st := &f.F.Stmts[i]
			if st.Kind != ir.SIf || int(st.Start) >= off || off >= int(st.End) {
				continue
			}
			if !slices.ContainsFunc(f.F.Stmts, func(o ir.Stmt) bool { return o.Parent == int32(i) && int(o.Start) <= off }) {
				return int(st.Start)
			}
		}
	}
	return off
}

// behind is the first statement behind the one at byte at and behind the test of its result: a call that was one operand of a statement can come
// before or behind the others.
func (s *Scorer) behind(file string, at int) int {
	for _, f := range s.byPos[file] {
		for i := range f.F.Stmts {
			st := &f.F.Stmts[i]
			if int(st.Start) != at || st.Kind == ir.SDecl || st.Kind == ir.SBlock {
				continue
			}
			next := s.gap(file, int(st.End))
			for j := range f.F.Stmts {
				if o := &f.F.Stmts[j]; int(o.Start) == next && o.Kind == ir.SIf && o.Parent == st.Parent && st.Kind != ir.SIf {
					next = s.gap(file, int(o.End))
					break
				}
			}
			return next
		}
	}
	return -1
}

func sameArgs(a, b []string) bool {
	return strings.ReplaceAll(strings.Join(a, ","), " ", "") == strings.ReplaceAll(strings.Join(b, ","), " ", "")
}

// groups are the counters that a hook's call belongs to.
func (s *Scorer) groups(r *Report, hook string, p *hookgen.Placement) (out []*Figures) {
	keys := []string{s.kind(hook)}
	if p != nil && s.Tabs.Hook(hook) == nil {
		keys[0] = p.Kind
	}
	if p != nil && p.Class != "" {
		keys = append(keys, keys[0]+" "+p.Class)
	}
	for _, k := range keys {
		if r.Groups[k] == nil {
			r.Groups[k] = &Figures{}
		}
		out = append(out, r.Groups[k])
	}
	return out
}

// right counts the placements that fit and says what differs.
func (s *Scorer) right(r *Report, taken map[*hookgen.Placement]*Site) {
	for p, site := range taken {
		gap, args, action := s.sameGap(site, p), sameArgs(site.Args, p.Args), site.Action == p.Action
		for _, g := range s.groups(r, site.Hook, p) {
			g.Right++
			g.Gap += count(gap)
			g.Args += count(args)
			g.Action += count(action)
		}
		d := ""
		if !gap {
			d += fmt.Sprintf(" line %d, was %d;", p.Line, site.Line)
		}
		if !args {
			d += fmt.Sprintf(" args %q, were %q;", p.Args, site.Args)
		}
		if !action {
			d += fmt.Sprintf(" action %q, was %q;", p.Action, site.Action)
		}
		if d != "" {
			r.Details = append(r.Details, fmt.Sprintf("%s: %s: %s:%s", site.File, p.Function, site.Hook, d))
		}
	}
	sort.Strings(r.Details)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// wrong lists what was missed, with the plan's refusals, and what was placed where no hook was.
func (s *Scorer) wrong(r *Report, open []*Site, plan *hookgen.Plan, taken map[*hookgen.Placement]*Site) {
	for _, site := range open {
		why := ""
		for _, f := range plan.Refusals {
			if f.Gap.Hook != nil && s.Tabs.Prefix+f.Gap.Hook.Name == site.Hook {
				why += fmt.Sprintf(" refused at %v: %s;", f.Gap.Region, f.Reason)
			}
		}
		fn, _ := s.at(site.File, site.Offset)
		r.Misses = append(r.Misses, fmt.Sprintf("%s:%d %s %s(%s)%s", site.File, site.Line, fn.function, site.Hook, strings.Join(site.Args, ", "), why))
	}
	for _, p := range plan.Placements {
		if p.IsCase() {
			continue // no call
		}
		for _, g := range s.groups(r, p.Hook, p) {
			g.Placed++
		}
		if taken[p] == nil {
			r.Extras = append(r.Extras, fmt.Sprintf("%s %s:%d %s/%s %s(%s)", s.kind(p.Hook), p.File, p.Line, p.Function, p.Command, p.Hook, strings.Join(p.Args, ", "))+evidence(p))
		}
	}
}

// evidence is why the plan has a placement.
func evidence(p *hookgen.Placement) string {
	if p.Gap == nil || len(p.Gap.Evidence) == 0 {
		return ""
	}
	e := p.Gap.Evidence[len(p.Gap.Evidence)-1]
	return " because " + e[strings.LastIndex(e, ": ")+1:]
}

// Print writes the table of figures, and with details every miss, extra and difference.
func (r *Report) Print(w io.Writer, details bool) {
	var keys []string
	for k, g := range r.Groups {
		if g.Truth+g.Placed > 0 {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	fmt.Fprintf(w, "%-30s %6s %7s %6s  %7s %9s  %6s %6s %7s\n", "", "calls", "placed", "right", "recall", "precision", "gap", "args", "action")
	for _, k := range keys {
		g := r.Groups[k]
		fmt.Fprintf(w, "%-30s %6d %7d %6d  %6.1f%% %8.1f%%  %5.1f%% %5.1f%% %6.1f%%\n", k, g.Truth, g.Placed, g.Right,
			percent(g.Right, g.Truth), percent(g.Right, g.Placed), percent(g.Gap, g.Right), percent(g.Args, g.Right), percent(g.Action, g.Right))
	}
	fmt.Fprintf(w, "%d calls in code that this configuration leaves out\n", r.Outside)
	if !details {
		return
	}
	for _, l := range [][2]any{{"missed", r.Misses}, {"extra", r.Extras}, {"differs", r.Details}} {
		for _, s := range l[1].([]string) {
			fmt.Fprintf(w, "%s: %s\n", l[0], s)
		}
	}
}

func percent(a, b int) float64 {
	if b == 0 {
		return 100
	}
	return 100 * float64(a) / float64(b)
}
