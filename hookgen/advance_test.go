package hookgen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// garage is what the functions of TestAdvance use. find and the like only look; lift and toll have effects.
const garage = `
struct car { int kind; int towed; int broken; struct car *trailer; };
struct ticket { int cmd; int first; int last; };
extern int barrier_open, toll_paid;
extern unsigned long raw_copy_from_guest(void *to, const void *from, unsigned int len);
extern int lift(struct car *c);
#define perfc_incr(x) do { } while ( 0 )
#define EBADF_ 9
static int is_van(const struct car *c) { return c->kind == 2; }
static int allowed_in(const struct car *c) { return c->kind == 3; }
`

// advances are functions with the place at which a hook that is given args belongs behind the mark.
var advances = []struct {
	name    string
	args    []string
	decides bool   // the default action is a check
	label   string // the sub-command whose hook it is, of PARK and TOW
	code    string
}{
	{"the kind of the object first, its state below", []string{"c"}, true, "",
		"if ( !is_van(c) )\n return -22;\n/*HERE*/\nif ( c->towed )\n return -22;\nrc = lift(c);\nreturn rc;"},
	{"a hook whose default lets everybody through comes behind the state too", []string{"c"}, false, "",
		"if ( !is_van(c) )\n return -22;\nif ( c->towed )\n return -22;\n/*HERE*/\nrc = lift(c);\nreturn rc;"},
	{"two objects that the hook is given must differ", []string{"c", "e"}, true, "",
		"if ( c == e )\n return -22;\n/*HERE*/\nrc = lift(c);\nreturn rc;"},
	{"an object compared with one that the hook is not given", []string{"c"}, true, "",
		"/*HERE*/\nif ( c == e )\n return -22;\nrc = lift(c);\nreturn rc;"},
	{"unknown commands are left to the module", []string{"t->cmd"}, false, "",
		"/*HERE*/\nif ( t->cmd != 4 && t->cmd != 5 )\n return -22;\nrc = lift(c);\nreturn rc;"},
	{"a range that ends before it starts is none", []string{"t->cmd"}, false, "",
		"rc = -22;\nif ( t->last < t->first )\n goto out;\n/*HERE*/\nrc = lift(c);\nout:\nreturn rc;"},
	{"another argument's test stays below", []string{"c"}, false, "",
		"/*HERE*/\nif ( t->last > 100 )\n return -22;\nrc = lift(c);\nreturn rc;"},
	{"what counts comes first", []string{"c"}, true, "",
		"perfc_incr(cars);\n/*HERE*/\nrc = lift(c);\nreturn rc;"},
	{"an answer that is waited for behind an error", []string{"c"}, false, "",
		"rc = lift(c);\nif ( rc )\n goto out;\nrc = -95;\n/*HERE*/\nif ( rc )\n goto out;\nc->towed = 1;\nout:\nreturn rc;"},
	{"an answer that is waited for before a success", []string{"c"}, true, "",
		"rc = lift(c);\nif ( rc )\n goto out;\n/*HERE*/\nrc = 0;\nif ( !rc && c->broken )\n rc = -22;\nout:\nreturn rc;"},
	{"what gives the result its value is no hole", []string{"c"}, true, "",
		"/*HERE*/\nrc = lift(c);\nif ( !rc )\n rc = lift(e);\nreturn rc;"},
	{"the first value of the result is no success", []string{"c"}, true, "",
		"/*HERE*/\nif ( t->last > 100 )\n return -22;\nif ( (rc = lift(c)) == 0 )\n rc = lift(e);\nreturn rc;"},
	{"an arm of a chain", []string{"c"}, false, "",
		"if ( !is_van(c) )\n rc = -22;\n/*HERE*/\nelse if ( c != e )\n rc = lift(c);\nelse\n rc = 0;\nreturn rc;"},
	{"before the arm that decides about access", []string{"c"}, false, "",
		"if ( !is_van(c) )\n rc = -22;\n/*HERE*/\nelse if ( !allowed_in(c) )\n rc = -EPERM;\nelse\n rc = lift(c);\nreturn rc;"},
	{"behind the arm of another sub-command", []string{"c"}, true, "TOW",
		"if ( !is_van(c) )\n rc = -22;\nelse if ( cmd == PARK )\n rc = lift(c);\n/*HERE*/\nelse\n rc = 0;\nreturn rc;"},
	{"behind the reading of a sub-command's request", []string{"c"}, true, "PARK",
		"if ( raw_copy_from_guest(&r, arg, sizeof(r)) )\n return -14;\n/*HERE*/\nrc = lift(c);\nreturn rc;"},
	{"a hook that is told nothing comes before the request is read", nil, true, "PARK",
		"/*HERE*/\nif ( raw_copy_from_guest(&r, arg, sizeof(r)) )\n return -14;\nrc = lift(c);\nreturn rc;"},
	{"nothing left to do is no refusal", []string{"c"}, false, "",
		"rc = -EPERM;\nif ( !allowed_in(c) )\n goto out;\n/*HERE*/\nif ( !is_van(c) )\n goto out;\nrc = lift(c);\nout:\nreturn rc;"},
	{"the machine cannot do it at all", []string{"c"}, true, "",
		"if ( !barrier_open )\n return -ENODEV;\n/*HERE*/\ntoll_paid = 1;\nreturn lift(c);"},
}

// TestAdvance finds the place of a hook among the statements that refuse, ask and compute.
func TestAdvance(t *testing.T) {
	text := garage + "enum { PARK, TOW };\n"
	for i, tc := range advances {
		text += fmt.Sprintf("int case_%d(struct car *c, struct car *e, struct ticket *t, int cmd, const void *arg)\n{\n    int rc = 0;\n    struct ticket r;\n\n%s\n}\n", i, tc.code)
	}
	tree := parkedWith(t, func(s string) string { return s + text })
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	src, err := tree.ReadFile("xen/common/event_channel.c")
	if err != nil {
		t.Fatal(err)
	}
	for i, tc := range advances {
		t.Run(tc.name, func(t *testing.T) {
			p := read[0].Program
			k := slices.IndexFunc(p.Fns, func(f *analyze.Fn) bool { return f.Name == fmt.Sprintf("case_%d", i) })
			if k < 0 {
				t.Fatal("the function was not read")
			}
			b := analyse(p, p.Fns[k])
			w := &wanted{src: src, label: tc.label, decides: tc.decides, r: &verify.Region{Fn: b.f, Switch: ir.None, Start: b.f.F.Start}}
			if tc.label != "" {
				w.r.Labels, w.r.Switch = []string{"PARK", "TOW"}, 0
			}
			for range b.f.F.Blocks {
				w.r.Blocks = append(w.r.Blocks, true)
			}
			for _, a := range tc.args {
				w.args = append(w.args, arg{text: a, block: ir.None})
			}
			at, err := b.anchor(w)
			if err != nil {
				t.Fatal(err)
			}
			from := int(b.f.F.Stmts[at].Start)
			if b.f.F.Stmts[at].Else {
				from = elseAt(src, from)
			}
			if before := strings.TrimSpace(string(src[:from])); !strings.HasSuffix(before, "/*HERE*/") {
				t.Errorf("placed before %.40q", src[from:])
			}
		})
	}
}
