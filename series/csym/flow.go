package csym

import (
	"slices"
	"strings"
)

// maxDepth bounds how deep statements may be nested to be followed.
const maxDepth = 200

// variables reports, block by block, the variables of a function that nothing names, and those that are read where nothing has
// set them. The latter errs on the side of set: after a label, a loop or a switch that sets it somewhere, and what is given to a function as
// such, a variable is taken for set.
func (i *inspector) variables(b body) {
	depth := 0
	i.each(b, func(k int) {
		t := i.toks[k]
		switch {
		case t.kind == 'p' && (t.text == "(" || t.text == "["):
			depth++
		case t.kind == 'p' && (t.text == ")" || t.text == "]"):
			depth--
		case t.kind == 'i' && i.local[k] && depth == 0 && i.peek(k) != ":" && i.peek(k) != "":
			i.variable(b, k)
		}
	})
}

// variable follows the variable that token k declares, to the end of its block.
func (i *inspector) variable(b body, k int) {
	name := i.toks[k].text
	end := i.closing(k+1, b.end)
	if !i.named(k+1, end, name) {
		i.flaw("variable %s is not used", b.name, name, i.toks[k].line)
		return
	}
	words := strings.Fields(i.declType(k))
	whole := !slices.Contains(words, "struct") && !slices.Contains(words, "union") || slices.Contains(words, "*")
	if next := i.peek(k); next != ";" && next != "," || !whole || slices.Contains(words, "static") || slices.Contains(words, "extern") {
		return
	}
	f := &flow{inspector: i, name: name, read: -1}
	for k < end && (i.toks[k].kind != 'p' || i.toks[k].text != ";") {
		k++
	}
	f.list(k+1, end, false)
	if f.read >= 0 {
		i.flaw("%s may be used before it is set", b.name, name, f.read)
	}
}

// closing returns the token that closes the block, or the brackets, which token k is inside of; end if none does.
func (i *inspector) closing(k, end int) int {
	depth := 0
	for ; k < end; k++ {
		t := i.toks[k]
		switch {
		case t.kind == '#':
			k = i.pastDirective(k, end)
		case t.kind != 'p':
		case t.text == "{" || t.text == "(" || t.text == "[":
			depth++
		case t.text == "}" || t.text == ")" || t.text == "]":
			if depth--; depth < 0 {
				return k
			}
		}
	}
	return end
}

// named reports whether tokens [k,end) name a variable, blocks aside that declare another of the name.
func (i *inspector) named(k, end int, name string) bool {
	for ; k < end; k++ {
		t := i.toks[k]
		switch {
		case t.kind == 'p' && t.text == "{" && i.redeclared(k, name):
			k = i.closing(k+1, end)
		case t.kind == 'i' && t.text == name && !i.member(k):
			return true
		}
	}
	return false
}

