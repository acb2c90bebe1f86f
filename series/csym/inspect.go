package csym

import (
	"slices"
	"strings"
)

// Flaw is something that a compiler may object to. The scanner cannot tell for sure: a flaw means something when
// neither of two versions that compile has it and a mixture of the two does.
type Flaw struct {
	What string // in words, with %s for Name
	Func string // the function it is in, or ""
	Name string
	Line int // 0-based
}

// Call is the use of a function-like name.
type Call struct {
	Func, Name string // the caller and the called
	Args, Line int
}

// Inspection is what a C file looks like to a compiler that warns: flaws inside the file, and what other files must fit.
type Inspection struct {
	Flaws []Flaw
	Calls []Call
	Arity map[string][]int    // parameters of each function, prototype and macro with parameters; -1 for any number
	Types map[string][]string // the type of each function and prototype, without the parameters' names
	Local map[string]bool     // names that some function declares
}

// body is a function with its tokens.
type body struct {
	name      string
	head      []int
	open, end int // tokens "{" and after "}"
}

// Inspect reads one C file; other languages have nothing to inspect.
func Inspect(p string, text []byte) *Inspection {
	in := &Inspection{Arity: map[string][]int{}, Local: map[string]bool{}, Types: map[string][]string{}}
	if LangOf(p) != C || strings.HasSuffix(p, ".S") || strings.HasSuffix(p, ".s") {
		return in
	}
	s := &Source{Uses: make([][]Use, strings.Count(string(text), "\n")+1)}
	c := &cscan{s: s, toks: lex(string(text))}
	c.uses()
	for c.i < len(c.toks) {
		c.item()
	}
	i := &inspector{cscan: c, in: in, local: c.locals(), mentions: map[string]int{}, first: map[string]int{}}
	i.structure()
	for _, t := range c.toks {
		if t.kind == 'i' {
			i.mentions[t.text]++
		}
	}
	i.definitions(strings.HasSuffix(p, ".c"))
	for _, b := range c.bodies {
		i.function(b)
	}
	i.early()
	return in
}

// inspector collects the flaws of a file.
type inspector struct {
	*cscan
	in       *Inspection
	local    map[int]bool   // tokens that declare a local name
	mentions map[string]int // of names, in the whole file
	first    map[string]int // the first line on which a function uses a name that it does not declare
}

func (i *inspector) flaw(what, fn, name string, line int) {
	i.in.Flaws = append(i.in.Flaws, Flaw{what, fn, name, line})
}

// structure checks conditionals and brackets.
func (i *inspector) structure() {
	var elses []int // per open conditional, its #else so far
	braces := 0
	for _, t := range i.toks {
		switch {
		case t.kind == '#' && strings.HasPrefix(t.text, "if"):
			elses = append(elses, 0)
		case t.kind == '#' && t.text == "endif":
			if len(elses) == 0 {
				i.flaw("#%s without #if", "", "endif", t.line)
				continue
			}
			elses = elses[:len(elses)-1]
		case t.kind == '#' && (t.text == "else" || t.text == "elif"):
			if len(elses) == 0 {
				i.flaw("#%s without #if", "", t.text, t.line)
			} else if elses[len(elses)-1] > 0 {
				i.flaw("#%s after #else", "", t.text, t.line)
			} else if t.text == "else" {
				elses[len(elses)-1]++
			}
		case t.kind == 'p' && t.text == "{":
			braces++
		case t.kind == 'p' && t.text == "}":
			braces--
		}
	}
	if len(elses) > 0 {
		i.flaw("#%s is not closed", "", "if", 0)
	}
	if braces != 0 {
		i.flaw("the brackets %s do not pair up", "", "{}", 0)
	}
}

// definitions checks what stands at the top level: nothing twice, nothing static that nobody uses.
func (i *inspector) definitions(unit bool) {
	seen := map[string]int{}
	defer func() {
		for name, types := range i.in.Types {
			if slices.Sort(types); types[0] != types[len(types)-1] {
				i.flaw("%s is declared with two types", "", name, 0)
			}
		}
	}()
	for _, d := range i.s.Defs {
		if d.Sig != "" && (d.Kind == Func || d.Kind == Proto || d.Kind == Macro) {
			i.in.Arity[d.Name] = append(i.in.Arity[d.Name], arityOf(d))
		}
		if d.Kind == Func || d.Kind == Proto && strings.HasSuffix(d.Sig, ") ") {
			i.in.Types[d.Name] = append(i.in.Types[d.Name], typeOf(d.Sig))
		}
		if d.Kind == Func || d.Kind == Type || d.Kind == Enum || d.Kind == Macro || d.Kind == Var && d.Static {
			k := string(d.Kind) + " " + d.Name
			if seen[k]++; seen[k] > 1 {
				i.flaw("%s is defined twice", "", d.Name, d.Line)
			}
		}
		if unit && d.Static && !d.Inline && (d.Kind == Func || d.Kind == Var) && i.mentions[d.Name] == 1 {
			i.flaw("%s is static and not used", "", d.Name, d.Line)
		}
	}
}

