package verify

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// uncalled finds hooks that the tables declare for this configuration and that nothing calls, and where each belongs.
func (f *finder) uncalled() {
	var hooks []*tables.Hook
	for _, h := range f.tabs.Hooks {
		if f.wanted(h) {
			hooks = append(hooks, h)
		}
	}
	f.unused()
	if len(hooks) == 0 {
		return
	}
	s := newSearch(f, hooks)
	var all []*demand
	for _, h := range hooks {
		all = append(all, s.demands(h)...)
	}
	all = append(all, s.delegated(hooks, all)...)
	calls := f.elsewhere(hooks)
	strange := func(d *demand) bool { return !s.alike(d, calls[d.h]) }
	s.resolve(slices.DeleteFunc(all, strange))
	s.resolve(slices.DeleteFunc(append(s.siblings(), s.seconds()...), strange))
	s.resolve(slices.DeleteFunc(s.outside(hooks), strange))
	s.sentAway()
	s.walks()
	s.describes()
	s.handed()
	s.ranges(hooks)
	s.owners(hooks)
	s.apart()
	s.pairs(hooks)
	f.searched = map[*tables.Hook]bool{}
	for _, h := range hooks {
		f.searched[h] = true
	}
	for _, h := range hooks {
		if !s.placed[h] && len(calls[h]) == 0 {
			g := &Gap{Check: "XSM2001", Hook: h}
			g.say(0.5, "%s%s is declared and nothing calls it; no function or sub-command has a name like it", f.tabs.Prefix, h.Name)
			f.gaps = append(f.gaps, g)
		}
	}
}

// unused finds the hooks that nothing calls among those that label objects or are told about them: a module has a function for each of them, which
// never runs. One that returns long is the module's own hypercall; one about objects that only another architecture asks about has no business here,
// one about the system as a whole has.
func (f *finder) unused() {
	for _, h := range f.tabs.Hooks {
		full := f.tabs.Prefix + h.Name
		if f.decides(h) || h.Result == "long" || f.called[full] > 0 || f.text[full] || h.FlaskFn == "" || !f.m.p.Profile.Hooks.Is(full) || h.Wrapper.Path == "" || !f.configured(h) || f.inside(full) || len(h.Params) > 0 && len(f.elsewhere([]*tables.Hook{h})) > 0 {
			continue
		}
		g := &Gap{Check: "XSM2001", Hook: h}
		if h.IsText() {
			g.say(0.5, "%s describes an object's label in text, and nothing calls %s: dumps lack it", h.FlaskFn, full)
		} else {
			g.say(0.6, "%s labels an object or is told about it, and nothing calls %s", h.FlaskFn, full)
		}
		f.gaps = append(f.gaps, g)
	}
}

// inside reports whether the framework or a module calls the hook itself, other than in its own function for the hook.
func (f *finder) inside(hook string) bool {
	for _, fn := range f.m.p.Fns {
		if !f.m.p.InModule(fn.File) {
			continue
		}
		for _, is := range fn.F.Instrs {
			if is.Kind == ir.ICall && is.N != ir.None && fn.CallName(is.N) == hook && !strings.HasSuffix(fn.Name, strings.TrimPrefix(hook, f.tabs.Prefix)) {
				return true
			}
		}
	}
	return false
}

// decides reports whether a hook decides about access: it answers with a number, and has a default action or permissions of the module's. In tables of an
// age without default actions, every one does that answers so and makes nothing.
func (f *finder) decides(h *tables.Hook) bool {
	if h.Result != "int" || h.Default || len(h.Vectors) > 0 {
		return h.Result == "int"
	}
	return !slices.ContainsFunc(f.tabs.Hooks, func(o *tables.Hook) bool { return o.Default }) &&
		!slices.ContainsFunc(splitWords(h.Name), f.m.p.Profile.Life.Begin.Has)
}

// wanted reports whether h is a check that this configuration has and nobody calls.
func (f *finder) wanted(h *tables.Hook) bool {
	full := f.tabs.Prefix + h.Name
	if f.called[full] > 0 || f.text[full] || !f.decides(h) || !f.m.p.Profile.Hooks.Is(full) {
		return false
	}
	return f.configured(h) && !f.answered(h)
}

// answered reports whether the module's function for h is that of another hook which is called: what it decides is asked by that name.
func (f *finder) answered(h *tables.Hook) bool {
	for _, o := range f.tabs.Hooks {
		if o != h && h.FlaskFn != "" && o.FlaskFn == h.FlaskFn && f.called[f.tabs.Prefix+o.Name] > 0 {
			return true
		}
	}
	return false
}

