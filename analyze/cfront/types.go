package cfront

import (
	"strconv"

	"modernc.org/cc/v4"
)

// typeNames prints types the way facts name them: "struct domain *", "domid_t", "unsigned int". Results are memoised.
type typeNames map[cc.Type]string

// name prints t.
func (m typeNames) name(t cc.Type) string {
	if t == nil || t == cc.Invalid {
		return ""
	}
	if s, ok := m[t]; ok {
		return s
	}
	s := m.print(t, 0)
	m[t] = s
	return s
}

// print is name without memory, bounded against recursive types.
func (m typeNames) print(t cc.Type, depth int) string {
	if depth > 16 {
		return "..."
	}
	switch x := t.(type) {
	case *cc.PointerType:
		if d := x.Typedef(); d != nil && depth > 0 {
			return d.Name()
		}
		if s := m.print(x.Elem(), depth+1); s != "" {
			return s + " *"
		}
		return "void *"
	case *cc.ArrayType:
		n := ""
		if l := x.Len(); l > 0 {
			n = strconv.FormatInt(l, 10)
		}
		return m.print(x.Elem(), depth+1) + " [" + n + "]"
	case *cc.StructType:
		return aggregate("struct", x.Tag(), x.Typedef())
	case *cc.UnionType:
		return aggregate("union", x.Tag(), x.Typedef())
	case *cc.EnumType:
		return aggregate("enum", x.Tag(), x.Typedef())
	case *cc.FunctionType:
		return m.print(x.Result(), depth+1) + " ()"
	}
	if d := t.Typedef(); d != nil {
		return d.Name()
	}
	return t.Kind().String()
}

// aggregate names a struct, union or enum by its tag, else by its typedef.
func aggregate(kw string, tag cc.Token, d *cc.Declarator) string {
	if s := tag.SrcStr(); s != "" {
		return kw + " " + s
	}
	if d != nil {
		return d.Name()
	}
	return kw
}

// owner names the struct that a member is selected from.
func (m typeNames) owner(t cc.Type, arrow bool) string {
	if t == nil || t == cc.Invalid {
		return ""
	}
	if arrow {
		p, ok := t.Decay().(*cc.PointerType)
		if !ok {
			return ""
		}
		t = p.Elem()
	}
	s := m.name(t)
	for _, p := range [...]string{"struct ", "union "} {
		if len(s) > len(p) && s[:len(p)] == p {
			return s[len(p):]
		}
	}
	return s
}
