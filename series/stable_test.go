package series

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// features makes a tree of 20 files, and eight features for it: each with a header, a source file, a member, calls in some functions and
// a paragraph.
func features() (from, to map[string]string) {
	from, to = map[string]string{}, map[string]string{}
	members, docs, objects := "", "", ""
	calls := map[string]string{} // by function
	for k, name := range []string{"quota", "trace", "pause", "claim", "vnuma", "timer", "irq_route", "iommu"} {
		ask, tell := name+"_"+[]string{"left", "on", "wanted", "fits", "node", "due", "of", "maps"}[k], name+"_"+[]string{"take", "record", "count", "add", "set", "arm", "bind", "flush"}[k]
		to["inc/"+name+".h"] = fmt.Sprintf("int %s(struct dom *d);\nvoid %s(struct dom *d, int n);\n", ask, tell)
		to["feat/"+name+".c"] = fmt.Sprintf("#include <%s.h>\n\nint %s(struct dom *d)\n{\n    return d->%s_state;\n}\n\nvoid %s(struct dom *d, int n)\n{\n    d->%s_state += n;\n}\n", name, ask, name, tell, name)
		members += fmt.Sprintf("    int %s_state;\n", name)
		docs += fmt.Sprintf("\n%s: asks %s() before the work, and tells %s() after.\n", name, ask, tell)
		objects += fmt.Sprintf("obj-y += %s.o\n", name)
		for _, n := range []int{k, k + 3, 2*k + 1, 19 - k} {
			calls[fmt.Sprintf("core%d_%d", n%20, k%5)] += fmt.Sprintf("    if ( %s(d) )\n        return -1;\n", ask)
		}
	}
	core := func(n int, calls map[string]string) string {
		var b strings.Builder
		b.WriteString("#include <dom.h>\n\n")
		for f := range 5 {
			name := fmt.Sprintf("core%d_%d", n, f)
			fmt.Fprintf(&b, "int %s(struct dom *d)\n{\n    int n = d->count;\n\n%s    d->count = n + %d;\n    work_%d(d);\n    return n;\n}\n\n", name, calls[name], f, n)
		}
		return b.String()
	}
	for n := range 20 {
		p := fmt.Sprintf("core/core%d.c", n)
		from[p], to[p] = core(n, nil), core(n, calls)
	}
	from["inc/dom.h"], to["inc/dom.h"] = "struct dom {\n    int count;\n};\n", "struct dom {\n    int count;\n"+members+"};\n"
	from["docs/features.txt"], to["docs/features.txt"] = "Features\n", "Features\n"+docs
	from["feat/Makefile"], to["feat/Makefile"] = "# Objects\n", "# Objects\n"+objects
	return from, to
}

// nudge makes one small edit to the tip: a comment, a statement, a new function, another number, or a hunk that is left out.
func nudge(rng *rand.Rand, from, to map[string]string) map[string]string {
	out := maps.Clone(to)
	names := slices.Sorted(maps.Keys(to))
	p := names[rng.Intn(len(names))]
	lines := strings.SplitAfter(to[p], "\n")
	at := rng.Intn(len(lines))
	switch rng.Intn(4) {
	case 0:
		p = []string{"core/core7.c", "feat/trace.c", "core/core11.c"}[rng.Intn(3)]
		out[p] = to[p] + fmt.Sprintf("\nint extra%d(void)\n{\n    return %d;\n}\n", rng.Intn(9), rng.Intn(9))
	case 1:
		if from[p] != "" && from[p] != to[p] && strings.HasPrefix(p, "core/") {
			out[p] = from[p]
			break
		}
		fallthrough
	case 2:
		out[p] = strings.Join(lines[:at], "") + "/* About this. */\n" + strings.Join(lines[at:], "")
	default:
		out[p] = strings.Replace(to[p], "return -1;", fmt.Sprintf("return -%d;", 2+rng.Intn(5)), 1)
	}
	return out
}

// TestStable: the same input gives the same series, and a small change of the input changes few patches, under every plan.
func TestStable(t *testing.T) {
	from, to := features()
	base := treeOf(t, from)
	patches := func(tip *refactor.Tree, plan string) (sets []string) {
		s, _, err := graphOf(t, base, tip).Mend(Rules{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.Patches {
			var ids []string
			for _, c := range p.Changes {
				ids = append(ids, string(s.Graph.Changes[c].ID))
			}
			sort.Strings(ids)
			sets = append(sets, strings.Join(ids, "\n"))
		}
		return sets
	}
	tip := treeOf(t, to)
	for _, plan := range Plans {
		before := patches(tip, plan)
		if again := patches(treeOf(t, to), plan); !slices.Equal(before, again) {
			t.Errorf("%s: the same input gives another series", plan)
		}
		if plan != PlanMinimal && plan != PlanXSM && len(before) < 4 {
			t.Errorf("%s: %d patches tell little", plan, len(before))
		}
		rng := rand.New(rand.NewSource(7))
		changed, edits := 0, 16
		for range edits {
			after := patches(treeOf(t, nudge(rng, from, to)), plan)
			for _, b := range before {
				if !slices.Contains(after, b) {
					changed++
				}
			}
		}
		t.Logf("%s: %d patches; a small edit changes %.1f of them", plan, len(before), float64(changed)/float64(edits))
		if changed > 2*edits {
			t.Errorf("%s: %d small edits change %d patches of %d", plan, edits, changed, len(before))
		}
	}
}