// configured reports whether the hook exists in this configuration: a module's function for it was compiled.
func (f *finder) configured(h *tables.Hook) bool {
	full := f.tabs.Prefix + h.Name
	if f.modules == nil {
		f.modules = map[string]bool{}
		for _, fn := range f.m.p.Fns {
			if f.m.p.InModule(fn.File) {
				f.modules[fn.Name] = true
			}
		}
		for _, o := range f.tabs.Hooks {
			f.flask = f.flask || o.FlaskFn != "" && f.modules[o.FlaskFn]
		}
	}
	if f.flask && h.FlaskFn != "" {
		return f.modules[f.tabs.Answer(h)]
	}
	for _, name := range []string{h.FlaskFn, full} {
		for _, fn := range f.m.p.Named(name) {
			if f.m.p.InModule(fn.File) && name != "" {
				return true
			}
		}
	}
	return false
}

// forwards reports whether a region only hands its command on: a function that it calls has code for the same label.
func (f *finder) forwards(r *Region) bool {
	if len(r.Labels) == 0 {
		return f.wraps(r)
	}
	if f.labelled == nil {
		f.labelled = map[*analyze.Fn]map[string]bool{}
		for _, o := range f.m.regions {
			if f.labelled[o.Fn] == nil {
				f.labelled[o.Fn] = map[string]bool{}
			}
			for _, l := range o.Labels {
				f.labelled[o.Fn][l] = true
			}
		}
	}
	for _, c := range f.m.callees(r) {
		handler := f.m.reached[c] == c.Name && f.m.depth[c] == 0 // as from a multicall
		if c != r.Fn && (handler || f.labelled[c][r.Labels[0]]) {
			return true
		}
	}
	return false
}

// wraps reports whether a function is an outer shell of one that it calls: the two names differ in their first word only, as in compat_dm_op,
// do_dm_op and dm_op, or do_x and __do_x. One of the implementations that a pointer can mean is not what a shell is around.
func (f *finder) wraps(r *Region) bool {
	const small = 6 // calls; a shell has few of its own
	if len(f.m.objects(r)) > 0 || len(f.m.callees(r)) > small {
		return false
	}
	name := stem(r.Fn.Name)
	for _, c := range f.m.callees(r) {
		if c.Name != r.Fn.Name && !f.index().method[c] && !f.m.p.InModule(c.File) && (name != r.Fn.Name && stem(c.Name) == name || strings.TrimLeft(c.Name, "_") == r.Fn.Name || name != r.Fn.Name && c.Name == name) {
			return true
		}
	}
	return false
}

// core is a handler's name without the words that only say that it is one: those that most handlers' names have.
func (f *finder) core(name string) string {
	if f.shells == nil {
		f.shells = map[string]bool{}
		count, n := map[string]int{}, 0
		for fn, d := range f.m.depth {
			if d == 0 {
				n++
				for w := range wordSet([]string{fn.Name}) {
					count[w]++
				}
			}
		}
		for w, k := range count {
			f.shells[w] = 8*k > n
		}
		f.shells["internal"] = true
	}
	var out []string
	for _, w := range splitWords(name) {
		if !f.shells[w] {
			out = append(out, w)
		}
	}
	return strings.Join(out, "_")
}

// stem is a name without its first word, or all of it when one word would be left.
func stem(name string) string {
	name = strings.TrimLeft(name, "_")
	if _, rest, ok := strings.Cut(name, "_"); ok && strings.Contains(rest, "_") {
		return rest
	}
	return name
}

// hookedHere reports whether a hook is called in the region itself.
func (f *finder) hookedHere(r *Region) bool {
	for _, h := range f.m.calls[r.Fn] {
		if r.Blocks[h.Block] {
			return true
		}
	}
	return false
}

// askedHere reports whether a hook that decides is called in the region itself: one that labels an object leaves the decision open.
func (f *finder) askedHere(r *Region) bool {
	return slices.ContainsFunc(f.m.calls[r.Fn], func(h analyze.HookCall) bool { return r.Blocks[h.Block] && f.m.decides(h) })
}

// name proposes a hook for the gaps that have none: the hook whose switch knows the command, the hook of that name that other code calls for the
// same operation; and the nearest operation's hook as the model of a new one.
func (f *finder) name() {
	w := f.words()
	for _, g := range f.gaps {
		if g.Region == nil {
			continue
		}
		g.Peers = f.models(g)
		if g.Hook != nil {
			continue
		}
		best, score := (*tables.Hook)(nil), 0.7
		for _, h := range f.tabs.Hooks {
			if !h.Default || h.Result != "int" || f.searched[h] || !f.configured(h) || g.Switch != nil && h == g.Switch.Hook {
				continue
			}
			s := f.fit(w, h, g.Region)
			if len(g.Objects) > 0 && slices.Contains(f.peers["file "+g.Region.Fn.File], f.tabs.Prefix+h.Name) {
				s += 0.3 // the file's own hook
			}
			if s > score {
				best, score = h, s
			}
		}
		if best != nil {
			g.Hook = best
			g.say(0.5, "%s%s mediates the same operation elsewhere", f.tabs.Prefix, best.Name)
		}
	}
}

