package vectors

import "fmt"

// vectorParser reads access_vectors.
type vectorParser struct {
	file    string
	toks    []token
	line    int // of the last token taken
	commons map[string][]string
	defs    *Definitions
	done    map[string]bool
}

func (d *Definitions) parseVectors(src Source) error {
	toks, err := tokens(src)
	if err != nil {
		return err
	}
	p := &vectorParser{file: src.Name, toks: toks, line: 1, commons: map[string][]string{}, defs: d, done: map[string]bool{}}
	for len(p.toks) > 0 {
		if err := p.definition(); err != nil {
			return err
		}
	}
	return nil
}

func (p *vectorParser) errorf(format string, args ...any) error {
	return &SyntaxError{p.file, p.line, fmt.Sprintf(format, args...)}
}

// next takes a token; "" at the end.
func (p *vectorParser) next() string {
	if len(p.toks) == 0 {
		return ""
	}
	t := p.toks[0]
	p.toks, p.line = p.toks[1:], t.line
	return t.text
}

func (p *vectorParser) peek() string {
	if len(p.toks) == 0 {
		return ""
	}
	return p.toks[0].text
}

// definition reads one common or class.
func (p *vectorParser) definition() error {
	switch word := p.next(); word {
	case "common":
		name := p.next()
		if _, dup := p.commons[name]; dup || !identifier(name) {
			return p.errorf("common %q is there twice or no name", name)
		}
		perms, err := p.block(nil)
		p.commons[name] = perms
		return err
	case "class":
		return p.class()
	default:
		return p.errorf("%q instead of a class or common", word)
	}
}

func (p *vectorParser) class() error {
	name := p.next()
	value := p.defs.Class(name)
	if value == 0 {
		return p.errorf("class %q is not among the security classes", name)
	}
	if p.done[name] {
		return p.errorf("class %s is there twice", name)
	}
	p.done[name] = true
	var perms []string
	if p.peek() == "inherits" {
		p.next()
		common := p.next()
		inherited, ok := p.commons[common]
		if !ok {
			return p.errorf("class %s inherits unknown common %q", name, common)
		}
		perms = append(perms, inherited...)
		if p.peek() != "{" {
			p.defs.Classes[value-1].Perms = perms
			return nil
		}
	}
	perms, err := p.block(perms)
	p.defs.Classes[value-1].Perms = perms
	return err
}

// block reads { permissions } after those inherited.
func (p *vectorParser) block(perms []string) ([]string, error) {
	if t := p.next(); t != "{" {
		return nil, p.errorf("%q instead of {", t)
	}
	for {
		t := p.next()
		switch {
		case t == "}":
			return perms, nil
		case !identifier(t):
			return nil, p.errorf("%q instead of a permission or }", t)
		case len(perms) == 32:
			return nil, p.errorf("%s is permission 33: a class has at most 32", t)
		}
		for _, other := range perms {
			if other == t {
				return nil, p.errorf("permission %s is there twice", t)
			}
		}
		perms = append(perms, t)
	}
}
