package recipe

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// xwrapper is an inline function of a header that passes its parameters on to a member of the structure.
type xwrapper struct {
	at[csrc.Func]
	head   string // what stands before the result: "static inline"
	lead   string // parameters before those of the member: "xsm_default_t def"
	call   string // its statement, with name for the member and args for the arguments
	guards []guard
	why    string
}

// shape is what wrappers that one macro makes have in common.
func (w *xwrapper) shape() string { return w.u.Path + "\n" + w.head + "\n" + w.lead }

// otherwise says how a wrapper differs from those of another shape.
func (w *xwrapper) otherwise(shape string) string {
	parts := strings.Split(shape, "\n")
	switch {
	case w.lead != parts[2] && parts[2] != "":
		return fmt.Sprintf("%s does not begin with %s", w.v.Name, parts[2])
	case w.lead != "" && parts[2] == "":
		return fmt.Sprintf("%s takes %s too", w.v.Name, w.lead)
	case w.u.Path != parts[0]:
		return fmt.Sprintf("%s stands in %s", w.v.Name, w.u.Path)
	}
	return fmt.Sprintf("%s is %s, not %s", w.v.Name, w.head, parts[1])
}

// findWrappers finds each member's wrapper and says of each member whether one macro can make it.
func (x *xmacro) findWrappers() {
	byPrefix := map[string]int{}
	found := map[*xhook][]at[csrc.Func]{}
	for _, h := range x.hooks {
		for name, fs := range x.w.symbols().funcs {
			if strings.HasSuffix(name, h.f.Name) && name != h.f.Name {
				for _, f := range fs {
					if f.v.Body >= 0 && strings.HasSuffix(f.u.Path, ".h") && passes(f, h.f.Name) >= 0 {
						found[h] = append(found[h], f)
						byPrefix[strings.TrimSuffix(name, h.f.Name)]++
					}
				}
			}
		}
	}
	x.prefix = mostOf(byPrefix)
	if x.prefix == "" {
		return // a structure that is used without wrappers
	}
	for _, h := range x.hooks {
		fs := slices.DeleteFunc(found[h], func(f at[csrc.Func]) bool { return f.v.Name != x.prefix+h.f.Name })
		switch {
		case len(fs) == 1:
			h.wrapper = x.readWrapper(h, fs[0])
		case h.why == "" && len(fs) == 0:
			h.why = fmt.Sprintf("it has no %s%s that passes its parameters on", x.prefix, h.f.Name)
		case h.why == "":
			h.why = fmt.Sprintf("there are several %s%s", x.prefix, h.f.Name)
		}
	}
	x.alike()
}

// mostOf is the key with the highest count, the first of those in order.
func mostOf(count map[string]int) (best string) {
	for _, k := range slices.Sorted(maps.Keys(count)) {
		if best == "" || count[k] > count[best] {
			best = k
		}
	}
	return best
}

// passes returns the token of the one place in a function's body that names a member, or -1.
func passes(f at[csrc.Func], member string) int {
	tok := -1
	for i := f.v.Body + 1; i < f.v.End; i++ {
		if f.u.Is(f.u.Toks, i, member) && (f.u.Is(f.u.Toks, i-1, ".") || f.u.Is(f.u.Toks, i-1, "->") || f.u.Is(f.u.Toks, i-1, "(")) {
			if tok >= 0 {
				return -1
			}
			tok = i
		}
	}
	return tok
}

