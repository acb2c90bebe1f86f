package verify

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// cover is what a hook's own code and documentation say of the sub-commands that it is for.
type cover struct {
	asked map[string]bool   // labels that the module's function tells apart and asks a permission for
	noted map[string]bool   // labels that the comments above its permissions name
	words map[string]bool   // other words of these comments
	other []string          // what looks like a label there and is none
	lists []map[string]bool // the labels that one permission's comment names, by permission
}

// covers reads the sub-commands that each hook is for: labels in the module's function, and in the comments of access_vectors above
// the permissions that only this hook and few others ask for.
func (f *finder) covers(hooks []*tables.Hook) map[*tables.Hook]*cover {
	passed := f.decided()
	out := map[*tables.Hook]*cover{}
	for _, h := range hooks {
		c := &cover{asked: map[string]bool{}, noted: map[string]bool{}, words: map[string]bool{}}
		out[h] = c
		for l := range f.selected(h) {
			if l = f.label(l); l != "" {
				c.asked[l] = true
			}
		}
		for _, s := range f.switches {
			if s.Hook == h {
				for l := range s.Delegated {
					if s.Delegated[l] {
						delete(c.asked, l)
					}
				}
			}
		}
		const many = 12 // a function that asks this many permissions decides by a switch, whose labels say more
		vs := f.vectors(h)
		for _, v := range vs {
			if cl := f.tabs.Class(v.Class); cl != nil && len(vs) < many {
				was := len(c.noted)
				one := &cover{noted: map[string]bool{}, words: c.words}
				f.note(one, cl.Notes[v.Perm], passed)
				for l := range one.noted {
					c.noted[l] = true
				}
				c.other = append(c.other, one.other...)
				if len(c.noted) > was {
					c.lists = append(c.lists, one.noted)
				}
			}
		}
	}
	f.likeLabels(out, passed)
	return out
}

// label is the sub-command that a constant of a module means: the one of its name, or of its name in other letters, which older headers have for the same
// number; "" for none.
func (f *finder) label(constant string) (found string) {
	if f.index().byLabel[constant] != nil {
		return constant
	}
	for l := range f.index().byLabel {
		if strings.EqualFold(l, constant) {
			found = max(found, l)
		}
	}
	return found
}

// decided lists the labels that some module's switch decides itself.
func (f *finder) decided() map[string]bool {
	out := map[string]bool{}
	for _, s := range f.switches {
		for l := range s.Known {
			if !s.Delegated[l] {
				out[l] = true
			}
		}
	}
	return out
}

// note adds what one comment names.
func (f *finder) note(c *cover, text string, passed map[string]bool) {
	for _, w := range noteRE.FindAllString(text, -1) {
		for _, p := range braces(w) {
			hit := false
			for l := range f.index().byLabel {
				if l == p || strings.Contains(p, "*") && match(p, l) {
					hit = true
					if !passed[l] {
						c.noted[l] = true
					}
				}
			}
			if !hit && strings.ToUpper(p[:2]) == p[:2] && strings.Contains(p, "_") {
				c.other = append(c.other, p)
			}
			for _, t := range splitWords(p) {
				c.words[t] = true
			}
		}
	}
}

// likeLabels notes the labels that comments mean by names that no switch has: the nearest of the same family that no comment names.
func (f *finder) likeLabels(all map[*tables.Hook]*cover, passed map[string]bool) {
	w := f.words()
	named := map[string]bool{}
	for _, c := range all {
		for l := range c.noted {
			named[l] = true
		}
	}
	for _, c := range all {
		if len(c.noted) > 0 {
			continue
		}
		for _, name := range c.other {
			family, _, _ := strings.Cut(name, "_")
			best, score := "", 0.6
			for l := range f.index().byLabel {
				if !strings.HasPrefix(l, family+"_") || passed[l] || named[l] {
					continue
				}
				if !slices.Contains(splitWords(l), w.rarest(name)) {
					continue
				}
				if s := w.like(name, l); s > score || s == score && l < best {
					best, score = l, s
				}
			}
			if best != "" {
				c.noted[best] = true
			}
		}
	}
}

// rarest is the word of a name that says most.
func (w *words) rarest(name string) (out string) {
	for _, t := range splitWords(name) {
		if out == "" || w.weight(t) > w.weight(out) {
			out = t
		}
	}
	return out
}

