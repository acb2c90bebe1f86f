package catalog

import "fmt"

// Delta is one difference between two catalogues. Field is empty when the whole
// hook was added (From empty) or removed (To empty).
type Delta struct {
	Hook, Field, From, To string
}

// String gives one line, for people.
func (d Delta) String() string {
	switch {
	case d.Field != "":
		return fmt.Sprintf("~ %s: %s: %s -> %s", d.Hook, d.Field, d.From, d.To)
	case d.From == "":
		return "+ " + d.Hook
	default:
		return "- " + d.Hook
	}
}

// Diff lists what turns a into b: removed and changed hooks in a's order, then
// added ones in b's.
func Diff(a, b *Catalog) []Delta {
	var out []Delta
	for _, ha := range a.Hooks {
		hb, ok := b.Hook(ha.Name)
		if !ok {
			out = append(out, Delta{Hook: ha.Name, From: ha.Name})
			continue
		}
		fa, fb := ha.facts(), hb.facts()
		for i := range fa {
			if fa[i].val != fb[i].val {
				out = append(out, Delta{ha.Name, fa[i].name, fa[i].val, fb[i].val})
			}
		}
	}
	for _, hb := range b.Hooks {
		if _, ok := a.Hook(hb.Name); !ok {
			out = append(out, Delta{Hook: hb.Name, To: hb.Name})
		}
	}
	return out
}

type fact struct{ name, val string }

// facts lists everything a hook says except its name and line.
func (h *Hook) facts() []fact {
	return []fact{
		{"phase", string(h.Phase)},
		{"params", fmt.Sprint(h.Params)},
		{"result", h.Result},
		{"action", string(h.Action)},
		{"subject", h.Subject},
		{"object", h.Object},
		{"rules", fmt.Sprint(h.Rules)},
		{"vectors", fmt.Sprint(h.Vectors)},
		{"guard", string(h.Guard)},
		{"operations", fmt.Sprint(h.Ops)},
	}
}