// readWrapper reads a wrapper; why says that it does something of its own.
func (x *xmacro) readWrapper(h *xhook, f at[csrc.Func]) *xwrapper {
	u, fn := f.u, f.v
	w := &xwrapper{at: f, guards: guardsAt(u, int(u.Toks[fn.First].Start), 0)}
	head := oneLine(u, fn.First, fn.Tok)
	w.head = strings.TrimSpace(strings.TrimSuffix(head, h.result))
	params := u.Split(u.Toks, fn.Open, fn.Close)
	if len(params) == 1 && oneLine(u, params[0][0], params[0][1]) == "void" {
		params = nil
	}
	n := len(params) - len(h.types)
	semicolons := 0
	for i := fn.Body + 1; i < fn.End; i++ {
		if u.Is(u.Toks, i, ";") {
			semicolons++
		}
	}
	_, last := lineOf(u.Src, int(u.Toks[fn.End].End))
	switch {
	case w.head == head:
		w.why = fmt.Sprintf("%s has another result", fn.Name)
	case n < 0:
		w.why = fmt.Sprintf("%s has fewer parameters", fn.Name)
	case semicolons != 1 || len(u.DirsIn(fn.First, fn.End)) > 0:
		w.why = fmt.Sprintf("%s is more than a call", fn.Name)
	case !wholeLine(u.Src, int(u.Toks[fn.First].Start), last):
		w.why = fmt.Sprintf("%s shares its lines", fn.Name)
	}
	if w.why != "" {
		return w
	}
	if n > 0 {
		w.lead = oneLine(u, params[0][0], params[n-1][1])
	}
	var args []string
	for i, p := range params[n:] {
		t, ok := typeText(u, p)
		name := u.ParamName(p)
		if !ok || name < 0 || strings.ReplaceAll(t, " ", "") != strings.ReplaceAll(h.types[i], " ", "") {
			w.why = fmt.Sprintf("%s takes %q for %q", fn.Name, t, h.types[i])
			return w
		}
		args = append(args, u.Text(u.Toks[name]))
	}
	w.call, w.why = callOf(f, passes(f, h.f.Name), args)
	return w
}

// callOf is a wrapper's statement with name for the member at token i and args for the arguments: ops->name(args), or, of a macro that
// is given the member, CALL(ops.name, ## args).
func callOf(f at[csrc.Func], i int, args []string) (call, why string) {
	u := f.u
	open, skip := i+1, 0
	if !u.Is(u.Toks, open, "(") {
		skip = 1
		for open = i; open > f.v.Body && (!u.Is(u.Toks, open, "(") || int(u.Toks[open].Match) < i); {
			open--
		}
	}
	if open <= f.v.Body || int(u.Toks[open].Match) < 0 {
		return "", fmt.Sprintf("%s makes no call of it", f.v.Name)
	}
	var given []string
	for _, r := range u.Split(u.Toks, open, int(u.Toks[open].Match)) {
		given = append(given, oneLine(u, r[0], r[1]))
	}
	if len(given) < skip || !slices.Equal(given[skip:], args) {
		return "", fmt.Sprintf("%s passes on other arguments", f.v.Name)
	}
	before, after := oneLine(u, f.v.Body+1, i), oneLine(u, int(u.Toks[open].Match)+1, f.v.End)
	if f.v.Body+1 < i && u.Toks[i-1].End == u.Toks[i].Start {
		before += "name"
	} else {
		before += " name"
	}
	if skip == 1 {
		return before + ", ## args)" + strings.TrimSuffix(after, ";"), ""
	}
	return before + "(args)" + strings.TrimSuffix(after, ";"), ""
}

// alike leaves to the macros the wrappers of the most frequent shape, of each result those with the most frequent call.
func (x *xmacro) alike() {
	shapes, calls := map[string]int{}, map[string]map[string]int{}
	for _, h := range x.hooks {
		if w := h.wrapper; w != nil && w.why == "" && h.why == "" {
			shapes[w.shape()]++
		}
	}
	best := mostOf(shapes)
	first := true
	for _, h := range x.hooks {
		w := h.wrapper
		if w == nil || h.why != "" {
			continue
		}
		if h.why = w.why; h.why == "" && w.shape() != best {
			h.why = w.otherwise(best)
		}
		if h.why != "" {
			continue
		}
		if calls[h.result] == nil {
			calls[h.result] = map[string]int{}
		}
		calls[h.result][w.call]++
		if first {
			x.common, first = w.guards, false
		}
		n := 0
		for n < min(len(x.common), len(w.guards)) && x.common[n] == w.guards[n] {
			n++
		}
		x.common = x.common[:n]
	}
	for _, h := range x.hooks {
		switch w := h.wrapper; {
		case h.why != "" || w == nil:
		case w.call != mostOf(calls[h.result]):
			h.why = fmt.Sprintf("%s%s calls it in another way", x.prefix, h.f.Name)
		case sameConditions(w.guards[len(x.common):]) != h.conds:
			h.why = fmt.Sprintf("%s%s stands under %q, the member under %q", x.prefix, h.f.Name, sameConditions(w.guards[len(x.common):]), h.conds)
		}
	}
}