// vectors lists the permissions that the module's function of a hook asks for, itself or through helpers of the module.
func (f *finder) vectors(h *tables.Hook) []tables.Vector {
	out := append([]tables.Vector(nil), h.Vectors...)
	seen := map[*analyze.Fn]bool{}
	var visit func(fn *analyze.Fn, depth int)
	visit = func(fn *analyze.Fn, depth int) {
		if seen[fn] || !f.m.p.InModule(fn.File) {
			return
		}
		seen[fn] = true
		for i := range fn.F.Nodes {
			nd := &fn.F.Nodes[i]
			if nd.Op == ir.Call && depth < 3 {
				fns, _ := f.m.p.Callees(fn, int32(i))
				for _, c := range fns {
					visit(c, depth+1)
				}
			}
			for _, s := range []string{fn.S(nd.Macro), fn.S(nd.Name)} {
				c, p, is := strings.Cut(s, "__")
				v := tables.Vector{Class: strings.ToLower(c), Perm: strings.ToLower(p)}
				if is && c != "" && c == strings.ToUpper(c) && f.tabs.Class(v.Class) != nil && !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
	}
	if h.FlaskFn != "" {
		for _, fn := range f.m.p.Named(h.FlaskFn) {
			visit(fn, 0)
		}
	}
	return out
}

var noteRE = regexp.MustCompile(`[A-Za-z][\w*{},]*[\w*}]`)

func match(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// braces expands one pair of braces, as a shell does: A_{x,y}_B is A_x_B and A_y_B.
func braces(w string) []string {
	pre, rest, ok := strings.Cut(w, "{")
	if !ok {
		return []string{strings.Trim(w, ",")}
	}
	list, post, _ := strings.Cut(rest, "}")
	var out []string
	for _, x := range strings.Split(list, ",") {
		out = append(out, strings.Trim(pre+x+post, ","))
	}
	return out
}

// constants lists the named constants that the module's function of a hook compares one of its parameters with, by the parameter's number.
func (f *finder) constants(h *tables.Hook) map[string]int32 {
	return HookConstants(f.m.p, h)
}

// selected lists the constants that the module's function of a hook takes one of its parameters to be; those that it only tests for bits are none.
func (f *finder) selected(h *tables.Hook) map[string]bool {
	out := map[string]bool{}
	if h.FlaskFn == "" {
		return out
	}
	for _, fn := range f.m.p.Named(h.FlaskFn) {
		Compared(fn, nil, func(n int32, name string) {
			bits := slices.ContainsFunc(fn.F.Nodes, func(o ir.Node) bool {
				return o.Op == ir.Binary && fn.S(o.Name) == "&" && o.Y != ir.None && constantName(fn, o.Y) == name
			})
			if v := rootVar(fn, n); v != ir.None && v < fn.F.Params && !bits {
				out[name] = true
			}
		})
	}
	return out
}

// HookConstants lists the named constants that the module's function of hook h compares its parameters with, and the number of the
// parameter. What a call passes there is an expression that its own code compares with such constants.
func HookConstants(p *analyze.Program, h *tables.Hook) map[string]int32 {
	out := map[string]int32{}
	if h.FlaskFn == "" {
		return out
	}
	for _, fn := range p.Named(h.FlaskFn) {
		Compared(fn, nil, func(n int32, name string) {
			if v := rootVar(fn, n); v != ir.None && v < fn.F.Params {
				out[name] = v
			}
		})
	}
	return out
}

// Compared reports each expression of fn that is compared with a named constant: switched on, ==, !=, & or given one by |=. blocks narrows
// the search down; nil means all.
func Compared(fn *analyze.Fn, blocks []bool, report func(n int32, name string)) {
	for b := range fn.F.Blocks {
		if blocks != nil && !blocks[b] {
			continue
		}
		blk := &fn.F.Blocks[b]
		if blk.Term == ir.TSwitch && blk.N != ir.None {
			for _, c := range blk.Cases {
				if l := fn.S(c.Name); !c.Default && isName(l) {
					report(blk.N, l)
				}
			}
		}
		compared(fn, blk.N, report)
		for _, is := range fn.F.Instrs[blk.First : blk.First+blk.Len] {
			compared(fn, is.N, report)
		}
	}
}

func compared(fn *analyze.Fn, n int32, report func(n int32, name string)) {
	if n == ir.None {
		return
	}
	fn.Each(n, func(k int32) bool {
		nd := &fn.F.Nodes[k]
		op := fn.S(nd.Name)
		if nd.Op == ir.Binary && (op == "==" || op == "!=" || op == "&") || nd.Op == ir.Assign && (op == "|=" || op == "=" || op == "&=") {
			if c := constantName(fn, nd.Y); c != "" {
				report(nd.X, c)
			}
		}
		return true
	})
}

// constantName is the name that a constant was written by, "" for a bare number or another expression.
func constantName(fn *analyze.Fn, n int32) string {
	if n == ir.None {
		return ""
	}
	for _, k := range []int32{n, fn.Strip(n)} {
		nd := &fn.F.Nodes[k]
		if nd.Flags&ir.HasVal == 0 && nd.Op != ir.Const {
			continue
		}
		for _, s := range []string{fn.S(nd.Macro), fn.S(nd.Name)} {
			if isName(s) && s == strings.ToUpper(s) || isName(s) && strings.Contains(s, "_") {
				return s
			}
		}
	}
	return ""
}

// rootVar is the variable that an expression starts at, None when it starts elsewhere.
func rootVar(fn *analyze.Fn, n int32) int32 {
	for n != ir.None {
		n = fn.Strip(n)
		nd := &fn.F.Nodes[n]
		switch nd.Op {
		case ir.Ident:
			return nd.Var
		case ir.Field, ir.Deref, ir.Unary, ir.Binary:
			n = nd.X
		default:
			return ir.None
		}
	}
	return ir.None
}
