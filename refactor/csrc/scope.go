package csrc

import (
	"sort"
	"strings"
)

// Local is a name declared in a function: a parameter, a variable, an enumeration constant or a label.
type Local struct {
	Name       string
	Tok        int
	From, To   int // tokens in which it is known
	Param      bool
	Label      bool
	Type       string // struct tag or typedef name
	Stmt, Semi int    // first and last token of a variable's declaration
}

// FuncAt returns the definition whose head or body holds token i, or nil.
func (u *Unit) FuncAt(i int) *Func {
	k := sort.Search(len(u.bodies), func(k int) bool { return u.Funcs[u.bodies[k]].End >= i })
	if k < len(u.bodies) && u.Funcs[u.bodies[k]].First <= i {
		return &u.Funcs[u.bodies[k]]
	}
	return nil
}

// Locals returns what the function declares, in order.
func (u *Unit) Locals(f *Func) []Local {
	if l, ok := u.locals[f.Tok]; ok {
		return l
	}
	l := u.params(f.Open, f.Close, f.Open, f.End)
	if f.Body >= 0 {
		l = append(l, u.declared_(f.Body, f.End)...)
	}
	u.locals[f.Tok] = l
	return l
}

// LocalAt returns the declaration that name has at token i inside a function, or nil when it is not local. Labels have a name
// space of their own and are not looked at.
func (u *Unit) LocalAt(name string, i int) *Local {
	f := u.FuncAt(i)
	if f == nil {
		return u.prototypeParam(name, i)
	}
	var best *Local
	ls := u.Locals(f)
	for k := range ls {
		if l := &ls[k]; l.Name == name && !l.Label && l.From <= i && i <= l.To && (best == nil || l.From >= best.From) {
			best = l
		}
	}
	return best
}

// prototypeParam finds a parameter's name in a prototype or in a pointer to function.
func (u *Unit) prototypeParam(name string, i int) *Local {
	for k := range u.Funcs {
		if f := &u.Funcs[k]; f.Body < 0 && f.Open < i && i < f.Close {
			for _, l := range u.params(f.Open, f.Close, f.Open, f.Close) {
				if l.Name == name && l.Tok == i {
					return &l
				}
			}
		}
	}
	for k := range u.Structs {
		for _, fl := range u.Structs[k].Fields {
			if fl.Open >= 0 && fl.Open < i && i < fl.Close {
				for _, l := range u.params(fl.Open, fl.Close, fl.Open, fl.Close) {
					if l.Name == name && l.Tok == i {
						return &l
					}
				}
			}
		}
	}
	return nil
}

// Split cuts the inside of the group [open,shut] of list at its commas: half-open ranges of tokens, none for an empty group.
func (f *File) Split(list []Tok, open, shut int) (out [][2]int) {
	if open+1 >= shut {
		return nil
	}
	start := open + 1
	for i := open + 1; i < shut; {
		if f.Is(list, i, ",") {
			out = append(out, [2]int{start, i})
			start = i + 1
		}
		if m := int(list[i].Match); m > i {
			i = m
		}
		i++
	}
	return append(out, [2]int{start, shut})
}

// params returns the named parameters of the list in [open,shut].
func (u *Unit) params(open, shut, from, to int) (out []Local) {
	if shut < open {
		return nil
	}
	for _, r := range u.Split(u.Toks, open, shut) {
		if i := u.ParamName(r); i >= 0 {
			out = append(out, Local{Name: u.word(i), Tok: i, From: from, To: to, Param: true, Type: u.typeName(r[0], i), Stmt: r[0], Semi: r[1] - 1})
		}
	}
	return out
}

// ParamName returns the token of the name in one parameter's tokens, or -1.
func (u *Unit) ParamName(r [2]int) int {
	name, idents := -1, 0
	for i := r[0]; i < r[1]; i = u.skip(i) {
		switch {
		case u.is(i, "(") && u.is(i+1, "*"):
			for j := i + 1; j < int(u.Toks[i].Match); j++ {
				if u.ident(j) && !keywords[u.word(j)] {
					return j
				}
			}
		case u.ident(i):
			idents++
			if w := u.word(i); keywords[w] || basicTypes[w] || strings.HasPrefix(w, "__") && name >= 0 {
				continue
			}
			name = i
			if u.is(i-1, "struct") || u.is(i-1, "union") || u.is(i-1, "enum") || u.is(i+1, "(") {
				name = -1
			}
		}
	}
	if idents < 2 && !(idents == 1 && u.is(r[0]+1, "(")) && r[1]-r[0] < 3 {
		return -1
	}
	return name
}

