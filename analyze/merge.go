package analyze

import (
	"strconv"
)

// mergeFacts joins the facts of several configurations: what several show is there once, with their names.
func mergeFacts(all []*Facts) *Facts {
	out := all[0]
	for _, f := range all[1:] {
		out.Configs = append(out.Configs, f.Configs...)
		out.Degraded = append(out.Degraded, f.Degraded...)
		out.Missing = append(out.Missing, f.Missing...)
		out.Entries = mergeBy(out.Entries, f.Entries, func(e *EntryRef) string { return e.Name },
			func(a, b *EntryRef) {
				a.Configs, a.Via, a.Ops = append(a.Configs, b.Configs...), sortUnique(append(a.Via, b.Via...)), max(a.Ops, b.Ops)
			})
		out.Ops = mergeBy(out.Ops, f.Ops, func(o *Op) string { return o.ID }, mergeOp)
		out.Sites = mergeBy(out.Sites, f.Sites, func(s *Site) string { return s.ID },
			func(a, b *Site) {
				a.Configs, a.Ops = append(a.Configs, b.Configs...), sortUnique(append(a.Ops, b.Ops...))
			})
		out.Functions = mergeBy(out.Functions, f.Functions, func(x *FuncFact) string { return x.File + ":" + x.Name }, mergeFunc)
	}
	out.Missing = sortUnique(out.Missing)
	sortFacts(out)
	return out
}

// mergeBy joins two lists whose elements key names; join is told about elements that both have.
func mergeBy[T any](a, b []T, key func(*T) string, join func(a, b *T)) []T {
	at := make(map[string]int, len(a))
	for i := range a {
		at[key(&a[i])] = i
	}
	for i := range b {
		if j, ok := at[key(&b[i])]; ok {
			join(&a[j], &b[i])
		} else {
			a = append(a, b[i])
		}
	}
	return a
}

func mergeFunc(a, b *FuncFact) {
	a.Configs = append(a.Configs, b.Configs...)
	a.Reads, a.Writes = sortUnique(append(a.Reads, b.Reads...)), sortUnique(append(a.Writes, b.Writes...))
}

// mergeOp joins the facts of one operation in two configurations.
func mergeOp(a, b *Op) {
	a.Configs = append(a.Configs, b.Configs...)
	a.Truncated = a.Truncated || b.Truncated
	a.Calls = sortUnique(append(a.Calls, b.Calls...))
	a.Labels = mergeBy(a.Labels, b.Labels, func(l *Label) string { return l.Place.key() }, func(*Label, *Label) {})
	sortLabels(a.Labels)
	a.Hooks = mergeBy(a.Hooks, b.Hooks, func(h *SiteAt) string { return h.Site + h.Phase }, func(*SiteAt, *SiteAt) {})
	a.Objects = mergeBy(a.Objects, b.Objects, func(o *Object) string { return o.Type + o.Lookup + o.From }, func(*Object, *Object) {})
	key := func(x *Access) string { return x.Kind + " " + x.What }
	skip := func(*Access, *Access) {}
	for _, l := range [...][2]*[]Access{{&a.Copies, &b.Copies}, {&a.Locks, &b.Locks}, {&a.Legacy, &b.Legacy}, {&a.Reads, &b.Reads}, {&a.Writes, &b.Writes}} {
		*l[0] = mergeBy(*l[0], *l[1], key, skip)
	}
}

// key is the place as text.
func (a Place) key() string { return a.File + ":" + strconv.Itoa(a.Line) + ":" + strconv.Itoa(a.Col) }
