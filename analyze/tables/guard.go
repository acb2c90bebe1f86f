package tables

import (
	"sort"
	"strings"
)

// Condition is a preprocessor condition as a formula over what it tests: "CONFIG_X86" for defined(CONFIG_X86), IS_ENABLED(CONFIG_X86) and
// CONFIG_X86; anything else by its text.
type Condition struct {
	op    byte // 'v' variable, '!' not, '&' and, '|' or, '1' true
	name  string
	args  []*Condition
	names []string // see Names
}

// ParseCondition reads a condition as guards are written here: C's preprocessor syntax with && between nested levels.
func ParseCondition(s string) *Condition {
	p := &condParser{s: s}
	c := p.or()
	if p.space(); p.i < len(p.s) || p.bad {
		return &Condition{op: 'v', name: squeezeSpace(s)} // arithmetic: a test of its own
	}
	return c
}

// condParser is a recursive-descent parser.
type condParser struct {
	s     string
	i     int
	depth int
	bad   bool
}

func (p *condParser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n\\", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *condParser) eat(t string) bool {
	p.space()
	if strings.HasPrefix(p.s[p.i:], t) {
		p.i += len(t)
		return true
	}
	return false
}

func (p *condParser) or() *Condition { return p.chain("||", '|', p.and) }

func (p *condParser) and() *Condition { return p.chain("&&", '&', p.not) }

func (p *condParser) chain(sep string, op byte, next func() *Condition) *Condition {
	c := &Condition{op: op, args: []*Condition{next()}}
	for p.eat(sep) {
		c.args = append(c.args, next())
	}
	if len(c.args) == 1 {
		return c.args[0]
	}
	return c
}

func (p *condParser) not() *Condition {
	if p.depth++; p.depth > 200 {
		p.bad = true
		return &Condition{op: '1'}
	}
	defer func() { p.depth-- }()
	switch {
	case p.eat("!"):
		return &Condition{op: '!', args: []*Condition{p.not()}}
	case p.eat("("):
		c := p.or()
		if !p.eat(")") {
			p.bad = true
		}
		return c
	}
	return p.term()
}

// term reads defined(X), defined X, IS_ENABLED(X), a number or a name.
func (p *condParser) term() *Condition {
	w := p.word()
	switch w {
	case "":
		p.bad = p.bad || p.i < len(p.s) || p.i == 0 && len(strings.TrimSpace(p.s)) > 0
		return &Condition{op: '1'}
	case "0":
		return &Condition{op: '!', args: []*Condition{{op: '1'}}}
	case "1":
		return &Condition{op: '1'}
	case "defined", "IS_ENABLED", "IS_BUILTIN":
		paren := p.eat("(")
		n := p.word()
		if n == "" || paren && !p.eat(")") {
			p.bad = true
		}
		return &Condition{op: 'v', name: n}
	}
	return &Condition{op: 'v', name: w}
}

func (p *condParser) word() string {
	p.space()
	start := p.i
	for p.i < len(p.s) && (p.s[p.i] == '_' || p.s[p.i] >= '0' && p.s[p.i] <= '9' || p.s[p.i]|0x20 >= 'a' && p.s[p.i]|0x20 <= 'z') {
		p.i++
	}
	return p.s[start:p.i]
}

func (c *Condition) collect(into map[string]bool) {
	if c.op == 'v' {
		into[c.name] = true
	}
	for _, a := range c.args {
		a.collect(into)
	}
}

// Eval is the condition's value where set says which names are set.
func (c *Condition) Eval(set func(string) bool) bool {
	switch c.op {
	case 'v':
		return set(c.name)
	case '!':
		return !c.args[0].Eval(set)
	case '&', '|':
		for _, a := range c.args {
			if a.Eval(set) == (c.op == '|') {
				return c.op == '|'
			}
		}
		return c.op == '&'
	}
	return true
}

// maxAtoms bounds the names over which two conditions are compared: beyond it they count as equal.
const maxAtoms = 12

// Differ looks for a setting of names in which a holds and b does not. rules are implications among names that a tree's Kconfig enforces;
// a setting that breaks one does not count. ok is false when a implies b, or when there are too many names to try.
func Differ(a, b *Condition, rules []*Condition) (setting map[string]bool, ok bool) {
	seen := map[string]bool{}
	a.collect(seen)
	b.collect(seen)
	if len(seen) > maxAtoms || search(a, b, nil, seen) == nil {
		return nil, false
	}
	var about []*Condition
	for grown := true; grown && len(seen) <= maxAtoms; { // rules about these names may tie them to others
		grown = false
		for _, r := range rules {
			if n := r.Names(); touches(n, seen) && missing(n, seen) <= 2 && len(seen) < maxAtoms {
				before := len(seen)
				r.collect(seen)
				grown = grown || len(seen) > before
			}
		}
	}
	for _, r := range rules {
		if missing(r.Names(), seen) == 0 {
			about = append(about, r)
		}
	}
	setting = search(a, b, about, seen)
	return setting, setting != nil
}

// search tries every setting of the names for one in which a and the rules hold and b does not.
func search(a, b *Condition, rules []*Condition, seen map[string]bool) map[string]bool {
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	for bits := 0; bits < 1<<len(names); bits++ {
		set := func(n string) bool {
			i := sort.SearchStrings(names, n)
			return i < len(names) && names[i] == n && bits>>i&1 != 0
		}
		if a.Eval(set) && !b.Eval(set) && allHold(rules, set) {
			setting := map[string]bool{}
			for _, n := range names {
				setting[n] = set(n)
			}
			return setting
		}
	}
	return nil
}

// missing counts the names that are not in a set.
func missing(names []string, seen map[string]bool) (n int) {
	for _, x := range names {
		if !seen[x] {
			n++
		}
	}
	return n
}

func touches(names []string, seen map[string]bool) bool {
	for _, n := range names {
		if seen[n] {
			return true
		}
	}
	return false
}

// allHold reports whether the rules hold.
func allHold(rules []*Condition, set func(string) bool) bool {
	for _, r := range rules {
		if !r.Eval(set) {
			return false
		}
	}
	return true
}

// Names lists what the condition tests, sorted.
func (c *Condition) Names() []string {
	if c.names != nil {
		return c.names
	}
	seen := map[string]bool{}
	c.collect(seen)
	c.names = make([]string, 0, len(seen))
	for n := range seen {
		c.names = append(c.names, n)
	}
	sort.Strings(c.names)
	return c.names
}
