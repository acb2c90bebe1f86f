package kconfig

import "strings"

// keywords are the words that begin a statement (and cannot be assigned to).
var keywords = map[string]bool{"config": true, "menuconfig": true, "choice": true, "endchoice": true, "comment": true, "menu": true,
	"endmenu": true, "if": true, "endif": true, "source": true, "rsource": true, "osource": true, "mainmenu": true, "default": true,
	"depends": true, "select": true, "imply": true, "range": true, "prompt": true, "option": true, "optional": true, "visible": true,
	"bool": true, "tristate": true, "string": true, "int": true, "hex": true, "def_bool": true, "def_tristate": true}

// entryLine handles a line that begins or ends an entry; handled is false for an option of the entry above.
func (p *parser) entryLine(word string, t []token) (handled bool, err error) {
	switch word {
	case "config", "menuconfig":
		return true, p.config(t)
	case "choice":
		return true, p.beginChoice()
	case "menu":
		return true, p.beginMenu()
	case "if":
		return true, p.beginIf(t)
	case "comment", "mainmenu":
		p.finish()
		p.cur = &entry{outer: *p.top()}
		return true, nil
	case "endmenu", "endif", "endchoice":
		return true, p.end(strings.TrimPrefix(word, "end"))
	case "source":
		return true, p.source(t)
	case "rsource":
		return true, p.rsource(t)
	}
	return false, nil
}

// config begins a symbol's definition.
func (p *parser) config(t []token) error {
	p.finish()
	if len(t) != 1 {
		return p.errorf("config needs one name")
	}
	s := p.symbol(t[0].text)
	if s.File == "" {
		s.File, s.Line = p.file, p.line
	}
	p.cur = &entry{sym: s, outer: *p.top()}
	return nil
}

// open enters a scope that inherits from the enclosing one; a choice ends at a menu no sooner than at its endchoice.
func (p *parser) open(kind string) *scope {
	p.finish()
	s := *p.top()
	s.kind = kind
	p.scopes = append(p.scopes, s)
	return p.top()
}

// beginMenu enters a menu.
func (p *parser) beginMenu() error {
	s := p.open("menu")
	s.choice = nil
	p.cur = &entry{own: s}
	return nil
}

// beginIf enters an if.
func (p *parser) beginIf(t []token) error {
	e, err := p.condition(t)
	if err != nil {
		return err
	}
	s := p.open("if")
	s.dep = and(s.dep, e)
	return nil
}

// beginChoice enters a choice.
func (p *parser) beginChoice() error {
	s := p.open("choice")
	s.choice = &choice{}
	p.tree.choices = append(p.tree.choices, s.choice)
	p.cur = &entry{own: s}
	return nil
}

// end closes a scope of a kind.
func (p *parser) end(kind string) error {
	p.finish()
	if p.top().kind != kind {
		return p.errorf("end%s without %s (inside %s)", kind, kind, p.top().kind)
	}
	p.scopes = p.scopes[:len(p.scopes)-1]
	return nil
}

// source reads another file.
func (p *parser) source(t []token) error {
	p.finish()
	if len(t) != 1 {
		return p.errorf("source needs one file name")
	}
	return p.include(t[0].text)
}

// rsource reads another file, named relative to this one.
func (p *parser) rsource(t []token) error {
	p.finish()
	if len(t) != 1 {
		return p.errorf("rsource needs one file name")
	}
	name := t[0].text
	for i := len(p.file) - 1; i >= 0; i-- {
		if p.file[i] == '/' {
			name = p.file[:i+1] + name
			break
		}
	}
	return p.include(name)
}

// include reads the named file in place.
func (p *parser) include(name string) error {
	data, err := p.src.Read(name)
	if err != nil {
		return p.errorf("source %q: %v", name, err)
	}
	scopes := len(p.scopes)
	if err := p.readFile(name, data); err != nil {
		return err
	}
	p.finish()
	if len(p.scopes) != scopes {
		return p.errorf("%s leaves %q open", name, p.top().kind)
	}
	return nil
}

