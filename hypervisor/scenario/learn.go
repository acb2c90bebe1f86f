package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var denial = regexp.MustCompile(`avc:\s+denied\s+\{ ([^}]*)\}.*scontext=(\S+) tcontext=(\S+) tclass=(\S+)`)

// Learn turns audit lines into the allow rules that would have let the denied
// operations pass, one a source, target and class, sorted. Whether they should
// pass is for a person to say.
func Learn(lines []string) []string {
	type triple struct{ source, target, class string }
	perms := map[triple][]string{}
	for _, l := range lines {
		m := denial.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		t := triple{typeOf(m[2]), typeOf(m[3]), m[4]}
		for _, p := range strings.Fields(m[1]) {
			if !slices.Contains(perms[t], p) {
				perms[t] = append(perms[t], p)
			}
		}
	}
	var out []string
	for t, ps := range perms {
		slices.Sort(ps)
		set := ps[0]
		if len(ps) > 1 {
			set = "{ " + strings.Join(ps, " ") + " }"
		}
		out = append(out, fmt.Sprintf("allow %s %s:%s %s;", t.source, t.target, t.class, set))
	}
	slices.Sort(out)
	return out
}

// typeOf is the type of a context user:role:type[:level].
func typeOf(ctx string) string {
	if f := strings.Split(ctx, ":"); len(f) >= 3 {
		return f[2]
	}
	return ctx
}
