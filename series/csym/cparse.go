package csym

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// cscan walks the tokens of a C file item by item.
type cscan struct {
	s    *Source
	toks []token
	i    int
	head []int // indices of the tokens of the current item before its body, directives left out

	bodies []body // of the functions
}

func scanC(s *Source, src string) {
	c := &cscan{s: s, toks: lex(src)}
	c.uses()
	c.pastes()
	for c.i < len(c.toks) {
		c.item()
	}
	c.flush()
	attachComments(s, src)
}

var keywords = wordSet(`auto break case char const continue default do double else enum extern float for goto if inline
	int long register return short signed sizeof static struct switch typedef union unsigned void volatile while`)

// plainTypes are names of types that do not look like it.
var plainTypes = wordSet(`bool u8 u16 u32 u64 s8 s16 s32 s64`)

// qualifiers may stand in a head without naming anything.
var qualifiers = wordSet(`static extern inline const volatile unsigned signed register typedef struct union enum`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// item takes tokens up to the end of one top-level item.
func (c *cscan) item() {
	t := c.toks[c.i]
	switch {
	case t.kind == '#':
		c.directive()
	case t.text == "{" && t.kind == 'p':
		c.body()
	case t.text == ";" && t.kind == 'p':
		c.declaration(c.i)
		c.i++
	case t.text == "}" && t.kind == 'p': // one too many: an #if has closed a body twice
		c.i++
		c.flush()
	case t.text == "(" && t.kind == 'p':
		n := c.match(c.i, "(", ")")
		for ; c.i < n; c.i++ {
			c.head = append(c.head, c.i)
		}
	default:
		c.head = append(c.head, c.i)
		c.i++
	}
}

// match returns the index after the token that closes the bracket at k. A "}" at the start of a line ends
// everything: brackets that do not pair up because of #if must not swallow the file.
func (c *cscan) match(k int, open, shut string) int {
	depth := 0
	for ; k < len(c.toks); k++ {
		t := c.toks[k]
		if t.kind != 'p' {
			continue
		}
		switch {
		case t.text == open:
			depth++
		case t.text == shut:
			if depth--; depth == 0 {
				return k + 1
			}
		}
		if t.text == "}" && t.col0 {
			return k + 1
		}
	}
	return k
}

// directive takes a preprocessor line; only #define defines.
func (c *cscan) directive() {
	first := c.i
	end := c.pastDirective(first, len(c.toks))
	if c.toks[first].text == "define" && first+1 < end {
		name := c.toks[first+1]
		sig := ""
		if first+2 < end && c.toks[first+2].text == "(" && c.toks[first+2].kind == 'p' {
			sig = c.join(first+2, c.match(first+2, "(", ")"))
		}
		last := c.toks[end-1].line
		if end < len(c.toks) {
			last = max(last, c.toks[end].line)
		}
		c.def(Def{Kind: Macro, Name: name.text, Line: name.line, First: c.toks[first].line, Last: last, Sig: sig})
		if len(c.head) == 0 {
			c.s.Items = append(c.s.Items, Item{c.toks[first].line, last, Macro, name.text})
		}
	}
	c.i = min(end+1, len(c.toks))
}

// pastDirective returns the end of the directive that starts at token k, or end if that comes first.
func (c *cscan) pastDirective(k, end int) int {
	for k < end && c.toks[k].kind != 'e' {
		k++
	}
	return k
}

func (c *cscan) def(d Def) { c.s.Defs = append(c.s.Defs, d) }

func (c *cscan) join(from, to int) string {
	var b strings.Builder
	for _, t := range c.toks[from:min(to, len(c.toks))] {
		b.WriteString(t.text)
		b.WriteByte(' ')
	}
	return b.String()
}

// body takes a "{" at the top level: of a function, of a struct, or of an initialiser.
func (c *cscan) body() {
	open := c.i
	end := c.match(open, "{", "}")
	c.i = end
	kind, tag := c.headKind()
	switch kind {
	case "func":
		d := c.function()
		c.bodies = append(c.bodies, body{d.Name, slices.Clone(c.head), open, min(end, len(c.toks))})
		c.finish(end-1, d)
	case "struct", "union":
		c.fields(open+1, end-1)
		c.afterType(tag, end)
	case "enum":
		c.constants(open+1, end-1)
		c.afterType(tag, end)
	default: // an initialiser: the declaration ends at its semicolon
		c.head = append(c.head, open)
	}
}

// headKind says what the tokens before a "{" announce.
func (c *cscan) headKind() (kind, tag string) {
	if c.firstOf("=") >= 0 {
		return "init", ""
	}
	for n, k := range c.head {
		t := c.toks[k]
		if t.kind == 'i' && (t.text == "struct" || t.text == "union" || t.text == "enum") && !c.hasParen() {
			if n+1 < len(c.head) {
				tag = c.toks[c.head[len(c.head)-1]].text
			}
			return t.text, tag
		}
	}
	if c.hasParen() {
		return "func", ""
	}
	return "init", ""
}

func (c *cscan) hasParen() bool {
	for _, k := range c.head {
		if c.toks[k].text == ")" && c.toks[k].kind == 'p' {
			return true
		}
	}
	return false
}

// function names the function whose head is read: the identifier before the first "(" that is no attribute.
func (c *cscan) function() Def {
	d := Def{Kind: Func, Static: c.has("static"), Inline: c.has("inline") || c.has("always_inline") || c.has("__maybe_unused")}
	if k := c.declarator(); k >= 0 {
		d.Name, d.Line = c.toks[k].text, c.toks[k].line
	}
	d.Sig = c.signature()
	return d
}

// declarator returns the token that names the declared function, or -1.
func (c *cscan) declarator() int {
	for n := 1; n < len(c.head); n++ {
		t, before := c.toks[c.head[n]], c.toks[c.head[n-1]]
		if t.text == "(" && t.kind == 'p' && before.kind == 'i' && !strings.HasPrefix(before.text, "__") && !keywords[before.text] {
			return c.head[n-1]
		}
	}
	return -1
}

// signature is the head without what its users do not see.
func (c *cscan) signature() string {
	var b strings.Builder
	for _, k := range c.head {
		t := c.toks[k].text
		if t == "static" || t == "extern" || t == "inline" || t == "asmlinkage" || strings.HasPrefix(t, "__") && t != "__u8" {
			continue
		}
		b.WriteString(t)
		b.WriteByte(' ')
	}
	return b.String()
}

func (c *cscan) has(word string) bool {
	for _, k := range c.head {
		if c.toks[k].text == word {
			return true
		}
	}
	return false
}

// afterType: a struct, union or enum with a body ends at the next semicolon, which may declare names too.
func (c *cscan) afterType(tag string, end int) {
	typedef := c.has("typedef")
	k := end
	name := ""
	for k < len(c.toks) && c.toks[k].text != ";" && !(c.toks[k].text == "}" && c.toks[k].col0) && c.toks[k].kind != '#' && k < end+40 {
		if c.toks[k].kind == 'i' && !strings.HasPrefix(c.toks[k].text, "__") {
			name = c.toks[k].text
		}
		if c.toks[k].text == "=" || c.toks[k].text == "{" {
			break
		}
		k++
	}
	line := c.toks[min(k, len(c.toks)-1)].line
	if tag != "" && tag != "struct" && tag != "union" && tag != "enum" {
		c.def(Def{Kind: Type, Name: tag, Line: c.firstLine(), First: c.firstLine(), Last: line})
	}
	if typedef && name != "" {
		c.def(Def{Kind: Type, Name: name, Line: line, First: c.firstLine(), Last: line})
	} else if name != "" {
		c.def(Def{Kind: Var, Name: name, Line: line, First: c.firstLine(), Last: line, Static: c.has("static")})
	}
	if tag == "" {
		tag = name
	}
	if k < len(c.toks) && (c.toks[k].text == "=" || c.toks[k].text == "{") { // and is initialised at once
		for c.i = k; c.i < len(c.toks) && c.toks[c.i].text != ";"; {
			if c.toks[c.i].text == "{" {
				c.i = c.match(c.i, "{", "}")
			} else {
				c.i++
			}
		}
		k = c.i
	}
	c.i = min(k+1, len(c.toks))
	c.close(c.toks[min(k, len(c.toks)-1)].line, Type, tag)
}

func (c *cscan) firstLine() int {
	if len(c.head) == 0 {
		return c.toks[min(c.i, len(c.toks)-1)].line
	}
	return c.toks[c.head[0]].line
}

// fields records the members between two tokens, those of nested structs too. A member's Sig is the way to it, the
// names of the nested members around it, and whether it is a pointer, an array or a structure itself.
func (c *cscan) fields(from, to int) {
	first, last := c.toks[from-1].line, c.toks[min(to, len(c.toks)-1)].line
	paren := 0
	var nests []int // per open brace, the number of definitions before it
	for k := from; k < to; k++ {
		t := c.toks[k]
		if t.kind == '#' {
			k = c.pastDirective(k, to)
			continue
		}
		if t.kind != 'p' {
			continue
		}
		switch t.text {
		case "{":
			nests = append(nests, len(c.s.Defs))
		case "}":
			if n := len(nests); n > 0 {
				c.nest(nests[n-1], k+1)
				nests = nests[:n-1]
			}
		case "(":
			if paren == 0 && k+2 < to && c.toks[k+1].text == "*" && c.toks[k+2].kind == 'i' {
				c.def(Def{Kind: Field, Name: c.toks[k+2].text, Line: c.toks[k+2].line, First: first, Last: last, Sig: "(*)"})
			}
			paren++
		case ")":
			paren--
		case ";", ",", "[", ":":
			if b := c.toks[k-1]; paren == 0 && b.kind == 'i' && !keywords[b.text] {
				c.def(Def{Kind: Field, Name: b.text, Line: b.line, First: first, Last: last, Sig: c.shape(k - 1)})
			}
		}
	}
}

// shape is what the text around the name of a member says of how it is used.
func (c *cscan) shape(name int) (s string) {
	k := name - 1
	for ; c.isPunct(k, "*"); k-- {
		s += "*"
	}
	if s == "" && (c.isPunct(k, "}") || k > 0 && (c.toks[k-1].text == "struct" || c.toks[k-1].text == "union")) {
		s = "{}"
	}
	if c.isPunct(name+1, "[") {
		s += "[]"
	}
	return s
}

// nest puts the name that follows a nested struct's closing brace before the way to the members in it.
func (c *cscan) nest(since, after int) {
	if after >= len(c.toks) || c.toks[after].kind != 'i' {
		return
	}
	for i := since; i < len(c.s.Defs); i++ {
		c.s.Defs[i].Sig = c.toks[after].text + "." + c.s.Defs[i].Sig
	}
}

// constants records the names of an enumeration.
func (c *cscan) constants(from, to int) {
	first, last := c.toks[from-1].line, c.toks[min(to, len(c.toks)-1)].line
	fresh, paren := true, 0
	for k := from; k < to; k++ {
		t := c.toks[k]
		switch {
		case t.kind == '#':
			k = c.pastDirective(k, to)
		case t.kind == 'i' && fresh:
			c.def(Def{Kind: Enum, Name: t.text, Line: t.line, First: first, Last: last})
			fresh = false
		case t.text == "(":
			paren++
		case t.text == ")":
			paren--
		case t.text == "," && paren == 0:
			fresh = true
		}
	}
}

// declaration takes the head up to a semicolon: a prototype, an object, a typedef or a macro invocation.
func (c *cscan) declaration(semi int) {
	if len(c.head) == 0 {
		return
	}
	d := Def{Kind: Var, Static: c.has("static"), Sig: c.signature()}
	k := c.declarator()
	eq := c.firstOf("=")
	switch {
	case c.has("typedef"):
		d.Kind = Type
		c.nameAt(&d, c.lastIdent(len(c.head)))
	case k >= 0 && c.typeless(k): // static DEFINE_SPINLOCK(name);
		d.Kind, d.Sig = Var, ""
		c.nameAt(&d, c.invoked(c.position(k)+2))
	case k >= 0 && (eq < 0 || k < c.head[eq]):
		d.Kind = Proto
		d.Name, d.Line = c.toks[k].text, c.toks[k].line
	default:
		c.object(&d, eq)
	}
	c.finish(semi, d)
}

// invoked is the position in the head of the name that a macro invocation defines whose arguments start at from: its first word, or, where the first
// argument is a type, the first of the second.
func (c *cscan) invoked(from int) int {
	name, second, isType := -1, -1, false
	for n, words := from, 0; n < len(c.head) && second < 0; n++ {
		switch t := c.toks[c.head[n]]; {
		case t.kind == 'i' && name >= 0 && words == 0:
			second = n
		case t.kind == 'i':
			if words++; name < 0 {
				name = n
			}
			isType = isType || words > 1 || keywords[t.text] || plainTypes[t.text] || strings.HasSuffix(t.text, "_t")
		case t.text == "*":
			isType = true
		case t.text == ",":
			words = 0
		case t.text == "(" || t.text == ")":
			n = len(c.head) // an expression, or the end
		}
	}
	if isType && second >= 0 {
		return second
	}
	return name
}

// typeless reports whether only qualifiers stand before token k of the head.
func (c *cscan) typeless(k int) bool {
	for _, h := range c.head {
		if h == k {
			return true
		}
		if c.toks[h].kind != 'i' || !qualifiers[c.toks[h].text] {
			return false
		}
	}
	return true
}

func (c *cscan) position(k int) int {
	for n, h := range c.head {
		if h == k {
			return n
		}
	}
	return len(c.head)
}

// object names a variable: the identifier before "=" or "[" or the end; without a type before it, it is none.
func (c *cscan) object(d *Def, eq int) {
	end := len(c.head)
	if eq >= 0 {
		end = eq
		d.Sig = ""
	}
	if b := c.firstOf("["); b >= 0 && b < end {
		end = b
	}
	if c.has("extern") {
		d.Kind = Proto
	}
	if n := c.lastIdent(end); n > 0 && !qualifiers[c.toks[c.head[n-1]].text] || n > 1 {
		c.nameAt(d, n)
	} else if n > 0 && !c.has("struct") && !c.has("union") && !c.has("enum") {
		c.nameAt(d, n)
	}
}

func (c *cscan) nameAt(d *Def, n int) {
	if n >= 0 {
		d.Name, d.Line = c.toks[c.head[n]].text, c.toks[c.head[n]].line
	}
}

// firstOf returns the position in the head of a punctuation outside parentheses, or -1.
func (c *cscan) firstOf(p string) int {
	depth := 0
	for n, k := range c.head {
		t := c.toks[k]
		if t.kind != 'p' {
			continue
		}
		if t.text == p && depth == 0 {
			return n
		}
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	return -1
}

// lastIdent returns the position of the last name before position end, attributes and keywords left out; -1 if none.
func (c *cscan) lastIdent(end int) int {
	for n := end - 1; n >= 0; n-- {
		t := c.toks[c.head[n]]
		if t.kind == 'i' && !keywords[t.text] && !strings.HasPrefix(t.text, "__") {
			return n
		}
	}
	return -1
}

// finish closes an item that defines d, if d has a name.
func (c *cscan) finish(lastTok int, d Def) {
	last := c.toks[min(lastTok, len(c.toks)-1)].line
	d.First, d.Last = c.firstLine(), last
	if d.Name != "" && !keywords[d.Name] {
		c.def(d)
	}
	c.close(last, d.Kind, d.Name)
}

func (c *cscan) close(last int, kind refactor.SymbolKind, name string) {
	if len(c.head) > 0 {
		c.s.Items = append(c.s.Items, Item{c.firstLine(), last, kind, name})
	}
	c.head = c.head[:0]
}

// flush gives up a head that came to nothing, such as a lone macro without a semicolon.
func (c *cscan) flush() {
	if len(c.head) > 0 {
		c.close(c.toks[c.head[len(c.head)-1]].line, "", "")
	}
}
