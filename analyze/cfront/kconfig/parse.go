package kconfig

import (
	"strings"
)

// Source is what a tree of Kconfig files is read from.
type Source struct {
	Read   func(path string) ([]byte, error)                   // path as source lines spell it, relative to the root file's folder
	Env    map[string]string                                   // SRCARCH, ARCH, CC ...
	Answer func(function string, args []string) (string, bool) // $(function,args); ok false lets the files' own definition run
}

// Tree is a parsed set of Kconfig files.
type Tree struct {
	Symbols map[string]*Symbol
	order   []*Symbol
	choices []*choice
	Files   []string // in reading order
	env     map[string]string
}

// Type is a symbol's type.
type Type int

// The types; Unknown symbols are referred to and never defined.
const (
	Unknown Type = iota
	Bool
	Tri
	String
	Int
	Hex
)

// types maps keywords to types.
var types = map[string]Type{"bool": Bool, "boolean": Bool, "tristate": Tri, "string": String, "int": Int, "hex": Hex}

// Symbol is one configuration option.
type Symbol struct {
	Name     string
	Type     Type
	File     string // of the first definition
	Line     int
	dep      *expr  // of all definitions, joined by or
	defs     int    // number of definitions
	prompts  []prop // cond: visibility
	defaults []prop
	ranges   []prop // value, high
	rev      []prop // who selects it: cond
	implied  []prop // who implies it: cond
	choice   *choice
	env      string // option env="X"
	aux      bool   // option defconfig_list: not part of a configuration
}

// defined tells whether the files define s (and do not only refer to it).
func (s *Symbol) defined() bool { return s.defs > 0 }

// prop is one property with its condition, dependencies included.
type prop struct {
	cond, value, high *expr
}

// choice is a group of which exactly one visible member is y.
type choice struct {
	prompt   *expr // visibility
	prompted bool
	defaults []prop
	members  []*Symbol
	optional bool
}

// scope is what encloses an entry: a menu, an if, a choice.
type scope struct {
	kind    string
	dep     *expr
	visible *expr
	choice  *choice
}

// entry is the config, menu or choice whose options are being read.
type entry struct {
	sym               *Symbol
	dep               *expr
	prompts, defaults []prop
	ranges            []prop
	selects, implies  []target
	own               *scope // of a menu or choice: its scope, which depends-lines narrow
	outer             scope
}

// target is what an entry selects or implies.
type target struct {
	name string
	cond *expr
}

// parser reads files into a tree.
type parser struct {
	src    Source
	tree   *Tree
	vars   map[string]string
	scopes []scope
	cur    *entry
	file   string
	line   int
	depth  int
}

// maxFiles and maxDepth bound reading.
const (
	maxFiles = 4096
	maxDepth = 40
)

// Parse reads the file root and all that it sources. Errors are *[Error], or the reader's own for root.
func Parse(src Source, root string) (*Tree, error) {
	p := &parser{src: src, tree: &Tree{Symbols: map[string]*Symbol{}, env: src.Env}, vars: map[string]string{}, scopes: []scope{{kind: "file"}}}
	data, err := src.Read(root)
	if err != nil {
		return nil, err
	}
	if err := p.readFile(root, data); err != nil {
		return nil, err
	}
	p.finish()
	if len(p.scopes) > 1 {
		return nil, p.errorf("%q is never closed", p.top().kind)
	}
	return p.tree, nil
}

// top returns the innermost scope.
func (p *parser) top() *scope { return &p.scopes[len(p.scopes)-1] }

// readFile reads one file's lines.
func (p *parser) readFile(name string, data []byte) error {
	if p.depth++; p.depth > maxDepth || len(p.tree.Files) > maxFiles {
		return p.errorf("source lines nest too deeply (a file that sources itself?)")
	}
	file, line := p.file, p.line
	defer func() { p.depth--; p.file, p.line = file, line }()
	p.tree.Files = append(p.tree.Files, name)
	lines := strings.Split(string(data), "\n")
	p.file = name
	for i := 0; i < len(lines); i++ {
		p.line = i + 1
		text := strings.TrimRight(lines[i], "\r")
		for strings.HasSuffix(text, "\\") && i+1 < len(lines) {
			i++
			text = text[:len(text)-1] + " " + strings.TrimRight(lines[i], "\r")
		}
		word := strings.TrimSpace(text)
		if word == "help" || word == "---help---" {
			i = skipHelp(lines, i)
			continue
		}
		if err := p.statement(text); err != nil {
			return err
		}
	}
	return nil
}

// skipHelp returns the index of the last line of the help text that follows line i.
func skipHelp(lines []string, i int) int {
	indent := -1
	for j := i + 1; j < len(lines); j++ {
		if strings.TrimSpace(lines[j]) == "" {
			continue
		}
		n := width(lines[j])
		if indent < 0 {
			indent = n
		}
		if n < indent || n == 0 {
			return j - 1
		}
	}
	return len(lines) - 1
}

// width returns the indentation of a line, tabs to multiples of 8.
func width(s string) int {
	n := 0
	for _, c := range s {
		switch c {
		case ' ':
			n++
		case '\t':
			n = n&^7 + 8
		default:
			return n
		}
	}
	return n
}

// statement handles one logical line.
func (p *parser) statement(text string) error {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] == '#' {
		return nil
	}
	if trimmed == text || strings.HasPrefix(trimmed, "$(") {
		if strings.HasPrefix(trimmed, "$(") {
			_, err := p.expand(trimmed, nil, 0)
			return err
		}
		if !keywords[firstWord(trimmed)] {
			if ok, err := p.assign(trimmed); ok || err != nil {
				return err
			}
		}
	}
	toks, err := p.tokens(trimmed)
	if err != nil || len(toks) == 0 {
		return err
	}
	if !toks[0].quote {
		if handled, err := p.entryLine(toks[0].text, toks[1:]); handled || err != nil {
			return err
		}
	}
	return p.option(toks)
}

// firstWord returns the word that s begins with.
func firstWord(s string) string { return s[:nameEnd(s)] }

// finish closes the current entry: its properties get its dependencies.
func (p *parser) finish() {
	e := p.cur
	p.cur = nil
	if e == nil || e.sym == nil {
		return
	}
	dep := and(e.outer.dep, e.dep)
	s := e.sym
	if s.defs++; s.defs == 1 {
		s.dep = dep
	} else {
		s.dep = or(s.dep, dep)
	}
	for _, x := range e.prompts {
		s.prompts = append(s.prompts, prop{cond: and(and(x.cond, dep), e.outer.visible)})
	}
	for _, x := range e.defaults {
		s.defaults = append(s.defaults, prop{cond: and(x.cond, dep), value: x.value})
	}
	for _, x := range e.ranges {
		s.ranges = append(s.ranges, prop{cond: and(x.cond, dep), value: x.value, high: x.high})
	}
	self := &expr{op: opSym, name: s.Name}
	for _, t := range e.selects {
		o := p.symbol(t.name)
		o.rev = append(o.rev, prop{cond: and(self, and(t.cond, dep))})
	}
	for _, t := range e.implies {
		o := p.symbol(t.name)
		o.implied = append(o.implied, prop{cond: and(self, and(t.cond, dep))})
	}
	if c := e.outer.choice; c != nil && s.choice == nil {
		s.choice = c
		c.members = append(c.members, s)
	}
}

// symbol returns the symbol of a name, made when new.
func (p *parser) symbol(name string) *Symbol {
	s := p.tree.Symbols[name]
	if s == nil {
		s = &Symbol{Name: name}
		p.tree.Symbols[name] = s
		p.tree.order = append(p.tree.order, s)
	}
	return s
}