// models lists hooks that can be the model of a new one, nearest first: called in the same function, in the same file, anywhere.
func (f *finder) models(g *Gap) (out []*tables.Hook) {
	add := func(h *tables.Hook) {
		if h != nil && h.Default && h.Result == "int" && h.Flask.Path != "" && f.suits(h, g) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, k := range []string{"fn " + g.Region.Fn.Name, "file " + g.Region.Fn.File} {
		for _, name := range f.peers[k] {
			add(f.tabs.Hook(name))
		}
	}
	for _, h := range f.tabs.Hooks {
		add(h)
	}
	return out
}

// suits reports whether hook h can be the model of a new hook for the gap: it takes one domain where the gap has one and nothing otherwise, checks
// one permission, is there in every configuration, and its default is a plain one.
func (f *finder) suits(h *tables.Hook, g *Gap) bool {
	if len(h.Vectors) != 1 || h.Result != "int" || h.Default && (h.Action == "" || h.Action == "XSM_OTHER") || h.DummyOp.Path == "" {
		return false
	}
	if !f.tabs.HasClass(h.Vectors[0].Class) || h.Guard != "" {
		return false
	}
	domain := f.m.p.Profile.Types.Domain
	if hasDomain(g, domain) {
		return len(h.Params) == 1 && h.Params[0].Type == domain
	}
	return len(h.Params) == 0
}

// hasDomain reports whether the gap is about a domain, by its type: one that it looks up, or one that its function is given.
func hasDomain(g *Gap, domain string) bool {
	if len(g.Objects) > 0 {
		return true
	}
	for _, v := range g.Region.Fn.F.Vars[:g.Region.Fn.F.Params] {
		if g.Region.Fn.S(v.Type) == domain {
			return true
		}
	}
	return false
}

var commentRE = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)

var callRE = regexp.MustCompile(`\b([a-z]\w+)\s*\(`)

// textCalls notes the hooks that uncompiled text calls: a hook that only another configuration uses is not forgotten, nor one that the
// framework's own handlers call. Files of other architectures, calls that were compiled, and those by which a module's function for the hook
// asks the default one do not count.
func textCalls(p *analyze.Program, t *refactor.Tree, prefix string) map[string]bool {
	text := map[string]bool{}
	compiled, have := map[string]bool{}, map[string]bool{}
	for _, fn := range p.Fns {
		compiled[fn.File], compiled[archOf(fn.File)] = true, true
		for _, h := range p.HookCalls(fn) {
			have[fn.File+" "+h.Hook] = true
		}
	}
	for _, file := range t.Paths() {
		own := p.InModule(file) || strings.Contains(file, "/xsm/")
		if path.Ext(file) != ".c" && (own || path.Ext(file) != ".h") || hiddenPath(file) || archOf(file) != "" && !compiled[archOf(file)] {
			continue
		}
		src, err := t.ReadFile(file)
		if err != nil || !bytes.Contains(src, []byte(prefix)) {
			continue
		}
		calls := callRE.FindAllSubmatch(commentRE.ReplaceAll(src, nil), -1)
		for _, m := range calls {
			if name := string(m[1]); strings.HasPrefix(name, prefix) && !have[file+" "+name] && !(own && answers(calls, prefix, name)) {
				text[name] = true // in a file, or in text, that this configuration leaves out
			}
		}
	}
	return text
}

// answers reports whether a file, by the names before its parentheses, has a module's function for the hook: silo_grant_mapref for xsm_grant_mapref.
func answers(calls [][][]byte, prefix, hook string) bool {
	suffix := "_" + strings.TrimPrefix(hook, prefix)
	return slices.ContainsFunc(calls, func(m [][]byte) bool {
		name := string(m[1])
		return name != hook && strings.HasSuffix(name, suffix)
	})
}

// hiddenPath reports whether a folder on the way to a file starts with a dot: what tools keep there is not the tree's code.
func hiddenPath(file string) bool {
	return strings.HasPrefix(file, ".") || strings.Contains(file, "/.")
}

// archOf is the architecture's folder that a file is in, "" for common code.
func archOf(p string) string {
	i := strings.Index("/"+p, "/arch/")
	if i < 0 {
		return ""
	}
	rest := p[i+len("arch/"):]
	j := strings.IndexByte(rest, '/')
	if j < 0 {
		return ""
	}
	return p[:i+len("arch/")+j+1]
}
