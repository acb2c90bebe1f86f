package tables

import (
	"path"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

var (
	structRE  = regexp.MustCompile(`struct\s+(\w+)\s*\{`)
	opRE      = regexp.MustCompile(`(?m)^[ \t]*([A-Za-z_][\w \t]*?[ \t*]+)\(\s*\*\s*(\w+)\s*\)\s*\(`)
	wrapperRE = regexp.MustCompile(`(?m)^static\s+(?:always_)?inline\s+([\w \t]*?[\w*][ \t*]*?)\s*\b(\w+)\s*\(`)
	dummyRE   = regexp.MustCompile(`(?m)^static\s+(?:XSM_INLINE\s+|inline\s+)?([\w \t]*?[\w*][ \t*]*?)\s*(?:cf_check\s+)?\b(xsm_|dummy_)(\w+)\s*\(`)
	actionRE  = regexp.MustCompile(`XSM_ASSERT_ACTION\(\s*(\w+)\s*\)`)
	entryRE   = regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*(?:\.(\w+)\s*=|(\w+)\s*:)\s*(&?\w+)\s*(,|\n|\})`)
	fixupRE   = regexp.MustCompile(`(?m)^[ \t]*set_to_(?:dummy|default)_if_null\(\s*\w+\s*,\s*(\w+)\s*\)\s*;`)
	opsVarRE  = regexp.MustCompile(`(?m)^(?:static\s+)?(?:const\s+)?struct\s+(\w+)[\w\s]*?\b(\w+)\s*=\s*\{`)
	aliasRE   = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+([a-z]\w+)[ \t]+([a-z]\w+)[ \t]*$`)
	typedefRE = regexp.MustCompile(`_default_t$`)
)

// opsStruct reads the structure of function pointers.
func (r *reader) opsStruct(s *source) {
	if !strings.HasSuffix(s.path, ".h") {
		return
	}
	for _, m := range structRE.FindAllStringSubmatchIndex(s.text, -1) {
		end := closing(s.text, m[1]-1, '{', '}')
		tag := s.text[m[2]:m[3]]
		if end < 0 || !strings.HasPrefix(tag, strings.TrimSuffix(r.out.Prefix, "_")) {
			continue
		}
		body := s.text[m[1]:end]
		ops := opRE.FindAllStringSubmatchIndex(body, -1)
		if len(ops) < 3 {
			continue
		}
		r.out.Files.Header, r.out.OpsName = s.path, tag
		for _, o := range ops {
			r.op(s, m[1], o)
		}
	}
}

// op reads one function pointer; at is where the structure's body starts.
func (r *reader) op(s *source, at int, o []int) {
	text := s.text
	open := at + o[1] - 1
	end := closing(text, open, '(', ')')
	semi := strings.IndexByte(text[max(end, 0):], ';')
	if end < 0 || semi < 0 {
		return
	}
	h := r.hook(text[at+o[4] : at+o[5]])
	h.Result = squeeze(text[at+o[2] : at+o[3]])
	h.Params = params(text[open+1 : end])
	h.Ops = s.lines(at+o[4], end+semi)
	h.Guard = s.guard(at + o[4])
	if _, _, _, h.Catalogue = s.where(at + o[4]); h.Catalogue {
		r.out.Files.Catalogue, r.out.XMacro = h.Ops.Path, true
	}
}

// member is the expression that reads a member of the operations, directly or through a macro: xsm_ops->x, xsm_ops.x, xsm_call(x(...)).
func (r *reader) member() *regexp.Regexp {
	p := regexp.QuoteMeta(r.out.Prefix)
	return regexp.MustCompile(`\b` + p + `\w*\s*(?:->|\.)\s*(\w+)|\b` + p + `call\s*\(\s*(\w+)`)
}

// wrappers reads the inline functions that callers use: those that call a member of the operations.
func (r *reader) wrappers(s *source) {
	reads := r.member()
	for _, m := range wrapperRE.FindAllStringSubmatchIndex(s.text, -1) {
		full := s.text[m[4]:m[5]]
		a, b, args, ok := definition(s.text, m)
		name, prefixed := strings.CutPrefix(full, r.out.Prefix)
		if !ok || !prefixed && r.out.byName[full] == nil {
			continue
		}
		members := memberNames(reads, s.text[a:b])
		if len(members) == 0 {
			continue
		}
		h := r.hook(name)
		h.Reads, h.WrapperGuard, h.ReadGuard = members, s.guard(m[4]), s.guard(a+reads.FindStringIndex(s.text[a:b])[0])
		h.Wrapper, h.Result = s.lines(a, b-1), squeeze(s.text[m[2]:m[3]])
		ps := params(args)
		if len(ps) > 0 && typedefRE.MatchString(ps[0].Type) {
			h.Default, h.WrapperDefault, ps = true, true, ps[1:]
		}
		h.Params = ps
	}
}

