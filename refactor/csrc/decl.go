package csrc

import "strings"

// Func is a function's definition or prototype; all numbers are indexes into File.Toks.
type Func struct {
	Name        string
	Tok         int // the name
	First       int // first token of the item
	Open, Close int // the parameters' parentheses
	Body, End   int // the body's braces; Body is -1 for a prototype, End then the semicolon
	Static      bool
	Type        string // struct tag or typedef name of the result, "" for others
}

// Field is a member of a struct or union.
type Field struct {
	Name        string
	Tok         int
	Open, Close int    // the parameters' parentheses of a pointer to function, else -1
	Type        string // struct tag or typedef name, "" for others
	First, Last int    // tokens of the whole declaration, with its semicolon
}

// Struct is a struct or union with its members; those of nested unnamed ones are its own too.
type Struct struct {
	Tag         string // "" when unnamed
	Typedef     string // the name that a typedef gives it
	Tok         int    // the tag, -1
	Open, Close int    // braces
	First, Last int    // the whole item
	Fields      []Field
}

// Var is an object, typedef name or enumeration constant at file scope.
type Var struct {
	Name        string
	Tok         int
	Type        string // struct tag or typedef name
	First, Last int
	Init        int // the initializer's opening brace, or -1
	Static      bool
	Typedef     bool
	Enum        bool
	Extern      bool
}

// Macro is a #define.
type Macro struct {
	Name     string
	Dir      int // index in File.Dirs
	Params   []string
	FuncLike bool
	Variadic bool
	Body     int // index in the directive's tokens of the first token of the body
}

// Unit is what a file declares.
type Unit struct {
	*File
	Funcs   []Func
	Structs []Struct
	Vars    []Var
	Macros  []Macro

	fieldTok map[int]bool
	bodies   []int // indexes into Funcs of definitions, by position
	locals   map[int][]Local
}

var storageWords = wordSet("static extern inline const volatile typedef struct union enum void char short int long float double signed unsigned _Bool bool register always_inline noinline")

// basicTypes are the words that name no struct.
var basicTypes = wordSet("static extern inline const volatile register void char short int long float double signed unsigned _Bool bool __inline__ __inline always_inline noinline restrict __restrict")

var keywords = wordSet("if else while do for switch case default break continue return goto sizeof typeof __typeof__ static extern inline const volatile typedef struct union enum void char short int long float double signed unsigned register asm __asm__")

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// IsKeyword reports whether a word is one of C's.
func IsKeyword(s string) bool { return keywords[s] }

// Parse finds the declarations of a file.
func Parse(f *File) *Unit {
	u := &Unit{File: f, fieldTok: map[int]bool{}, locals: map[int][]Local{}}
	for i := range f.Dirs {
		if f.Dirs[i].Name == "define" {
			u.macro(i)
		}
	}
	for i := 0; i < len(f.Toks); {
		i = u.item(i)
	}
	return u
}

func (u *Unit) is(i int, s string) bool { return u.Is(u.Toks, i, s) }

func (u *Unit) ident(i int) bool { return i >= 0 && i < len(u.Toks) && u.Toks[i].Kind == Ident }

// word returns the spelling of an identifier at i, "" if there is none.
func (u *Unit) word(i int) string {
	if !u.ident(i) {
		return ""
	}
	return u.Text(u.Toks[i])
}

// skip returns the index behind the token at i, or behind the group that it opens.
func (u *Unit) skip(i int) int {
	if m := int(u.Toks[i].Match); m > i {
		return m + 1
	}
	return i + 1
}

// item reads one external declaration and returns the index behind it.
func (u *Unit) item(first int) int {
	assigned := false
	for i := first; i < len(u.Toks); {
		switch {
		case u.is(i, ";"):
			u.declaration(first, i)
			return i + 1
		case u.is(i, "="):
			assigned = true
			i++
		case u.is(i, "{"):
			end := u.skip(i)
			if !assigned && u.function(first, i) {
				return end
			}
			i = end
		case u.is(i, "}"):
			return i + 1
		case u.is(i, "(") && i > first:
			i = u.skip(i)
			if !assigned && u.newItem(i) {
				return i
			}
		default:
			i++
		}
	}
	return len(u.Toks)
}

