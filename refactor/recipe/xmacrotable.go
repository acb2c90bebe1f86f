package recipe

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// xtable is a table that gives most members of the structure functions of one prefix.
type xtable struct {
	at[csrc.Var]
	prefix  string
	entries map[string]*xentry // by member
}

// xentry is a table's .NAME = FUNCTION.
type xentry struct {
	fn         string
	start, end int // bytes, with the comma
	conds      string
}

// findTables finds the tables that the list can make, and says of each member whether it can make its entries.
func (x *xmacro) findTables() {
	s := x.w.symbols()
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		for _, v := range s.vars[name] {
			if v.v.Type == x.tag && v.v.Init >= 0 && !v.v.Typedef {
				x.considerTable(v)
			}
		}
	}
	for _, t := range x.tables {
		for _, h := range x.hooks {
			if h.why == "" {
				h.why = t.other(h)
			}
		}
	}
}

// considerTable takes a table in when it gives three of four members, of those that a macro can make, functions of one prefix.
func (x *xmacro) considerTable(v at[csrc.Var]) {
	t := &xtable{at: v, entries: map[string]*xentry{}}
	u := v.u
	byPrefix := map[string]int{}
	for _, r := range u.Split(u.Toks, v.v.Init, int(u.Toks[v.v.Init].Match)) {
		if r[1]-r[0] != 4 || !u.Is(u.Toks, r[0], ".") || !u.Is(u.Toks, r[0]+2, "=") {
			continue
		}
		e := &xentry{fn: u.Text(u.Toks[r[0]+3]), start: int(u.Toks[r[0]].Start), end: int(u.Toks[r[1]-1].End)}
		if u.Is(u.Toks, r[1], ",") {
			e.end = int(u.Toks[r[1]].End)
		}
		e.conds = conditionsAt(u, e.start, int(u.Toks[v.v.Init].End))
		field := u.Text(u.Toks[r[0]+1])
		t.entries[field] = e
		if p, ok := strings.CutSuffix(e.fn, field); ok && p != "" {
			byPrefix[p]++
		}
	}
	t.prefix = mostOf(byPrefix)
	all, good := 0, 0
	for _, h := range x.hooks {
		if h.why == "" {
			all++
			if t.other(h) == "" {
				good++
			}
		}
	}
	if good == 0 || 4*good < 3*all {
		x.note(u.Path, u.Src, int(u.Toks[v.v.Tok].Start), Left, "%s stays as it is: the list fits %d of %d members", v.v.Name, good, all)
		return
	}
	x.tables = append(x.tables, t)
}

// other says why the list cannot make a member's entry, "" if it can.
func (t *xtable) other(h *xhook) string {
	e, name := t.entries[h.f.Name], t.v.Name
	switch {
	case e == nil:
		return fmt.Sprintf("%s has no .%s", name, h.f.Name)
	case e.fn != t.prefix+h.f.Name:
		return fmt.Sprintf("%s has %s for it", name, e.fn)
	case e.conds != h.conds:
		return fmt.Sprintf("in %s it stands under %q, in the structure under %q", name, e.conds, h.conds)
	case !wholeLine(t.u.Src, e.start, e.end):
		return fmt.Sprintf("in %s it shares its line", name)
	}
	return ""
}

// convert writes the inclusion over the entries that the list makes.
func (x *xmacro) convert(t *xtable) {
	u := t.u
	open, shut := int(u.Toks[t.v.Init].Start), int(u.Toks[u.Toks[t.v.Init].Match].Start)
	_, from := lineOf(u.Src, open)
	to, _ := lineOf(u.Src, shut)
	k := newLineCut(u, from+1, to)
	n := 0
	for _, h := range x.hooks {
		if h.why == "" {
			e := t.entries[h.f.Name]
			k.drop(e.start, e.end)
			n++
		}
	}
	if n == 0 {
		return
	}
	k.emptied()
	entry := fmt.Sprintf(".name = %s ## name,", t.prefix)
	k.edit(x.editor, k.place(), x.inclusion(entry, entry, ""))
	x.note(u.Path, u.Src, int(u.Toks[t.v.Tok].Start), Done, "%d entries of %s are made of %s", n, t.v.Name, path.Base(x.include))
}
