package verify

import "github.com/xsmpatch/xsmpatch/analyze/tables"

// Silent lists the hooks of this configuration that decide about nothing and that nobody calls: those that follow an object's life.
func (r *Result) Silent() (out []*tables.Hook) {
	for _, h := range r.Tables.Hooks {
		full := r.Tables.Prefix + h.Name
		check := h.Result == "int" && (h.Default || len(h.Vectors) > 0)
		if !check && r.f.called[full] == 0 && !r.f.text[full] && r.f.m.p.Profile.Hooks.Is(full) && r.f.configured(h) {
			out = append(out, h)
		}
	}
	return out
}

// Like is how well a function's name fits a hook's, 0 to 1.
func (r *Result) Like(hook, name string) float64 {
	return newWords(r.f.m.regions, r.f.m.p.Profile).like(hook, name)
}

// Configured reports whether a hook exists in this configuration.
func (r *Result) Configured(h *tables.Hook) bool { return r.f.configured(h) }