// ruled is the first hook whose wrapper a macro makes, nil for none.
func (x *xmacro) ruled(result string) *xhook {
	for _, h := range x.hooks {
		if h.why == "" && h.wrapper != nil && (result == "" || h.result == result) {
			return h
		}
	}
	return nil
}

// results lists the results of the hooks whose wrappers a macro makes.
func (x *xmacro) results() []string {
	all := map[string]bool{}
	for _, h := range x.hooks {
		if h.why == "" && h.wrapper != nil {
			all[h.result] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// wrappers writes the inclusion over the wrappers that macros make.
func (x *xmacro) wrappers() {
	first := x.ruled("")
	if first == nil {
		return
	}
	u := first.wrapper.u
	base := 0 // inside the innermost conditional that all wrappers share
	if n := len(x.common); n > 0 {
		base = x.common[n-1].at + 1
	}
	k := newLineCut(u, 0, len(u.Src))
	for _, h := range x.hooks {
		if h.why == "" && h.wrapper != nil {
			k.drop(int(u.Toks[h.wrapper.v.First].Start), int(u.Toks[h.wrapper.v.End].End))
		}
	}
	k.emptied()
	at := slices.Index(k.gone, true)
	if gs := guardsAt(u, k.lines[at][0], base); len(gs) > 0 {
		at = k.at(gs[0].at)
	}
	k.edit(x.editor, at, x.wrapperMacros(first))
	x.note(u.Path, u.Src, int(u.Toks[first.wrapper.v.Tok].Start), Done, "%d wrappers are made of %s", x.count(), path.Base(x.include))
}

// count is the number of wrappers that macros make.
func (x *xmacro) count() (n int) {
	for _, h := range x.hooks {
		if h.why == "" && h.wrapper != nil {
			n++
		}
	}
	return n
}

// wrapperMacros defines the wrappers and includes the list.
func (x *xmacro) wrapperMacros(first *xhook) string {
	var b strings.Builder
	for _, r := range x.results() {
		fmt.Fprintf(&b, "#define %s_CALL_%s(name, args...) %s\n", x.name, r, x.ruled(r).wrapper.call)
	}
	b.WriteString("\n")
	w := first.wrapper
	for n := range x.most() + 1 {
		var types, params, args []string
		if w.lead != "" {
			params = append(params, w.lead)
		}
		for i := range n {
			types = append(types, fmt.Sprintf(", type%d", i+1))
			params = append(params, fmt.Sprintf("type%d arg%[1]d", i+1))
			args = append(args, fmt.Sprintf(", arg%d", i+1))
		}
		if len(params) == 0 {
			params = []string{"void"}
		}
		lines := []string{
			fmt.Sprintf("#define %s%d(result, name%s)", x.name, n, strings.Join(types, "")),
			fmt.Sprintf("%s result %s ## name(", w.head, x.prefix),
		}
		lines = append(lines, wrapped(params, ")")...)
		lines = append(lines, "{", fmt.Sprintf("    %s_CALL_ ## result(name%s);", x.name, strings.Join(args, "")), "}")
		b.WriteString(strings.Join(lines, " \\\n") + "\n\n")
	}
	fmt.Fprintf(&b, "#define %s_OTHER(result, name, types...)\n\n#include <%s>\n\n", x.name, x.include)
	for _, r := range x.results() {
		fmt.Fprintf(&b, "#undef %s_CALL_%s\n", x.name, r)
	}
	return b.String()
}

// wrapped lays words out in lines of a macro that are indented by four.
func wrapped(words []string, end string) (out []string) {
	line := "   "
	for i, w := range words {
		if i < len(words)-1 {
			w += ","
		} else {
			w += end
		}
		if len(line)+1+len(w) > 77 {
			out = append(out, line)
			line = "   "
		}
		line += " " + w
	}
	return append(out, line)
}
