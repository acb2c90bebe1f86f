package hookgen

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// TestLeftOutOf: of a function that another configuration reads too, only commands that it does not see there are left out.
func TestLeftOutOf(t *testing.T) {
	labels := map[function]map[string]bool{{"a.c", "op"}: {"OP_read": true}}
	for _, c := range []struct {
		name   string
		region *verify.Region
		want   bool
	}{
		{"op", nil, false},
		{"op", &verify.Region{}, false},
		{"op", &verify.Region{Labels: []string{"OP_share"}}, true},
		{"op", &verify.Region{Labels: []string{"OP_share", "OP_read"}}, false},
		{"share", &verify.Region{}, true},
	} {
		if got := leftOutOf(labels, "a.c", c.name, c.region); got != c.want {
			t.Errorf("%s %+v: %v, want %v", c.name, c.region, got, c.want)
		}
	}
}

// TestAbout: a case is written into the module, and the dispatcher's labels say whether its command was left out.
func TestAbout(t *testing.T) {
	r := &verify.Region{Fn: &analyze.Fn{File: "a.c", Name: "op"}, Labels: []string{"OP_read"}}
	labels := map[function]map[string]bool{{"a.c", "op"}: {"OP_read": true}, {"module.c", "may_op"}: {}}
	p := &Placement{File: "module.c", Function: "may_op", Kind: kindCase, Gap: &verify.Gap{Region: r}}
	if of := p.about(); leftOutOf(labels, of.file, of.name, r) {
		t.Errorf("a case for a command of %v is left out by the configuration that reads it", of)
	}
	if of := (&Placement{File: "b.c", Function: "free", Gap: &verify.Gap{}}).about(); of != (function{"b.c", "free"}) {
		t.Errorf("a hook along an object's life is about %v", of)
	}
}