// option handles a line inside an entry.
func (p *parser) option(t []token) error {
	e := p.cur
	if e == nil {
		return p.errorf("%q outside an entry", t[0].text)
	}
	if e.sym == nil && e.own == nil {
		return nil // of a comment
	}
	word, rest := t[0].text, t[1:]
	if typ, ok := types[word]; ok {
		e.setType(typ)
		if len(rest) > 0 {
			return p.prompt(e, rest)
		}
		return nil
	}
	switch word {
	case "prompt":
		return p.prompt(e, rest)
	case "def_bool", "def_tristate":
		e.setType(map[string]Type{"def_bool": Bool, "def_tristate": Tri}[word])
		return p.defaultLine(e, rest)
	case "default":
		return p.defaultLine(e, rest)
	case "depends":
		return p.depends(e, rest)
	case "visible":
		return p.visibleIf(e, rest)
	case "select", "imply":
		return p.selects(e, word, rest)
	case "range":
		return p.rangeLine(e, rest)
	case "option", "optional", "modules", "transitional":
		e.other(word, rest)
		return nil
	}
	return p.errorf("unknown option %q", word)
}

// setType gives the entry's symbol a type.
func (e *entry) setType(t Type) {
	if e.sym != nil && e.sym.Type == Unknown {
		e.sym.Type = t
	}
}

// prompt reads "TEXT" [if COND].
func (p *parser) prompt(e *entry, t []token) error {
	cond, err := p.ifPart(t[min(1, len(t)):])
	if err != nil {
		return err
	}
	if e.own != nil {
		if e.own.choice != nil {
			e.own.choice.prompted = true
			e.own.choice.prompt = and(and(cond, e.own.dep), e.own.visible)
		}
		return nil
	}
	e.prompts = append(e.prompts, prop{cond: cond})
	return nil
}

// defaultLine reads EXPR [if COND].
func (p *parser) defaultLine(e *entry, t []token) error {
	val, rest, err := p.expression(t)
	if err != nil {
		return err
	}
	cond, err := p.ifPart(rest)
	if err != nil {
		return err
	}
	if e.own != nil {
		if c := e.own.choice; c != nil {
			c.defaults = append(c.defaults, prop{value: val, cond: cond})
		}
		return nil
	}
	e.defaults = append(e.defaults, prop{value: val, cond: cond})
	return nil
}

// depends reads "on EXPR".
func (p *parser) depends(e *entry, t []token) error {
	if len(t) < 2 || t[0].text != "on" {
		return p.errorf("want: depends on EXPRESSION")
	}
	x, err := p.condition(t[1:])
	if err != nil {
		return err
	}
	if e.own != nil {
		e.own.dep = and(e.own.dep, x)
		if c := e.own.choice; c != nil {
			c.prompt = and(c.prompt, x)
		}
		return nil
	}
	e.dep = and(e.dep, x)
	return nil
}

// visibleIf reads "if EXPR" of a menu.
func (p *parser) visibleIf(e *entry, t []token) error {
	x, err := p.ifPart(t)
	if err == nil && e.own != nil {
		e.own.visible = and(e.own.visible, x)
	}
	return err
}

// selects reads NAME [if COND].
func (p *parser) selects(e *entry, word string, t []token) error {
	if len(t) == 0 {
		return p.errorf("%s needs a symbol", word)
	}
	cond, err := p.ifPart(t[1:])
	if err != nil {
		return err
	}
	if word == "select" {
		e.selects = append(e.selects, target{t[0].text, cond})
	} else {
		e.implies = append(e.implies, target{t[0].text, cond})
	}
	return nil
}

// rangeLine reads LOW HIGH [if COND].
func (p *parser) rangeLine(e *entry, t []token) error {
	if len(t) < 2 {
		return p.errorf("range needs two bounds")
	}
	cond, err := p.ifPart(t[2:])
	if err != nil {
		return err
	}
	e.ranges = append(e.ranges, prop{value: leaf(t[0]), high: leaf(t[1]), cond: cond})
	return nil
}

// other handles the rarer options.
func (e *entry) other(word string, t []token) {
	switch {
	case word == "optional" && e.own != nil && e.own.choice != nil:
		e.own.choice.optional = true
	case e.sym == nil || word != "option" || len(t) == 0:
	case t[0].text == "defconfig_list":
		e.sym.aux = true
	case t[0].text == "env" && len(t) == 3:
		e.sym.env = t[2].text
	}
}

// ifPart reads an optional "if COND" that must end the line.
func (p *parser) ifPart(t []token) (*expr, error) {
	if len(t) == 0 {
		return nil, nil
	}
	if t[0].text != "if" || t[0].quote {
		return nil, p.errorf("unexpected %q", t[0].text)
	}
	return p.condition(t[1:])
}

// condition reads an expression that must use all of t.
func (p *parser) condition(t []token) (*expr, error) {
	e, rest, err := p.expression(t)
	if err == nil && len(rest) > 0 {
		err = p.errorf("unexpected %q after the expression", rest[0].text)
	}
	return e, err
}