// newItem reports whether another item starts at i, behind a macro invocation that no semicolon ends.
func (u *Unit) newItem(i int) bool {
	if !u.ident(i) || i > 0 && !u.is(i-1, ")") {
		return false
	}
	start := u.Toks[i].Start
	if start > 0 && u.Src[start-1] != '\n' {
		return false
	}
	w := u.word(i)
	return storageWords[w] && w != "const" || u.ident(i+1) && !strings.HasPrefix(w, "__") || u.is(i+1, "(") && !strings.HasPrefix(w, "__")
}

// function records a definition whose body opens at body; false if it is none.
func (u *Unit) function(first, body int) bool {
	name := u.declaratorName(first, body)
	if name < 0 || int(u.Toks[body].Match) < 0 {
		return false
	}
	u.addFunc(first, name, body, int(u.Toks[body].Match))
	return true
}

func (u *Unit) addFunc(first, name, body, end int) {
	fn := Func{Name: u.word(name), Tok: name, First: first, Open: name + 1, Close: int(u.Toks[name+1].Match), Body: body, End: end}
	fn.Static = u.has(first, name, "static")
	fn.Type = u.typeName(first, name)
	u.Funcs = append(u.Funcs, fn)
	if body >= 0 {
		u.bodies = append(u.bodies, len(u.Funcs)-1)
	}
}

func (u *Unit) has(first, end int, w string) bool {
	for i := first; i < end; i++ {
		if u.is(i, w) {
			return true
		}
	}
	return false
}

// declaratorName returns the token of the function's name in [first,end), or -1: the last identifier before a parenthesis that
// is not an attribute's, at the outer level.
func (u *Unit) declaratorName(first, end int) int {
	best := -1
	for i := first; i < end; i = u.skip(i) {
		if !u.is(i, "(") || i == first || !u.ident(i-1) || u.Toks[i].Match < 0 {
			continue
		}
		w := u.word(i - 1)
		if keywords[w] || best >= 0 && (strings.HasPrefix(w, "__") || attributeLike(w)) {
			continue
		}
		if i-1 == first && !u.is(int(u.Toks[i].Match)+1, "{") && best < 0 {
			continue // a macro that makes the type: XEN_GUEST_HANDLE(x) f(...)
		}
		if strings.HasPrefix(w, "__") && i-1 > first && best < 0 && !u.is(int(u.Toks[i].Match)+1, "{") && u.nextGroup(int(u.Toks[i].Match)+1, end) {
			continue
		}
		best = i - 1
	}
	return best
}

// nextGroup reports whether another name with parentheses follows before end.
func (u *Unit) nextGroup(i, end int) bool {
	for ; i < end; i = u.skip(i) {
		if u.is(i, "(") && u.ident(i-1) && !strings.HasPrefix(u.word(i-1), "__") {
			return true
		}
	}
	return false
}

func attributeLike(w string) bool { return w == "cf_check" || strings.ToUpper(w) == w }

// typeName returns the struct tag or typedef name in the specifiers [first,end).
func (u *Unit) typeName(first, end int) string {
	last := ""
	for i := first; i < end; i = u.skip(i) {
		w := u.word(i)
		switch {
		case w == "struct" || w == "union" || w == "enum":
			if u.ident(i + 1) {
				return u.word(i + 1)
			}
			return ""
		case w == "" || basicTypes[w] || w == "typedef":
		case u.is(i+1, "(") && (w == "typeof" || w == "__typeof__" || strings.HasPrefix(w, "__attr")):
		case last == "":
			last = w
		}
	}
	return last
}

