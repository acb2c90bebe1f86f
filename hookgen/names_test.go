package hookgen

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// parkedWith is the legacy tree with more code in its event channels.
func parkedWith(t *testing.T, edit func(string) string) *refactor.Tree {
	t.Helper()
	tree, err := refactor.OpenDir("../testdata/legacy")
	if err != nil {
		t.Fatal(err)
	}
	const file = "xen/common/event_channel.c"
	files := map[string]*refactor.File{}
	for _, p := range tree.Paths() {
		src, err := tree.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if p == file {
			src = []byte(edit(string(src)))
		}
		files[p] = refactor.NewFile(0o100644, src)
	}
	out, err := refactor.NewTree("legacy", files)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// planned lists the hooks that a legacy plan of a tree proposes, with their place and parameters.
func planned(t *testing.T, tree *refactor.Tree) (out []string) {
	t.Helper()
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	none := &tables.Tables{Prefix: "xsm_"}
	for _, pl := range NewLegacyPlan(tree, p, verify.Gaps(p, tree, none), nil).Placements {
		out = append(out, pl.Function+"/"+pl.Command+" "+pl.Hook+"("+strings.Join(pl.Args, ", ")+") "+pl.New.Class+":"+pl.New.Perm)
	}
	slices.Sort(out)
	return out
}

const unrelated = `
static int count_free_ports(struct domain *d)
{
    int port, n = 0;

    for ( port = 1; port < MAX_EVTCHNS; port++ )
        n += d->evtchn[port].state == ECS_FREE;

    return n;
}

static long evtchn_alloc_unbound(`

// TestNamesAreStable plans one tree twice, and once with a function that is no operation: names, classes, permissions and arguments stay.
func TestNamesAreStable(t *testing.T) {
	same := func(s string) string { return s }
	first := planned(t, parkedWith(t, same))
	if len(first) < 4 {
		t.Fatalf("only %q is proposed", first)
	}
	if again := planned(t, parkedWith(t, same)); !slices.Equal(first, again) {
		t.Errorf("the second run proposes\n%q, the first\n%q", again, first)
	}
	more := planned(t, parkedWith(t, func(s string) string {
		return strings.Replace(s, "\nstatic long evtchn_alloc_unbound(", unrelated, 1)
	}))
	if !slices.Equal(first, more) {
		t.Errorf("with an unrelated function\n%q are proposed, without\n%q", more, first)
	}
}

// TestBothParties: an operation that takes something of the caller's and joins it to another domain's asks about both.
func TestBothParties(t *testing.T) {
	got := planned(t, parkedWith(t, func(s string) string {
		s = strings.Replace(s, "static long evtchn_status(struct evtchn_status *status)\n{\n    struct domain *d;\n",
			"static long evtchn_status(struct evtchn_status *status)\n{\n    struct domain *ld = current->domain, *d;\n", 1)
		return strings.Replace(s, "        rc = -EINVAL;\n    else\n", "        rc = -EINVAL;\n    else if ( ld->evtchn[1].state == ECS_FREE )\n        rc = -EINVAL;\n    else\n", 1)
	}))
	if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "evtchn_status/") && strings.Contains(s, "(ld, d)") }) {
		t.Errorf("no hook of evtchn_status is given both domains: %q", got)
	}
}
