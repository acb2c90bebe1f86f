package hookgen

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// aggregates is the types of which the program uses members: structures and unions, whatever their name.
func (pl *planner) aggregates() map[string]bool {
	if pl.whole != nil {
		return pl.whole
	}
	pl.whole = map[string]bool{}
	for _, f := range pl.p.Fns {
		for i := range f.F.Nodes {
			nd := &f.F.Nodes[i]
			if nd.Op != ir.Field {
				continue
			}
			if t := strings.TrimPrefix(f.S(f.F.Nodes[f.Strip(nd.X)].Type), "const "); t != "" && !strings.HasSuffix(t, "*") && !number(t) {
				pl.whole[t] = true
			}
		}
	}
	return pl.whole
}

// number reports whether a type is one of C's own numbers.
func number(t string) bool {
	for _, w := range strings.Fields(t) {
		switch w {
		case "unsigned", "signed", "char", "short", "int", "long", "_Bool", "bool":
		default:
			return false
		}
	}
	return true
}

// whole reports whether variable v is a structure or union.
func (b *body) whole(v int32) bool {
	id := b.ident(v)
	return b.aggregate(b.f.S(b.f.F.Vars[v].Type)) || id != ir.None && b.aggregate(b.f.S(b.f.F.Nodes[id].Type))
}

// aggregate reports whether a type is a structure or union.
func (b *body) aggregate(t string) bool {
	t = strings.TrimPrefix(t, "const ")
	if strings.HasPrefix(t, "struct ") || strings.HasPrefix(t, "union ") {
		return true
	}
	return strings.HasSuffix(t, "_t") && !strings.Contains(t, "int") && len(b.members[t]) > 0
}

// agree refuses an argument that C would not convert to its parameter: a structure where a number is wanted.
func (pl *planner) agree(f *analyze.Fn, params []tables.Param, args []arg) error {
	for i, p := range params {
		if strings.HasSuffix(p.Type, "*") || pl.aggregates()[p.Type] || i >= len(args) {
			continue
		}
		for n := range f.F.Nodes {
			t := f.S(f.F.Nodes[n].Type)
			if pl.whole[t] && f.Text(int32(n)) == args[i].text {
				return fmt.Errorf("%s is a %s and the parameter %q a number", args[i].text, t, p.Decl())
			}
		}
	}
	return nil
}
