package verify

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// minFit is the least fit of a hook and a region that counts as evidence.
const minFit = 0.5

// uncalled finds hooks that the tables declare for this configuration and that nothing calls, and where each belongs.
func (f *finder) uncalled() {
	w := newWords(f.m.regions)
	type match struct {
		h *tables.Hook
		r *Region
		s float64
	}
	var all []match
	for _, h := range f.tabs.Hooks {
		if !f.wanted(h) {
			continue
		}
		placed := false
		for _, r := range f.m.regions {
			if f.hookedHere(r) || f.forwards(r) {
				continue
			}
			s := f.fit(w, h, r)
			if s > 0 && f.byRegion[r] != nil {
				s += 0.25
			}
			if s >= minFit {
				all = append(all, match{h, r, s})
				placed = true
			}
		}
		if !placed {
			g := &Gap{Check: "XSM2001", Hook: h}
			g.say(0.5, "%s%s is declared and nothing calls it; no function or sub-command has a name like it", f.tabs.Prefix, h.Name)
			f.gaps = append(f.gaps, g)
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].s != all[j].s {
			return all[i].s > all[j].s
		}
		return f.m.depth[all[i].r.Fn] < f.m.depth[all[j].r.Fn]
	})
	done, taken := map[*tables.Hook]bool{}, map[*Region]bool{}
	for _, m := range all {
		if done[m.h] || taken[m.r] {
			continue
		}
		done[m.h], taken[m.r] = true, true
		g := f.gap(m.r, "XSM1001")
		g.Hook = m.h
		g.say(min(0.85, m.s), "%s%s is declared, with a default and a Flask check, and nothing calls it; %s is what its name and parameters fit",
			f.tabs.Prefix, m.h.Name, m.r)
	}
}

// wanted reports whether h is a check that this configuration has and nobody calls.
func (f *finder) wanted(h *tables.Hook) bool {
	full := f.tabs.Prefix + h.Name
	if f.called[full] > 0 || f.text[full] || !h.Default || h.Result != "int" || !f.m.p.Profile.Hooks.Is(full) {
		return false
	}
	return f.configured(h)
}

// configured reports whether the hook exists in this configuration: a module's function for it was compiled.
func (f *finder) configured(h *tables.Hook) bool {
	full := f.tabs.Prefix + h.Name
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
// do_dm_op and dm_op, or do_x and __do_x.
func (f *finder) wraps(r *Region) bool {
	name := stem(r.Fn.Name)
	for _, c := range f.m.callees(r) {
		if c.Name != r.Fn.Name && !f.m.p.InModule(c.File) && (name != r.Fn.Name && stem(c.Name) == name || strings.TrimLeft(c.Name, "_") == r.Fn.Name || name != r.Fn.Name && c.Name == name) {
			return true
		}
	}
	return false
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

// name proposes a hook for the gaps that have none: the hook whose switch knows the command, the hook of that name that other code calls for the
// same operation; and the nearest operation's hook as the model of a new one.
func (f *finder) name() {
	w := newWords(f.m.regions)
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
			if !h.Default || h.Result != "int" || !f.configured(h) || g.Switch != nil && h == g.Switch.Hook {
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
	if len(h.Vectors) != 1 || h.Action == "" || h.Action == "XSM_OTHER" || h.DummyOp.Path == "" {
		return false
	}
	if f.tabs.Class(h.Vectors[0].Class) == nil || h.Guard != "" {
		return false
	}
	if hasDomain(g) {
		return len(h.Params) == 1 && h.Params[0].Type == "struct domain *"
	}
	return len(h.Params) == 0
}

// hasDomain reports whether the gap is about a domain: one that it looks up, or one that its function is given.
func hasDomain(g *Gap) bool {
	if len(g.Objects) > 0 {
		return true
	}
	for _, v := range g.Region.Fn.F.Vars[:g.Region.Fn.F.Params] {
		if g.Region.Fn.S(v.Type) == "struct domain *" {
			return true
		}
	}
	return false
}

var callRE = regexp.MustCompile(`\b([a-z]\w+)\s*\(`)

// textCalls notes the hooks that uncompiled text calls: a hook that only another configuration uses is not forgotten. Files of other
// architectures, and calls that were compiled, do not count.
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
		if path.Ext(file) != ".c" && path.Ext(file) != ".h" || p.InModule(file) || strings.Contains(file, "/xsm/") || archOf(file) != "" && !compiled[archOf(file)] {
			continue
		}
		src, err := t.ReadFile(file)
		if err != nil || !bytes.Contains(src, []byte(prefix)) {
			continue
		}
		for _, m := range callRE.FindAllSubmatch(src, -1) {
			if name := string(m[1]); strings.HasPrefix(name, prefix) && !have[file+" "+name] {
				text[name] = true // in a file, or in text, that this configuration leaves out
			}
		}
	}
	return text
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
