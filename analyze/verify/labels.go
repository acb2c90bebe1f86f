package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// remote is label, or where hook h is about two domains and the code of that looks none up, the one of the same family that has all of its words and
// others, and does: what a guest does to another, beside what it does to itself.
func (s *search) remote(h *tables.Hook, label string) string {
	finds := func(l string) bool {
		return slices.ContainsFunc(s.f.index().byLabel[l], func(r *Region) bool { return len(s.f.m.objects(r)) > 0 })
	}
	two := 0
	for _, p := range h.Params {
		if s.isDomain(p) {
			two++
		}
	}
	if two < 2 || finds(label) {
		return label
	}
	kin, words, best := family(label)+"_", splitWords(label), ""
	for l := range s.f.index().byLabel {
		more := splitWords(l)
		if strings.HasPrefix(l, kin) && finds(l) && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(more, w) }) && (best == "" || l < best) {
			best = l
		}
	}
	if best == "" {
		return label
	}
	return best
}

// assigned lists the sub-commands whose code puts one of the hook's own constants into a variable: what it is about to be asked with.
func (s *search) assigned(h *tables.Hook) (out []string) {
	for _, r := range s.f.m.regions {
		if r.Switch == ir.None {
			continue
		}
		st := s.f.stuffOf(r)
		for l := range s.consts[h] {
			if own := strings.ToUpper(s.f.tabs.Prefix); strings.HasPrefix(l, own) && st.consts[l] && !slices.Contains(out, r.Labels[0]) && !s.f.index().method[r.Fn] {
				out = append(out, r.Labels[0])
			}
		}
	}
	return out
}

// family lists the commands of a handler that have all words of the hook's name: for a hook "ioreq_server", create_ioreq_server,
// destroy_ioreq_server and so on.
func (s *search) family(h *tables.Hook) (out []string) {
	for l, rs := range s.f.index().byLabel {
		if s.w.within(h.Name, l) > 0.9 && slices.ContainsFunc(rs, func(r *Region) bool {
			return s.f.m.depth[r.Fn] == 0 && r.Switch == s.f.index().mainSwitch(r.Fn)
		}) {
			out = append(out, l)
		}
	}
	return out
}

// sharesVectors reports whether other hooks that nobody calls ask for the permissions of h: the comments on those say little about which hook is meant.
func (s *search) sharesVectors(h *tables.Hook) bool {
	mine := s.f.vectors(h)
	for o := range s.cov {
		if o == h {
			continue
		}
		for _, v := range s.f.vectors(o) {
			if slices.Contains(mine, v) {
				return true
			}
		}
	}
	return false
}

// namesakes lists the labels that are called what the hook is called.
func (s *search) namesakes(h *tables.Hook, have []string) (out []string) {
	const least, near = 0.7, 0.02
	fits, best := map[string]float64{}, 0.0
	for l := range s.f.index().byLabel {
		if v := s.w.like(h.Name, l); v >= least && !slices.Contains(have, l) {
			fits[l] = v
			best = max(best, v)
		}
	}
	for l, v := range fits {
		if v >= best-near {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}