// declaration records what the declaration in [first,semi] declares.
func (u *Unit) declaration(first, semi int) {
	typedef := u.is(first, "typedef")
	u.types(first, semi, typedef)
	eq := semi
	for i := first; i < semi; i = u.skip(i) {
		if u.is(i, "=") {
			eq = i
			break
		}
	}
	if name := u.declaratorName(first, eq); eq == semi && name >= 0 && !typedef && !u.bodyBefore(first, name) && !u.pointerDeclarator(name+1) && name > first {
		u.addFunc(first, name, -1, semi)
		return
	}
	u.variables(first, semi, typedef)
}

// pointerDeclarator reports whether the parenthesis at i holds "*name": a pointer to function.
func (u *Unit) pointerDeclarator(i int) bool { return u.is(i, "(") && u.is(i+1, "*") }

func (u *Unit) bodyBefore(first, end int) bool {
	for i := first; i < end; i = u.skip(i) {
		if u.is(i, "{") {
			return true
		}
	}
	return false
}

// variables records the declarators of [first,semi].
func (u *Unit) variables(first, semi int, typedef bool) {
	start, typ := first, ""
	for i := first; i <= semi; i = u.skip(i) {
		if i < semi && !u.is(i, ",") {
			continue
		}
		name, init := u.declared(start, i)
		if name >= 0 {
			if typ == "" {
				typ = u.typeName(first, name)
			}
			u.Vars = append(u.Vars, Var{Name: u.word(name), Tok: name, Type: typ, First: first, Last: semi, Init: init,
				Static: u.has(first, name, "static"), Extern: u.has(first, name, "extern"), Typedef: typedef})
		}
		start = i + 1
	}
}

// declared finds the name in one declarator [start,end), and the opening brace of its initializer.
func (u *Unit) declared(start, end int) (name, init int) {
	name, init = -1, -1
	for i := start; i < end; i = u.skip(i) {
		switch {
		case u.is(i, "="):
			if u.is(i+1, "{") {
				init = i + 1
			}
			return name, init
		case u.is(i, "(") && u.is(i+1, "*") && name < 0 || u.is(i, "(") && u.is(i+1, "*") && i == name+1:
			for j := i + 1; j < int(u.Toks[i].Match); j++ {
				if u.ident(j) && !keywords[u.word(j)] {
					name = j
					break
				}
			}
		case u.ident(i) && !keywords[u.word(i)] && !strings.HasPrefix(u.word(i), "__attribute"):
			if u.is(i-1, "struct") || u.is(i-1, "union") || u.is(i-1, "enum") {
				continue
			}
			if w := u.word(i); name < 0 || !strings.HasPrefix(w, "__") && (!u.is(i+1, "(") || u.is(i+2, "*")) {
				name = i
			}
		}
	}
	return name, init
}

// types records the struct, union and enum definitions in [first,last].
func (u *Unit) types(first, last int, typedef bool) {
	for i := first; i < last; i = u.skip(i) {
		w := u.word(i)
		if w != "struct" && w != "union" && w != "enum" {
			continue
		}
		open := i + 1
		for open < last && !u.is(open, "{") && (u.ident(open) || u.is(open, "(")) {
			open = u.skip(open)
		}
		if !u.is(open, "{") || u.Toks[open].Match < 0 {
			continue
		}
		shut := int(u.Toks[open].Match)
		if w == "enum" {
			u.enumerators(open, shut, first, last)
		} else {
			u.addStruct(i, open, shut, first, last, typedef)
		}
		i = shut
	}
}

func (u *Unit) addStruct(kw, open, shut, first, last int, typedef bool) {
	s := Struct{Tok: -1, Open: open, Close: shut, First: first, Last: last}
	for i := kw + 1; i < open; i++ {
		if u.ident(i) && !u.is(i+1, "(") && !strings.HasPrefix(u.word(i), "__") {
			s.Tag, s.Tok = u.word(i), i
		}
	}
	if typedef && u.ident(shut+1) {
		s.Typedef = u.word(shut + 1)
		for i := shut + 1; i < last; i = u.skip(i) {
			if u.ident(i) && !u.is(i+1, "(") {
				s.Typedef = u.word(i)
			}
		}
	}
	s.Fields = u.fields(open+1, shut)
	u.Structs = append(u.Structs, s)
}

