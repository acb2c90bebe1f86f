package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
)

// declarator is what reading a declarator gives besides the type.
type declarator struct {
	name   string
	tok    int32
	isFunc bool    // the name is followed by parameters
	params []param // of the parameter list nearest to the name
	kr     bool    // old style: names only
}

// param is a function's parameter.
type param struct {
	v *cast.Var
	t *ctype
}

// declarator reads a declarator, abstract or not, of something whose specifiers say t.
func (p *Parser) declarator(d *declarator, t *ctype) *ctype {
	if p.enough() {
		p.depth--
		return t
	}
	defer func() { p.depth-- }()
	for {
		p.attributes()
		switch s := p.at(0); {
		case s == "*" || s == "^":
			p.pos++
			t = pointer(t)
			continue
		case qualifiers[s] || s == "static":
			p.pos++
			continue
		}
		break
	}
	for p.ident(0) && p.ident(1) && !p.isTypeName(1) {
		p.pos++ // a macro that is not known stands for an attribute
	}
	switch {
	case p.at(0) == "(" && p.nested():
		return p.nestedDeclarator(d, t)
	case p.ident(0):
		d.name, d.tok = p.at(0), p.pos
		p.pos++
	}
	return p.suffixes(d, t)
}

// nested reports whether the parenthesis here holds a declarator and not parameters.
func (p *Parser) nested() bool {
	switch s := p.at(1); {
	case s == "*" || s == "(" || s == "[" || s == "__attribute__" || s == "^":
		return true
	case s == ")" || p.typeStart(1) || storage[s]:
		return false
	}
	if !p.ident(1) {
		return false
	}
	s := p.at(2)
	return s == ")" || s == "(" || s == "["
}

// nestedDeclarator reads "( declarator ) suffixes": the suffixes come first because they are nearer to the specifiers.
func (p *Parser) nestedDeclarator(d *declarator, t *ctype) *ctype {
	open := p.pos
	shut := p.close(open)
	if shut < 0 {
		p.fail = true
		return t
	}
	p.pos = shut + 1
	outer := declarator{}
	t = p.suffixes(&outer, t)
	after, end, failed := p.pos, p.end, p.fail
	p.pos, p.end, p.fail = open+1, shut, false
	t = p.declarator(d, t)
	p.pos, p.end, p.fail = after, end, failed
	if outer.isFunc && !d.isFunc && t != nil && t.k == tFunc {
		d.isFunc, d.params, d.kr = true, outer.params, outer.kr
	}
	return t
}

// suffixes reads array bounds and parameter lists.
func (p *Parser) suffixes(d *declarator, t *ctype) *ctype {
	p.attributes()
	if p.enough() {
		p.depth--
		return t
	}
	defer func() { p.depth-- }()
	switch p.at(0) {
	case "[":
		n := int64(0)
		p.group(func() { n = p.bound() })
		return &ctype{k: tArray, n: n, elem: p.suffixes(d, t)}
	case "(":
		var params []param
		kr := false
		p.group(func() { params, kr = p.parameters() })
		inner := declarator{}
		t = &ctype{k: tFunc, elem: p.suffixes(&inner, t)}
		d.isFunc, d.params, d.kr = true, params, kr
	}
	return t
}

// bound reads an array bound; 0 is unknown.
func (p *Parser) bound() int64 {
	for p.at(0) == "static" || qualifiers[p.at(0)] {
		p.pos++
	}
	if p.pos >= p.end || p.at(0) == "*" && p.pos+1 == p.end {
		return 0
	}
	bad := p.bad
	v := p.until(none, p.assignment)
	p.bad = bad
	if v.e.HasVal {
		return v.e.Val
	}
	return 0
}

// parameters reads the inside of a parameter list. kr is set when it is a list of names only.
func (p *Parser) parameters() (out []param, kr bool) {
	kr = p.ident(0) && !p.typeStart(0) && (p.at(1) == "," || p.pos+1 == p.end)
	for p.pos < p.end {
		if p.accept("...") || p.accept(",") {
			continue
		}
		var d declarator
		var t *ctype
		if kr {
			d.name, d.tok = p.at(0), p.pos
		} else {
			s := p.specifiers()
			t = p.declarator(&d, s.t).decay()
			p.attributes()
		}
		if d.name != "" {
			v := &cast.Var{Name: d.name, Type: t.String(), First: d.tok, Last: d.tok}
			out = append(out, param{v, t})
		}
		p.fail = false
		for p.pos < p.end && p.at(0) != "," {
			p.jump()
		}
	}
	return out, kr
}

// head reads a function definition up to its body.
func (p *Parser) head(f *cast.Func) []param {
	s := p.specifiers()
	d := declarator{}
	t := p.declarator(&d, s.t)
	f.Name, f.Static, f.Inline = d.name, s.static, s.inline
	f.Result = t.result().String()
	p.attributes()
	if d.kr && !p.fail {
		p.oldStyle(d.params)
	}
	return d.params
}

// oldStyle reads the declarations of K&R parameters.
func (p *Parser) oldStyle(params []param) {
	for i := range params {
		params[i].t = basic("int")
		params[i].v.Type = "int"
	}
	for p.pos < p.end {
		start := p.pos
		s := p.specifiers()
		for p.pos < p.end && p.at(0) != ";" {
			d := declarator{}
			t := p.declarator(&d, s.t).decay()
			for i := range params {
				if params[i].v.Name == d.name {
					params[i].t, params[i].v.Type = t, t.String()
				}
			}
			if !p.accept(",") {
				break
			}
		}
		p.fail = false
		p.toSemicolon(start)
	}
}