// redeclared reports whether the block that token k opens declares the name itself.
func (i *inspector) redeclared(k int, name string) bool {
	depth := 0
	for k++; k < len(i.toks); k++ {
		t := i.toks[k]
		switch {
		case t.kind == 'i' && depth == 0 && t.text == name && i.local[k] && i.peek(k) != ":":
			return true
		case t.kind == 'p' && t.text == "{":
			depth++
		case t.kind == 'p' && t.text == "}":
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return false
}

func (i *inspector) member(k int) bool {
	return i.toks[k-1].kind == 'p' && (i.toks[k-1].text == "." || i.toks[k-1].text == "->")
}

// flow follows one variable through statements.
type flow struct {
	*inspector
	name  string
	entry []bool // per open switch, whether the variable is set where it starts
	left  []bool // per open switch or loop, whether a break leaves it
	read  int    // the line of the first reading that nothing precedes which sets it, or -1
	depth int
}

// ends reports whether no way through a function gets to its end: all return, go elsewhere or stay in a loop.
func (i *inspector) ends(b body) bool {
	f := &flow{inspector: i, read: -1}
	_, ends := f.list(b.open+1, b.end-1, true)
	return ends
}

// joined reports whether other statements than the one before may lead to token k: a label.
func (f *flow) joined(k int) bool {
	t := f.toks[k]
	return t.kind == 'i' && (t.text == "case" || t.text == "default" || f.local[k] && f.peek(k) == ":")
}

// list goes through statements [k,end): whether the variable is set after them, and whether they never get to their end.
func (f *flow) list(k, end int, set bool) (after, ends bool) {
	for k < end && f.read < 0 {
		var one bool
		ends = ends && !f.joined(k)
		k, set, one = f.statement(k, end, set || ends)
		ends = ends || one
	}
	return set || ends, ends
}

// statement goes through one statement and returns the token after it.
func (f *flow) statement(k, end int, set bool) (next int, after, ends bool) {
	if f.depth++; f.depth > maxDepth {
		f.depth--
		return end, true, false
	}
	defer func() { f.depth-- }()
	t := f.toks[k]
	switch {
	case t.kind == '#':
		return f.pastDirective(k, end) + 1, set, false
	case t.kind == 'p' && t.text == "{":
		stop := f.closing(k+1, end)
		if f.redeclared(k, f.name) {
			return stop + 1, set, false
		}
		set, ends = f.list(k+1, stop, set)
		return stop + 1, set, ends
	case t.kind == 'p' && (t.text == "}" || t.text == ";"):
		return k + 1, set, false
	case t.kind != 'i':
		return f.expression(k, end, set)
	}
	switch t.text {
	case "if":
		return f.branch(k, end, set)
	case "else":
		return k + 1, true, false // cut off from its if by a directive
	case "do":
		f.left = append(f.left, false)
		next, set, ends = f.statement(min(k+1, end-1), end, set)
		return next, set, !f.leave() && ends
	case "while", "for", "switch":
		return f.loop(k, end, set)
	case "case", "default":
		if n := len(f.entry); n > 0 {
			set = f.entry[n-1]
		}
		for k < end && (f.toks[k].kind != 'p' || f.toks[k].text != ":") {
			k++
		}
		return k + 1, set, false
	case "return", "goto", "break", "continue":
		if n := len(f.left); n > 0 && t.text == "break" {
			f.left[n-1] = true
		}
		next, _, _ = f.expression(k, end, set)
		return next, true, true
	}
	if f.local[k] && f.peek(k) == ":" {
		return k + 2, true, false
	}
	return f.expression(k, end, set)
}

// condition goes through the brackets after token k and returns the token after them.
func (f *flow) condition(k, end int, set bool) (int, bool) {
	if f.peek(k) != "(" {
		return k + 1, set
	}
	stop := f.closing(k+2, end)
	return stop + 1, f.tokens(k+2, f.thirdClause(k+2, stop), set)
}

// thirdClause returns where the third clause of a for begins, which runs after the body; stop when there is none.
func (f *flow) thirdClause(k, stop int) int {
	for n := 0; k < stop; k++ {
		if t := f.toks[k]; t.kind == 'p' && t.text == ";" {
			if n++; n == 2 {
				return k
			}
		}
	}
	return stop
}

func (f *flow) branch(k, end int, set bool) (int, bool, bool) {
	k, set = f.condition(k, end, set)
	if k >= end {
		return end, set, false
	}
	k, yes, yesEnds := f.statement(k, end, set)
	if k >= end || f.toks[k].kind != 'i' || f.toks[k].text != "else" || k+1 >= end {
		return k, set, false
	}
	k, no, noEnds := f.statement(k+1, end, set)
	return k, yes && no, yesEnds && noEnds
}

// leave closes the innermost switch or loop, and tells whether a break leaves it.
func (f *flow) leave() bool {
	n := len(f.left) - 1
	broken := f.left[n]
	f.left = f.left[:n]
	return broken
}

func (f *flow) loop(k, end int, set bool) (int, bool, bool) {
	isSwitch, forever := f.toks[k].text == "switch", f.forever(k)
	k, set = f.condition(k, end, set)
	if isSwitch {
		f.entry = append(f.entry, set)
		defer func() { f.entry = f.entry[:len(f.entry)-1] }()
	}
	if k >= end {
		return end, set, false
	}
	at := k
	f.left = append(f.left, false)
	k, _, ends := f.statement(k, end, set)
	broken := f.leave()
	if isSwitch {
		ends = ends && f.hasDefault(at, k)
	} else {
		ends = forever
	}
	return k, set || f.sets(at, min(k, end)), ends && !broken
}

// forever reports whether the loop at token k has no condition, or a constant.
func (f *flow) forever(k int) bool {
	stop := f.closing(k+2, len(f.toks))
	if f.toks[k].text == "for" {
		n := f.thirdClause(k+2, stop)
		return n < stop && f.toks[n-1].kind == 'p' && f.toks[n-1].text == ";"
	}
	return stop == k+3 && (f.toks[k+2].kind == 'l' || f.toks[k+2].text == "true")
}

// hasDefault reports whether the block [k,end) of a switch has a default.
func (f *flow) hasDefault(k, end int) bool {
	depth := 0
	for ; k < end; k++ {
		switch t := f.toks[k]; {
		case t.kind == 'p' && t.text == "{":
			depth++
		case t.kind == 'p' && t.text == "}":
			depth--
		case t.kind == 'i' && t.text == "default" && depth == 1:
			return true
		}
	}
	return false
}

// sets reports whether tokens [k,end) set the variable anywhere.
func (f *flow) sets(k, end int) bool {
	for ; k < end; k++ {
		if t := f.toks[k]; t.kind == 'i' && t.text == f.name && !f.member(k) && f.written(k) {
			return true
		}
	}
	return false
}

// expression goes on to the semicolon; a block after a macro that looks like a call is a loop's.
func (f *flow) expression(k, end int, set bool) (int, bool, bool) {
	depth, from := 0, k
	for ; k < end; k++ {
		t := f.toks[k]
		if t.kind == '#' {
			k = f.pastDirective(k, end)
			continue
		}
		if t.kind != 'p' {
			continue
		}
		switch t.text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case "{":
			if depth > 0 || f.toks[k-1].text == "=" {
				depth++
				continue
			}
			set = f.tokens(from, k, set)
			stop := f.closing(k+1, end)
			if !f.redeclared(k, f.name) {
				f.list(k+1, stop, set)
			}
			return stop + 1, set || f.sets(k, stop), false
		case "}":
			depth--
		case ";":
			if depth <= 0 {
				return k + 1, f.tokens(from, k, set), false
			}
		}
	}
	return end, f.tokens(from, end, set), false
}

// tokens goes through an expression.
func (f *flow) tokens(k, end int, set bool) bool {
	wrote := set
	for ; k < end; k++ {
		t := f.toks[k]
		switch {
		case t.kind == '#':
			k = f.pastDirective(k, end)
		case t.kind == 'i' && unread[t.text] && f.peek(k) == "(":
			k = f.closing(k+2, end)
		case t.kind != 'i' || t.text != f.name || f.member(k):
		case f.written(k):
			wrote = true
		case !wrote && f.read < 0:
			f.read = t.line
		}
	}
	return wrote
}

// written reports whether the name at token k is assigned to there, or given to what may do so.
func (f *flow) written(k int) bool {
	next, then := f.peek(k), ""
	if next != "" {
		then = f.peek(k + 1)
	}
	before := f.toks[k-1]
	switch {
	case next == "=":
		return then != "=" || k+2 < len(f.toks) && f.toks[k+2].kind != 'p'
	case next == "." || next == "[":
		return true
	case before.kind == 'p' && before.text == "&":
		b := f.toks[k-2]
		return b.kind == 'p' && b.text != "&" && b.text != ")" && b.text != "]" || b.kind == 'i' && keywords[b.text]
	case next != ")" && next != ",":
		return false
	case before.kind == 'p' && before.text == ",":
		return true
	case before.kind == 'p' && before.text == "(":
		b := f.toks[k-2]
		return b.kind == 'l' || b.kind == 'i' && !branching[b.text]
	}
	return false
}

// branching lists what may stand before brackets and is no call.
var branching = wordSet("if while switch for return")

// unread lists the operators that look at types alone.
var unread = wordSet("sizeof typeof __typeof__")
