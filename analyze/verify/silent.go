package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// Silent lists the hooks of this configuration that decide about nothing and that nobody calls: those that follow an object's life.
func (r *Result) Silent() (out []*tables.Hook) {
	for _, h := range r.Tables.Hooks {
		full := r.Tables.Prefix + h.Name
		if !r.f.decides(h) && r.f.called[full] == 0 && !r.f.text[full] && r.f.m.p.Profile.Hooks.Is(full) && r.f.configured(h) {
			out = append(out, h)
		}
	}
	return out
}

// Like is how well a function's name fits a hook's, 0 to 1.
func (r *Result) Like(hook, name string) float64 {
	return r.f.words().like(hook, name)
}

// Configured reports whether a hook exists in this configuration.
func (r *Result) Configured(h *tables.Hook) bool { return r.f.configured(h) }

// NamesParam is the first variable of f that a parameter of a hook which returns text stands for: one of its object's type, or of its number's name. None
// for none.
func NamesParam(f *analyze.Fn, q tables.Param) int32 {
	t := q.Object()
	return int32(slices.IndexFunc(f.F.Vars, func(v ir.Var) bool {
		return t != "" && strings.TrimPrefix(f.S(v.Type), "const ") == t || t == "" && f.S(v.Name) == q.Name
	}))
}

// Prints rates a function that prints much, for no guest or as all that it is for, and has everything that the hook is given: variables of its objects'
// types, and of its numbers' names where it comes to one after the other.
func (r *Result) Prints(h *tables.Hook, f *analyze.Fn) float64 {
	if r.Entry(f) != "" && !r.f.m.p.Profile.Neutral.Has(f.Name) {
		return 0
	}
	var said []int32 // messages
	for c := range f.Calls(nil) {
		if r.f.m.p.Profile.Neutral.Has(f.CallName(c.Node)) {
			said = append(said, c.Node)
		}
	}
	for _, q := range h.Params {
		t := q.Object()
		if v := NamesParam(f, q); v == ir.None || t == "" && !lists(f, v, said) {
			return 0
		}
	}
	const few, much = 3, 50
	if like := r.Like(h.Name, f.Name); len(said) >= few && like > 0 {
		return like + float64(min(much, len(said)))/much
	}
	return 0
}

// lists reports whether a loop of f that gives a variable its values prints one of the messages.
func lists(f *analyze.Fn, v int32, said []int32) bool {
	for i := range f.F.Stmts {
		loop := &f.F.Stmts[i]
		if loop.Kind != ir.SFor && loop.Kind != ir.SWhile && loop.Kind != ir.SDo {
			continue
		}
		sets := inside(f, f.F.Vars[v].Start, f.F.Vars[v].Start, int32(i)) || setIn(f, v, int32(i))
		if sets && slices.ContainsFunc(said, func(n int32) bool { return inside(f, f.F.Nodes[n].Start, f.F.Nodes[n].End, int32(i)) }) {
			return true
		}
	}
	return false
}

// Describes rates a function that has all of the objects of a hook as parameters and fills the last, and returns these parameters in the order of the
// hook's; 0 for any other function.
func (r *Result) Describes(h *tables.Hook, f *analyze.Fn) (float64, []int32) {
	var vars []int32
	for _, q := range h.Params {
		if v := parameterOf(f, q.Object(), 0); v != ir.None {
			vars = append(vars, v)
		}
	}
	if len(vars) != len(h.Params) || len(vars) < 2 {
		return 0, nil
	}
	const much = 50 // assignments
	set := 0
	for _, n := range f.Stores(analyze.ParamPath(vars[len(vars)-1])) {
		set += n
	}
	if set == 0 {
		return 0, nil
	}
	return 1 + r.Like(h.Name, f.Name) + float64(min(much, set))/much, vars
}

// Resets rates a function that a guest gets to, is called what ends objects, and sets members of the hook's object without freeing it, and returns the
// parameter that the object is; 0 for any other function.
func (r *Result) Resets(h *tables.Hook, f *analyze.Fn) (float64, int32) {
	p, t := r.f.m.p, h.Params[0].Object()
	ends := slices.ContainsFunc(strings.Split(f.Name, "_"), p.Profile.Life.End.Has)
	if t == "" || !ends || r.Entry(f) == "" {
		return 0, ir.None
	}
	for range p.Frees(f, t) {
		return 0, ir.None
	}
	for v := parameterOf(f, t, 0); v != ir.None; v = parameterOf(f, t, v+1) {
		if len(f.Stores(analyze.ParamPath(v))) > 0 {
			return 1 + r.Like(h.Name, f.Name), v
		}
	}
	return 0, ir.None
}

// parameterOf is the first parameter of f from number from on that has type t, None for none.
func parameterOf(f *analyze.Fn, t string, from int32) int32 {
	for v := from; v < f.F.Params; v++ {
		if t != "" && f.S(f.F.Vars[v].Type) == t {
			return v
		}
	}
	return ir.None
}
