package verify

import (
	"math"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// words weighs the words that names are made of: a word that few regions share says more.
type words struct {
	seen  map[string]int
	total int
	means map[string][]string // what an abbreviation of the profile stands for
}

func newWords(rs []*Region, pr *profile.Profile) *words {
	w := &words{seen: map[string]int{}, means: map[string][]string{}}
	for short, long := range pr.Words {
		w.means[short] = splitWords(long)
	}
	for _, r := range rs {
		w.total++
		for t := range wordSet(r.names()) {
			w.seen[t]++
		}
	}
	return w
}

// words weighs the words of the regions' names, once.
func (f *finder) words() *words {
	if f.naming == nil {
		f.naming = newWords(f.m.regions, f.m.p.Profile)
	}
	return f.naming
}

// weight is the information of word t in nats.
func (w *words) weight(t string) float64 {
	return math.Log(float64(w.total+2) / float64(w.seen[t]+1))
}

// names lists what a region is called: its labels and its function.
func (r *Region) names() []string { return append(append([]string(nil), r.Labels...), r.Fn.Name) }

func wordSet(names []string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		for _, t := range splitWords(n) {
			out[t] = true
		}
	}
	return out
}

// splitWords splits a C name at underscores and capitals, in lower case.
func splitWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == '_' })
}

// like is how well one name (a label, a function) fits a hook's name: the weighted share of words that both have, 0 to 1.
func (w *words) like(hook, name string) float64 {
	return max(w.likeWords(splitWords(hook), splitWords(name)), w.likeWords(w.spell(hook), w.spell(name)))
}

// spell splits a name into words and writes abbreviations out.
func (w *words) spell(name string) (out []string) {
	for _, t := range splitWords(name) {
		if long := w.means[t]; long != nil {
			out = append(out, long...)
		} else if parts := w.parts(t); parts != nil {
			out = append(out, slices.DeleteFunc(parts, func(p string) bool { return slices.Contains(out, p) })...)
		} else {
			out = append(out, t)
		}
	}
	return out
}

// parts splits a word that no name of the code has into words that some have: "setdomainmaxmem" is set, domain, max and mem. nil when that cannot be done.
func (w *words) parts(t string) []string {
	const least = 3 // letters
	if len(t) < 2*least || w.seen[t] > 0 {
		return nil
	}
	best := make([][]string, len(t)+1) // by end, the fewest
	for end := least; end <= len(t); end++ {
		for start := 0; start <= end-least; start++ {
			if (start == 0 || best[start] != nil) && w.seen[t[start:end]] > 0 && (best[end] == nil || len(best[start])+1 < len(best[end])) {
				best[end] = append(slices.Clone(best[start]), t[start:end])
			}
		}
	}
	return best[len(t)]
}

// likeWords is like for names that are split.
func (w *words) likeWords(hw, nw []string) float64 {
	if len(hw) == 0 || len(nw) == 0 {
		return 0
	}
	whole := strings.Join(nw, "")
	var hit, all, extra float64
	used := map[int]bool{}
	for _, t := range hw {
		k := w.weight(t)
		all += k
		best := 0.0
		for i, n := range nw {
			if s := sameWord(t, n) * min(1, w.weight(n)/k); s > best {
				best = s
				used[i] = true
			}
		}
		if best == 0 && len(t) > 4 && strings.Contains(whole, t) {
			best = 0.9
		}
		hit += k * best
	}
	for i, n := range nw {
		if !used[i] && !strings.Contains(strings.Join(hw, ""), n) {
			extra += w.weight(n)
		}
	}
	return hit / (all + 0.25*extra)
}

// within is the weighted share of the hook's words that a name has, whatever else it says.
func (w *words) within(hook, name string) float64 {
	var hit, all float64
	nw := w.spell(name)
	for _, t := range w.spell(hook) {
		k, best := w.weight(t), 0.0
		for _, n := range nw {
			best = max(best, sameWord(t, n))
		}
		all, hit = all+k, hit+k*best
	}
	if all == 0 {
		return 0
	}
	return hit / all
}

// sameWord compares two words: equal, or one an abbreviation of the other.
func sameWord(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	switch {
	case len(a) >= 3 && opposite(a, b):
		return 0.2
	case len(a) >= 3 && strings.HasPrefix(b, a):
		return 0.8
	case len(a) >= 3 && strings.HasSuffix(b, a), len(a) >= 4 && strings.Contains(b, a):
		return 0.6
	}
	return 0
}

// opposite reports whether the longer word undoes what the shorter one does: unmap and map, deassign and assign.
func opposite(short, long string) bool {
	return long == "un"+short || long == "de"+short || long == "dis"+short
}

// fit is how well region r suits hook h: by name, and by having what the hook's parameters need.
func (f *finder) fit(w *words, h *tables.Hook, r *Region) float64 {
	best := 0.0
	if len(r.Labels) == 0 {
		best = w.like(h.Name, r.Fn.Name)
		if f.m.depth[r.Fn] == 0 {
			best = min(1, 1.15*best) // a handler of its own: one hook at its top
		}
	}
	for _, l := range r.Labels {
		best = max(best, w.like(h.Name, l))
	}
	if best < 0.3 {
		return 0
	}
	return best * (0.6 + 0.4*f.params(h, r))
}

// params is the share of the hook's parameters that the region's function has something for.
func (f *finder) params(h *tables.Hook, r *Region) float64 {
	if len(h.Params) == 0 {
		return 1
	}
	have := typesOf(r.Fn)
	hit, taken := 0.0, map[string]int{}
	for _, p := range h.Params {
		t := strings.TrimPrefix(p.Type, "const ")
		switch {
		case strings.HasSuffix(t, "*"):
			if taken[t]++; have[t] >= taken[t] || t == f.m.p.Profile.Types.Domain && have[t]+1 >= taken[t] {
				hit++ // one of the domains may be the caller's
			}
		case have["name "+p.Name] > 0:
			hit++
		default:
			hit += 0.6 // some number will do
		}
	}
	return hit / float64(len(h.Params))
}

// typesOf counts a function's variables by type, and notes the types and names of the members it uses.
func typesOf(fn *analyze.Fn) map[string]int {
	out := map[string]int{}
	for _, v := range fn.F.Vars {
		out[fn.S(v.Type)]++
		out["name "+fn.S(v.Name)]++
	}
	for i := range fn.F.Nodes {
		n := &fn.F.Nodes[i]
		if n.Op == ir.Field {
			if out[fn.S(n.Type)] == 0 {
				out[fn.S(n.Type)] = 1
			}
			out["name "+fn.S(n.Name)]++
		}
	}
	return out
}