// arityOf counts the parameters in a signature, by its last bracket at the outer level.
func arityOf(d Def) int {
	words := strings.Fields(d.Sig)
	depth, n, some := 0, 0, false
	for k, w := range words {
		switch w {
		case "(":
			if depth++; depth == 1 {
				if k > 0 && d.Kind != Macro && words[k-1] != d.Name {
					return -1 // an attribute's
				}
				n, some = 0, false
			}
		case ")":
			if depth--; depth == 0 {
				if some {
					n++
				}
				return n
			}
		case ",":
			if depth == 1 {
				n++
			}
		case "void":
			some = some || k+1 < len(words) && words[k+1] != ")"
		default:
			if depth > 0 {
				some = true
			}
			if strings.Contains(w, "...") || w == "." {
				return -1
			}
		}
	}
	return -1
}

// typeOf drops the parameters' names from a signature: what stands before a comma or the last bracket, after a type or a star.
func typeOf(sig string) string {
	words := strings.Fields(sig)
	var out []string
	for k, w := range words {
		last := k+1 < len(words) && (words[k+1] == "," || words[k+1] == ")")
		if last && isIdent(w[0]) && !keywords[w] && k > 0 && (words[k-1] == "*" || isIdent(words[k-1][0]) && words[k-1] != "struct" && words[k-1] != "union" && words[k-1] != "enum" && words[k-1] != "const") {
			continue
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// function checks one function's body.
func (i *inspector) function(b body) {
	declared := map[string]int{} // the line, in the body
	params := map[string]bool{}
	for _, k := range b.head {
		if i.local[k] {
			params[i.toks[k].text] = true
			i.in.Local[i.toks[k].text] = true
		}
	}
	gotos, labels := map[string]int{}, map[string]int{}
	i.each(b, func(k int) {
		t := i.toks[k]
		member := i.toks[k-1].kind == 'p' && (i.toks[k-1].text == "." || i.toks[k-1].text == "->")
		switch {
		case t.kind != 'i':
			return
		case i.toks[k-1].text == "goto" && i.toks[k-1].kind == 'i':
			gotos[t.text] = t.line
			return
		case i.local[k] && i.peek(k) == ":" && (i.toks[k-1].kind == 'p' && strings.Contains(";{}:", i.toks[k-1].text)):
			labels[t.text] = t.line
			return
		case i.local[k]:
			declared[t.text] = t.line
			i.in.Local[t.text] = true
		}
		if i.peek(k) == "(" && !keywords[t.text] && !member {
			i.in.Calls = append(i.in.Calls, Call{b.name, t.text, i.args(k + 1), t.line})
		}
	})
	i.names(b, declared, params)
	i.variables(b)
	for name, line := range gotos {
		if _, ok := labels[name]; !ok {
			i.flaw("there is no label %s", b.name, name, line)
		}
	}
	for name, line := range labels {
		if _, ok := gotos[name]; !ok {
			i.flaw("nothing goes to label %s", b.name, name, line)
		}
	}
	i.order(b, i.returns(b))
}

// each visits the tokens of a body that are in no directive.
func (i *inspector) each(b body, visit func(k int)) {
	for k := b.open + 1; k < b.end; k++ {
		if i.toks[k].kind == '#' {
			k = i.pastDirective(k, b.end)
			continue
		}
		visit(k)
	}
}

// names reports every name that is not declared here: whether it is one that should be, a comparison tells.
func (i *inspector) names(b body, declared map[string]int, params map[string]bool) {
	first := map[string]int{}
	i.each(b, func(k int) {
		t := i.toks[k]
		if _, ok := first[t.text]; t.kind == 'i' && !ok && !keywords[t.text] && i.toks[k-1].text != "." && i.toks[k-1].text != "->" {
			first[t.text] = t.line
		}
	})
	for name, line := range first {
		if _, ok := declared[name]; !ok && !params[name] {
			if was, ok := i.first[name]; !ok || line < was {
				i.first[name] = line
			}
			i.flaw(Undeclared, b.name, name, line)
		}
	}
}

// early reports what is for this file alone, or for what follows, and used before it is there.
func (i *inspector) early() {
	at, own := map[string]int{}, map[string]bool{}
	for _, d := range i.s.Defs {
		if was, ok := at[d.Name]; d.Kind != Field && (!ok || d.Line < was) {
			at[d.Name] = d.Line
		}
		own[d.Name] = own[d.Name] || d.Static && (d.Kind == Func || d.Kind == Var) || d.Kind == Macro || d.Kind == Enum || d.Kind == Type
	}
	for name, line := range at {
		if used, ok := i.first[name]; ok && own[name] && used < line {
			i.flaw("%s is used before it is defined", "", name, used)
		}
	}
}

// Undeclared is the flaw of a name that its function does not declare; most such names come from elsewhere.
const Undeclared = "%s is not declared"

// args counts the arguments of a call whose "(" is token k; -1 if it does not end.
func (i *inspector) args(k int) int {
	depth, n := 0, 0
	for end := min(len(i.toks), k+2000); k < end; k++ {
		t := i.toks[k]
		switch {
		case t.kind == '#':
			return -1
		case t.kind != 'p':
			n = max(n, 1)
			continue
		}
		switch t.text {
		case "(", "[", "{":
			if depth++; depth > 1 {
				n = max(n, 1)
			}
		case ")", "]", "}":
			if depth--; depth == 0 {
				return n
			}
		case ",":
			if depth == 1 {
				n = max(n, 1) + 1
			}
		default:
			n = max(n, 1)
		}
	}
	return -1
}

// returns checks that a function returns what its head says, and tells whether that is nothing.
func (i *inspector) returns(b body) (void bool) {
	for n, k := range b.head {
		if i.toks[k].text == b.name {
			break
		}
		void = i.toks[k].text == "void" && (n+1 == len(b.head) || i.toks[b.head[n+1]].text != "*") || void && i.toks[k].text != "*"
	}
	some := false
	i.each(b, func(k int) {
		if t := i.toks[k]; t.kind == 'i' && t.text == "return" {
			bare := i.peek(k) == ";"
			some = some || !bare
			if bare && !void {
				i.flaw("%s returns nothing", b.name, b.name, t.line)
			} else if !bare && void {
				i.flaw("%s is void and returns a value", b.name, b.name, t.line)
			}
		}
	})
	if !some && !void {
		i.flaw("%s has no return", b.name, b.name, i.toks[b.open].line)
	}
	return void
}

// block is an open block of a function: whether a statement has been in it, and what it declares.
type block struct {
	stated   bool
	declares map[string]bool
}

// order reports declarations after statements, names that a block declares twice, and a function that ends without the
// return that it needs.
func (i *inspector) order(b body, void bool) {
	open := []*block{{declares: map[string]bool{}}}
	for k := b.open + 1; k < b.end-1 && len(open) > 0; {
		t := i.toks[k]
		switch {
		case t.kind == '#':
			k = i.pastDirective(k, b.end) + 1
		case t.kind == 'p' && t.text == "{":
			open[len(open)-1].stated = true
			open = append(open, &block{declares: map[string]bool{}})
			k++
		case t.kind == 'p':
			if t.text == "}" {
				open = open[:len(open)-1]
			}
			k++
		default:
			k = i.statement(b, k, open[len(open)-1])
		}
	}
	if !void && !i.ends(b) {
		i.flaw("%s ends without a return", b.name, b.name, i.toks[b.open].line)
	}
}

// statement takes one statement, up to its semicolon or block, and returns the token after it.
func (i *inspector) statement(b body, k int, in *block) int {
	var names []token
	depth := 0
	for first := k; k < b.end-1; k++ {
		t := i.toks[k]
		if t.kind == '#' {
			k = i.pastDirective(k, b.end)
			continue
		}
		if depth == 0 && i.local[k] && i.peek(k) != ":" && k > first {
			names = append(names, t)
		}
		if t.kind != 'p' {
			continue
		}
		switch {
		case t.text == "(" || t.text == "[" || t.text == "{" && (depth > 0 || len(names) > 0):
			depth++
		case (t.text == ")" || t.text == "]" || t.text == "}") && depth > 0:
			depth--
		case depth == 0 && (t.text == ";" || t.text == "{" || t.text == "}"):
			i.declares(b, names, in)
			if t.text == ";" {
				k++
			}
			return k
		}
	}
	return k
}

// declares notes a statement that declares names, or none.
func (i *inspector) declares(b body, names []token, in *block) {
	if len(names) == 0 {
		in.stated = true
	} else if in.stated {
		i.flaw("%s is declared after statements", b.name, names[0].text, names[0].line)
	}
	for _, t := range names {
		if in.declares[t.text] {
			i.flaw("%s is declared twice", b.name, t.text, t.line)
		}
		in.declares[t.text] = true
	}
}
