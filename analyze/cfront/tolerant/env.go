package tolerant

import (
	"strconv"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
)

// entityKind says what an ordinary identifier names.
type entityKind uint8

const (
	eVar entityKind = iota
	eFunc
	eType
	eEnum
)

// entity is what an ordinary identifier names: a variable or function with its type, a type, or an enumerator's value.
type entity struct {
	kind entityKind
	t    *ctype
	n    int64
	ok   bool // n is known
}

// scope holds the names of one block.
type scope struct {
	names map[string]entity
	tags  map[string]*aggregate
}

func newScope() *scope {
	return &scope{names: map[string]entity{}, tags: map[string]*aggregate{}}
}

func (p *Parser) push() { p.scopes = append(p.scopes, &scope{}) }
func (p *Parser) pop()  { p.scopes = p.scopes[:len(p.scopes)-1] }

// declare adds a name to the innermost scope.
func (p *Parser) declare(name string, e entity) {
	s := p.scopes[len(p.scopes)-1]
	if s.names == nil {
		s.names = map[string]entity{}
	}
	if old, ok := s.names[name]; ok && e.t == nil && old.kind == e.kind {
		return
	}
	s.names[name] = e
}

// lookup finds an ordinary identifier, innermost scope first.
func (p *Parser) lookup(name string) (entity, bool) {
	for i := len(p.scopes) - 1; i >= 0; i-- {
		if e, ok := p.scopes[i].names[name]; ok {
			return e, true
		}
	}
	return entity{}, false
}

// tag finds or makes the aggregate kw name; a definition makes one in the innermost scope.
func (p *Parser) tag(kw, name string, define bool) *aggregate {
	for i := len(p.scopes) - 1; i >= 0 && name != ""; i-- {
		if a := p.scopes[i].tags[name]; a != nil && (!define || i == len(p.scopes)-1) {
			return a
		}
	}
	a := &aggregate{kw: kw, tag: name}
	if name != "" {
		s := p.scopes[len(p.scopes)-1]
		if s.tags == nil {
			s.tags = map[string]*aggregate{}
		}
		s.tags[name] = a
	}
	return a
}

// typeKind is the kind of a type.
type typeKind uint8

const (
	tBasic typeKind = iota // also a type name that nothing declares
	tPtr
	tArray
	tFunc
	tAgg // struct, union, enum
)

// ctype is a type as far as declarations tell it. Qualifiers are not kept. nil is an unknown type.
type ctype struct {
	k    typeKind
	name string // tBasic: "unsigned int"
	td   string // the typedef it was named by
	elem *ctype // pointed to, element, result
	n    int64  // array length, 0 unknown
	agg  *aggregate
}

// aggregate is a struct, union or enum.
type aggregate struct {
	kw, tag string
	fields  map[string]*ctype
	unnamed []*aggregate // members without a name
}

// field returns the type of member name.
func (a *aggregate) field(name string, depth int) *ctype {
	if a == nil || depth > 16 {
		return nil
	}
	if t, ok := a.fields[name]; ok {
		return t
	}
	for _, u := range a.unnamed {
		if t := u.field(name, depth+1); t != nil {
			return t
		}
	}
	return nil
}

func basic(name string) *ctype { return &ctype{k: tBasic, name: name} }

func pointer(t *ctype) *ctype { return &ctype{k: tPtr, elem: t} }

// named is t known by the typedef name.
func named(t *ctype, name string) *ctype {
	if t == nil {
		return &ctype{k: tBasic, name: name, td: name}
	}
	c := *t
	c.td = name
	return &c
}

// String prints t as facts name types: "struct domain *", "domid_t", "unsigned int"; "" is unknown.
func (t *ctype) String() string { return t.print(0) }

func (t *ctype) print(depth int) string {
	switch {
	case t == nil:
		return ""
	case depth > 16:
		return "..."
	}
	switch t.k {
	case tPtr:
		if t.td != "" && depth > 0 {
			return t.td
		}
		if s := t.elem.print(depth + 1); s != "" {
			return s + " *"
		}
		return ""
	case tArray:
		n := ""
		if t.n > 0 {
			n = strconv.FormatInt(t.n, 10)
		}
		return t.elem.print(depth+1) + " [" + n + "]"
	case tAgg:
		return t.aggregate()
	case tFunc:
		return t.elem.print(depth+1) + " ()"
	}
	if t.td != "" {
		return t.td
	}
	return t.name
}

// aggregate names a struct, union or enum by its tag, else by its typedef.
func (t *ctype) aggregate() string {
	switch {
	case t.agg.tag != "":
		return t.agg.kw + " " + t.agg.tag
	case t.td != "":
		return t.td
	}
	return t.agg.kw
}

// owner names the struct that a member of t is selected from: its tag, or its typedef name.
func (t *ctype) owner() string {
	if t == nil {
		return ""
	}
	if t.k == tAgg && t.agg.tag != "" {
		return t.agg.tag
	}
	return t.String()
}

// deref is the type that t, a pointer or an array, refers to.
func (t *ctype) deref() *ctype {
	if t != nil && (t.k == tPtr || t.k == tArray) {
		return t.elem
	}
	if t != nil && t.k == tFunc {
		return t
	}
	return nil
}

// decay turns arrays and functions into pointers, as for parameters.
func (t *ctype) decay() *ctype {
	switch {
	case t != nil && t.k == tArray:
		return pointer(t.elem)
	case t != nil && t.k == tFunc:
		return pointer(t)
	}
	return t
}

// result is what calling a t gives.
func (t *ctype) result() *ctype {
	if t != nil && t.k == tPtr {
		t = t.elem
	}
	if t != nil && t.k == tFunc {
		return t.elem
	}
	return nil
}

// val is an expression and its type.
type val struct {
	e *cast.Expr
	t *ctype
}

// typed writes the type into the expression.
func (v val) typed() val {
	if v.e != nil {
		v.e.Type = v.t.String()
	}
	return v
}
