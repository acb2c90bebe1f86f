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
)

// gate is what the functions of TestExits use. fenced and echo give their condition back, half does not.
const gate = `
#define EBADF 9
struct pass { int status; int left; };
extern int spin_trylock(spinlock_t *lock);
extern void stamp(struct pass *p);
extern int weigh(struct domain *d);
static int yes(void) { return 1; }
static int fenced(int on) { if ( on ) return yes(); else return 0; }
static int echo(int on) { return on; }
static int half(int on) { return on / 2; }
`

// ways are functions with a mark before the statement that a hook precedes, and what leaves the function there.
var ways = []struct{ name, result, code, deny string }{
	{"a lock that was tried behind a fence is held", "int",
		"if ( !fenced(spin_trylock(&d->evtchn_lock)) )\n return -16;\n/*HERE*/\nrc = weigh(d);\nspin_unlock(&d->evtchn_lock);\nreturn rc;",
		"spin_unlock(&d->evtchn_lock); return rc;"},
	{"so is one whose answer came back as it was", "int",
		"if ( !echo(spin_trylock(&d->evtchn_lock)) )\n return -16;\n/*HERE*/\nrc = weigh(d);\nspin_unlock(&d->evtchn_lock);\nreturn rc;",
		"spin_unlock(&d->evtchn_lock); return rc;"},
	{"an error that the caller reads", "void",
		"if ( !d )\n{\n p->status = -EBADF;\n return;\n}\n/*HERE*/\nstamp(p);",
		"p->status = -EPERM; return;"},
	{"one that ends with the function says nothing", "void",
		"if ( p->left )\n p->status = -EBADF;\nif ( !d )\n{\n mine.status = -EBADF;\n return;\n}\n/*HERE*/\nstamp(&mine);\np->left = mine.status;",
		"p->status = -EPERM; return;"},
	{"of an error or a number the error is the result", "int",
		"rc = weigh(d);\nif ( rc < 0 )\n goto out;\n/*HERE*/\nstamp(p);\nout:\nreturn rc < 0 ? rc : p->left;",
		"rc = -EPERM; goto out;"},
}

// TestExits asks for the deny path behind the mark: what is held there is released, and the caller is told.
func TestExits(t *testing.T) {
	text := gate
	for i, tc := range ways {
		text += fmt.Sprintf("%s way_%d(struct domain *d, struct pass *p)\n{\n", tc.result, i)
		if tc.result == "int" {
			text += "    int rc;\n"
		} else {
			text += "    struct pass mine = { 0 };\n"
		}
		text += "\n" + tc.code + "\n}\n"
	}
	text += "int guess(struct domain *d)\n{\n    if ( !half(spin_trylock(&d->evtchn_lock)) )\n        return -16;\n    return 0;\n}\n"
	tree := parkedWith(t, func(s string) string { return s + text })
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	src, err := tree.ReadFile("xen/common/event_channel.c")
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	named := func(name string) *body {
		k := slices.IndexFunc(p.Fns, func(f *analyze.Fn) bool { return f.Name == name })
		if k < 0 {
			t.Fatalf("%s was not read", name)
		}
		return analyse(p, p.Fns[k])
	}
	for i, tc := range ways {
		t.Run(tc.name, func(t *testing.T) {
			b := named(fmt.Sprintf("way_%d", i))
			mark := strings.Index(string(src[b.f.F.Start:]), "/*HERE*/") + int(b.f.F.Start)
			at := int32(slices.IndexFunc(b.f.F.Stmts, func(s ir.Stmt) bool { return int(s.Start) > mark }))
			e := b.exits(at)
			if e == nil {
				t.Fatal("no way out")
			}
			pl := &Placement{Hook: "xsm_way", Args: []string{"d"}}
			if err := b.render(src, at, e, pl); err != nil {
				t.Fatal(err)
			}
			if pl.Deny != tc.deny {
				t.Errorf("leaves by %q, want %q", pl.Deny, tc.deny)
			}
		})
	}
	b := named("guess")
	for n := range b.f.F.Nodes {
		if b.f.F.Nodes[n].Op == ir.Call && b.f.CallName(int32(n)) == "half" && p.PassedOn(b.f, int32(n)) != ir.None {
			t.Error("half is taken to give its argument back")
		}
	}
}