// declared_ finds the declarations in the body [open,shut].
func (u *Unit) declared_(open, shut int) (out []Local) {
	blocks := []int{open}
	atStart := true
	for i := open + 1; i < shut; i++ {
		end := int(u.Toks[blocks[len(blocks)-1]].Match)
		switch {
		case u.is(i, "{") && int(u.Toks[i].Match) > i && int(u.Toks[i].Match) <= shut:
			blocks = append(blocks, i)
			atStart = true
			continue
		case u.is(i, "}"):
			if len(blocks) > 1 && end <= i {
				blocks = blocks[:len(blocks)-1]
			}
			atStart = true
			continue
		case u.is(i, ";"):
			atStart = true
			continue
		case u.is(i, ":") && u.labelBefore(i):
			if u.ident(i-1) && !u.is(i-2, "case") && !u.is(i-1, "default") {
				out = append(out, Local{Name: u.word(i - 1), Tok: i - 1, From: open, To: shut, Label: true})
			}
			atStart = true
			continue
		case u.is(i, "(") && u.is(i-1, "for"):
			if u.declStart(i + 1) {
				out = append(out, u.localDecl(i+1, int(u.Toks[i].Match))...)
			}
			atStart = false
			continue
		}
		if atStart && u.declStart(i) {
			out = append(out, u.localDecl(i, end)...)
		}
		atStart = false
	}
	return out
}

// labelBefore reports whether the colon at i ends a label or a case.
func (u *Unit) labelBefore(i int) bool {
	for k := i - 1; k > 0 && k > i-40; k-- {
		switch {
		case u.is(k, "?"):
			return false
		case u.is(k, "case"), u.is(k, "default"):
			return true
		case u.is(k, ";"), u.is(k, "{"), u.is(k, "}"), u.is(k, ":"):
			return k == i-2
		}
	}
	return false
}

// declStart reports whether a declaration starts at token i, where a statement may.
func (u *Unit) declStart(i int) bool {
	w := u.word(i)
	switch {
	case w == "":
		return false
	case w == "struct" || w == "union" || w == "enum" || basicTypes[w] || w == "typedef" || w == "typeof" || w == "__typeof__" || w == "__extension__":
		return true
	case keywords[w]:
		return false
	case u.ident(i+1) && !keywords[u.word(i+1)] || u.ident(i+1) && basicTypes[u.word(i+1)]:
		return true
	case u.is(i+1, "*"):
		k := i + 1
		for u.is(k, "*") || u.is(k, "const") || u.is(k, "__restrict") {
			k++
		}
		return u.ident(k) && (u.is(k+1, "=") || u.is(k+1, ";") || u.is(k+1, ",") || u.is(k+1, "["))
	case u.is(i+1, "(") && u.Toks[i+1].Match > 0:
		if strings.HasPrefix(w, "DEFINE_") || strings.HasPrefix(w, "DECLARE_") {
			return true
		}
		k := int(u.Toks[i+1].Match) + 1 // XEN_GUEST_HANDLE(x) name
		for u.is(k, "*") {
			k++
		}
		return u.ident(k) && !keywords[u.word(k)] && (u.is(k+1, "=") || u.is(k+1, ";") || u.is(k+1, ",")) && strings.ToUpper(w) == w
	}
	return false
}

// localDecl reads the declaration that starts at token i of a block that ends at to.
func (u *Unit) localDecl(i, to int) (out []Local) {
	semi := i
	for semi < to && !u.is(semi, ";") {
		semi = u.skip(semi)
	}
	w := u.word(i)
	if u.is(i+1, "(") && (strings.HasPrefix(w, "DEFINE_") || strings.HasPrefix(w, "DECLARE_")) {
		for k := i + 2; k < int(u.Toks[i+1].Match); k++ {
			if u.ident(k) {
				out = append(out, Local{Name: u.word(k), Tok: k, From: i, To: to, Stmt: i, Semi: semi})
			}
		}
		return out
	}
	vars, structs := len(u.Vars), len(u.Structs)
	u.types(i, semi, false)
	u.variables(i, semi, false)
	for _, v := range u.Vars[vars:] {
		out = append(out, Local{Name: v.Name, Tok: v.Tok, From: v.Tok, To: to, Type: v.Type, Stmt: i, Semi: semi})
	}
	u.Vars, u.Structs = u.Vars[:vars], u.Structs[:structs]
	return out
}

// FieldDecl reports whether token i declares a member.
func (u *Unit) FieldDecl(i int) bool { return u.fieldTok[i] }

// InMacros returns how often macros' bodies of the file name a word.
func (u *Unit) InMacros(name string) (n int) {
	for _, m := range u.Macros {
		for _, t := range u.Dirs[m.Dir].Toks[m.Body:] {
			if t.Kind == Ident && u.Text(t) == name {
				n++
			}
		}
	}
	return n
}