func memberNames(re *regexp.Regexp, body string) (out []string) {
	for _, m := range re.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

// dummies reads the default module's functions: of its header, or before there was one, of its file.
func (r *reader) dummies(s *source) {
	header := strings.HasSuffix(s.path, ".h")
	if header && !strings.Contains(s.text, "XSM_ASSERT_ACTION") || !header && r.out.profile.Hooks.OfPolicy(s.path) {
		return
	}
	for _, m := range dummyRE.FindAllStringSubmatchIndex(s.text, -1) {
		a, b, args, ok := definition(s.text, m)
		name := s.text[m[6]:m[7]]
		if !ok || name == "default_action" || !header && s.text[m[4]:m[5]] != "dummy_" {
			continue
		}
		body := s.text[a:b]
		if header && r.out.byName[name] == nil && !strings.Contains(body, "action") && !strings.Contains(s.text[m[0]:m[6]], "XSM_INLINE") {
			continue
		}
		h := r.hook(name)
		h.Dummy, h.DummyGuard = s.lines(a, b-1), s.guard(m[6])
		if act := actionRE.FindStringSubmatch(body); act != nil {
			h.Action = act[1]
		}
		h.DummyDefault = strings.Contains(args, "XSM_DEFAULT_")
		h.Default = h.Default || h.DummyDefault
		r.functions["dummy "+name] = function{text: args}
		r.out.Files.Dummy = s.path
	}
}

// definition returns the text [start,end) of the function whose header match m found, and its parameter list.
func definition(text string, m []int) (start, end int, args string, ok bool) {
	stop := closing(text, m[1]-1, '(', ')')
	if stop < 0 {
		return 0, 0, "", false
	}
	rest := strings.TrimLeft(text[stop+1:], " \t\r\n")
	if !strings.HasPrefix(rest, "{") {
		return 0, 0, "", false
	}
	brace := len(text) - len(rest)
	last := closing(text, brace, '{', '}')
	if last < 0 {
		return 0, 0, "", false
	}
	return m[0], last + 1, text[m[1]:stop], true
}

// defined remembers a file's functions, for the modules' entries to name.
func (r *reader) defined(s *source) {
	for _, d := range s.functions() {
		f := function{span: s.lines(d.start, d.end-1), guard: s.guard(d.nameAt), text: s.text[d.start:d.end]}
		if old, had := r.functions[d.name]; had && f.guard != "" && old.guard != "" {
			f.guard = "(" + old.guard + ") || (" + f.guard + ")" // the function has a body for each condition
		} else if had {
			f.guard = ""
		}
		r.functions[d.name] = f
	}
}

// opsTables reads the initialised operations of a module, and the older fixup calls.
func (r *reader) opsTables(s *source) {
	for _, m := range fixupRE.FindAllStringSubmatchIndex(s.text, -1) {
		mod := r.module("dummy", s.enclosing(m[0]), s, m[0])
		mod.Fixup = true
		r.entry(mod, s, s.text[m[2]:m[3]], "dummy_"+s.text[m[2]:m[3]], m[2], m[3])
	}
	for _, v := range opsVarRE.FindAllStringSubmatchIndex(s.text, -1) {
		end := closing(s.text, v[1]-1, '{', '}')
		if end < 0 || !strings.HasPrefix(s.text[v[2]:v[3]], strings.TrimSuffix(r.out.Prefix, "_")) {
			continue
		}
		table := s.text[v[4]:v[5]]
		name, _, _ := strings.Cut(table, "_")
		mod := r.module(name, table, s, v[4])
		body := s.text[v[1]:end]
		for _, f := range fields(body) {
			if f.name != "name" && f.fn != "" { // .name = "a module's own name"
				r.entry(mod, s, f.name, f.fn, v[1]+f.at, v[1]+f.end)
			}
		}
	}
}

// field is one designated element of an initializer.
type field struct {
	name, fn string
	at, end  int
}

// fields lists the designated elements of an initializer's body, in C99's form or GNU's older one.
func fields(body string) (out []field) {
	for i := 0; i < len(body); {
		m := entryRE.FindStringSubmatchIndex(body[i:])
		if m == nil {
			break
		}
		f := field{fn: strings.TrimPrefix(body[i+m[6]:i+m[7]], "&"), end: i + m[7]}
		k := 2
		if m[2] < 0 {
			k = 4
		}
		f.name, f.at = body[i+m[k]:i+m[k+1]], i+m[k]
		if f.fn == "NULL" || f.fn == "0" {
			f.fn = ""
		}
		out = append(out, f)
		i += m[8] // a comma may open the next element
		if body[i] == ',' && i+1 < len(body) && body[i+1] == '\n' {
			i++
		}
	}
	return out
}

// module returns the module with the table, making it when it is new.
func (r *reader) module(name, table string, s *source, at int) *Module {
	for _, m := range r.out.Modules {
		if m.Name == name && (m.Table == table || m.Fixup) {
			return m
		}
	}
	p, start, _, _ := s.where(at)
	m := &Module{Name: name, Table: table, File: p, Start: start}
	r.out.Modules = append(r.out.Modules, m)
	if name == "flask" {
		r.out.Files.Flask = p
	}
	return m
}

func (r *reader) entry(m *Module, s *source, name, fn string, at, end int) {
	m.Entries++
	h := r.hook(name)
	h.Entries = append(h.Entries, &Entry{Module: m.Name, Table: m.Table, Fn: fn, At: s.lines(at, max(at, end-1)), Guard: s.guard(at)})
}

// isModule reports whether a path belongs to a security module: code that answers hooks, and does not ask them.
func (t *Tables) isModule(p string) bool {
	return t.profile.Hooks.Headers.Has(p) || t.profile.Hooks.Modules.Has(p)
}

// root is the folder of the hypervisor's own code: what holds include/xsm; "" for the whole tree.
func (t *Tables) root() string {
	if dir, _, ok := strings.Cut(t.Files.Header, "include/"); ok {
		return dir
	}
	return ""
}

// Source is the file and line of a span's start; line 1 when the file cannot be read.
func (t *Tables) Source(s refactor.Span) (string, int) {
	src, err := t.tree.ReadFile(s.Path)
	if err != nil || s.Start > len(src) {
		return s.Path, 1
	}
	return path.Clean(s.Path), refactor.LineAt(src, s.Start)
}