// fields reads member declarations in [first,end).
func (u *Unit) fields(first, end int) (out []Field) {
	start := first
	for i := first; i < end; i = u.skip(i) {
		if !u.is(i, ";") {
			continue
		}
		out = append(out, u.member(start, i)...)
		start = i + 1
	}
	return out
}

// member reads the member declaration [first,semi].
func (u *Unit) member(first, semi int) (out []Field) {
	before := len(u.Structs)
	u.types(first, semi, false)
	var nested *Struct
	if len(u.Structs) > before {
		nested = &u.Structs[len(u.Structs)-1]
	}
	typ := ""
	start := first
	for i := first; i <= semi; i = u.skip(i) {
		if i < semi && !u.is(i, ",") {
			continue
		}
		if f, ok := u.memberName(start, i); ok {
			if typ == "" {
				typ = u.typeName(first, f.Tok)
			}
			f.First, f.Last, f.Type = first, semi, typ
			out = append(out, f)
			u.fieldTok[f.Tok] = true
		}
		start = i + 1
	}
	if nested == nil {
		return out
	}
	if len(out) == 0 {
		return append(out, nested.Fields...)
	}
	if nested.Tag == "" && nested.Typedef == "" {
		nested.Tag = anonTag(u, nested.Open)
		for k := range out {
			out[k].Type = nested.Tag
		}
	}
	return out
}

// anonTag names a struct without tag by its place, so that its members can be looked up.
func anonTag(u *Unit, open int) string {
	return "<" + u.Path + ":" + itoa(int(u.Toks[open].Start)) + ">"
}

func itoa(n int) string {
	if n == 0 {
		return "0"
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// memberName finds the name of one member declarator in [start,end).
func (u *Unit) memberName(start, end int) (Field, bool) {
	f := Field{Tok: -1, Open: -1, Close: -1}
	for i := start; i < end; i = u.skip(i) {
		switch {
		case u.is(i, ":"):
			i = end - 1
		case u.is(i, "(") && u.is(i+1, "*") && u.Toks[i].Match > int32(i):
			for j := i + 1; j < int(u.Toks[i].Match); j++ {
				if u.ident(j) && !keywords[u.word(j)] {
					f.Tok = j
				}
			}
			if p := int(u.Toks[i].Match) + 1; u.is(p, "(") {
				f.Open, f.Close = p, int(u.Toks[p].Match)
			}
			i = end - 1
		case u.ident(i) && !keywords[u.word(i)] && !u.is(i+1, "(") && !(u.is(i-1, "struct") || u.is(i-1, "union") || u.is(i-1, "enum")):
			if f.Tok < 0 || !strings.HasPrefix(u.word(i), "__") {
				f.Tok = i
			}
		}
	}
	if f.Tok < 0 {
		return f, false
	}
	f.Name = u.word(f.Tok)
	return f, true
}

func (u *Unit) enumerators(open, shut, first, last int) {
	start := true
	for i := open + 1; i < shut; i = u.skip(i) {
		if start && u.ident(i) {
			u.Vars = append(u.Vars, Var{Name: u.word(i), Tok: i, First: first, Last: last, Init: -1, Enum: true})
		}
		start = u.is(i, ",")
	}
}

// macro records the #define in directive d.
func (u *Unit) macro(d int) {
	toks := u.Dirs[d].Toks
	if len(toks) == 0 || toks[0].Kind != Ident {
		return
	}
	m := Macro{Name: u.Text(toks[0]), Dir: d, Body: 1}
	if u.Is(toks, 1, "(") && toks[1].Start == toks[0].End && toks[1].Match > 1 {
		m.FuncLike, m.Body = true, int(toks[1].Match)+1
		for _, t := range toks[2:toks[1].Match] {
			switch s := u.Text(t); {
			case t.Kind == Ident:
				m.Params = append(m.Params, s)
			case s == "...":
				m.Variadic = true
			}
		}
	}
	u.Macros = append(u.Macros, m)
}
