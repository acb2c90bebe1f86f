package hookgen

import (
	"context"
	"slices"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// TestMacroVariables: what a macro's body declares has no name where the macro is used.
func TestMacroVariables(t *testing.T) {
	tree := parkedWith(t, func(s string) string {
		return s + `
#define may_tow(x) ({ struct domain *d__ = (x); d__ != NULL; })
int tow_op(int cmd, unsigned int id)
{
    int rc = 0;

    switch ( cmd )
    {
    case 1:
        {
            struct domain *mine = current->domain;

            if ( may_tow(mine) )
                rc = id;
        }
        break;
    case 2:
        if ( may_tow(current->domain) )
            rc = id + 1;
        break;
    }
    return rc;
}
`
	})
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	k := slices.IndexFunc(p.Fns, func(f *analyze.Fn) bool { return f.Name == "tow_op" })
	if k < 0 {
		t.Fatal("the function was not read")
	}
	f := p.Fns[k]
	m := &matcher{b: analyse(p, f), r: &verify.Region{Fn: f, Switch: 0, Start: f.F.Start}}
	for range f.F.Blocks {
		m.r.Blocks = append(m.r.Blocks, true)
	}
	hidden := 0
	for v := range f.F.Vars {
		switch name := f.S(f.F.Vars[v].Name); {
		case name == "d__":
			if hidden++; m.visible(int32(v)) {
				t.Error("d__ is taken for a variable of the function")
			}
		case !m.visible(int32(v)):
			t.Errorf("%s is not seen", name)
		}
	}
	if hidden == 0 {
		t.Error("the macro's variable was not read")
	}
}
