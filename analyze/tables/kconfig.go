package tables

import (
	"path"
	"regexp"
	"strings"
)

var (
	configRE  = regexp.MustCompile(`^(?:menu)?config\s+(\w+)`)
	dependsRE = regexp.MustCompile(`^\s+depends\s+on\s+(.*)`)
	selectRE  = regexp.MustCompile(`^\s+select\s+(\w+)(?:\s+if\s+(.*))?`)
	ifRE      = regexp.MustCompile(`^if\s+(.*)`)
	archRE    = regexp.MustCompile(`^arch/\w+`)
	optionRE  = regexp.MustCompile(`(?m)^(?:menu)?config\s+(\w+)(?:(\n[ \t]+def_bool y\n)([^\n]*))?`)
	symbolRE  = regexp.MustCompile(`\b[A-Z][A-Z0-9_]*\b`)
)

// Rules reads what the tree's Kconfig says about options: an option that is set has its dependencies set, and those that it selects. Each rule is
// a condition that holds in every configuration. What it cannot read it leaves out: fewer rules mean more settings to compare, not fewer.
func (t *Tables) Rules() []*Condition {
	if t.ruled == nil {
		t.ruled = append([]*Condition{}, t.kconfig()...)
	}
	return t.ruled
}

// IsOption reports whether the tree's Kconfig defines a name that C sees, CONFIG_X86.
func (t *Tables) IsOption(name string) bool {
	t.Rules()
	return t.options[name]
}

func (t *Tables) kconfig() []*Condition {
	defs := map[string][]string{}  // option -> the dependencies of each of its definitions
	where := map[string][]string{} // option -> the architecture of each, "" for none
	always := map[string][]string{}
	var out []*Condition
	root := t.root()
	for _, p := range t.tree.Paths() {
		if !strings.HasPrefix(p, root) || !strings.HasPrefix(path.Base(p), "Kconfig") {
			continue
		}
		src, err := t.tree.ReadFile(p)
		if err != nil {
			continue
		}
		out = append(out, readKconfig(string(src), defs)...)
		arch := archRE.FindString(p[len(root):])
		for _, m := range optionRE.FindAllStringSubmatch(string(src), -1) {
			where[m[1]] = append(where[m[1]], arch)
			if m[2] != "" && !strings.Contains(m[3], "depends") {
				always[arch] = append(always[arch], m[1])
			}
		}
	}
	out = append(out, ofArch(where, always)...)
	t.options = map[string]bool{}
	for o := range where {
		t.options["CONFIG_"+o] = true
	}
	for opt, ds := range defs {
		if !contains(ds, "") {
			out = append(out, implies(opt, "("+strings.Join(ds, ") || (")+")"))
		}
	}
	return out
}

// ofArch makes the rules that follow from where options are defined: one that only an architecture's files define is set only where that
// architecture's own, unconditional option is; and with that go its other unconditional ones.
func ofArch(where, always map[string][]string) (out []*Condition) {
	only := func(opt string) string {
		arch := where[opt][0]
		for _, a := range where[opt] {
			if a != arch {
				return ""
			}
		}
		return arch
	}
	for arch, list := range always {
		if own := strings.ToUpper(path.Base(arch)); arch != "" && contains(list, own) {
			for _, a := range list {
				out = append(out, implies(own, a))
			}
		}
	}
	for opt := range where {
		arch := only(opt)
		if arch == "" {
			continue
		}
		for _, a := range always[arch] {
			if a != opt && only(a) == arch && strings.EqualFold(a, path.Base(arch)) {
				out = append(out, implies(opt, a))
			}
		}
	}
	return out
}

// readKconfig reads one file: the dependencies into defs, and the rules that selects make.
func readKconfig(src string, defs map[string][]string) (out []*Condition) {
	var ifs []string
	opt, deps := "", []string(nil)
	flush := func() {
		if opt != "" {
			defs[opt] = append(defs[opt], strings.Join(deps, " && "))
		}
		opt = ""
	}
	for _, line := range strings.Split(strings.ReplaceAll(src, "\\\n", " "), "\n") {
		if m := configRE.FindStringSubmatch(line); m != nil {
			flush()
			opt, deps = m[1], append([]string{}, ifs...)
		} else if m := dependsRE.FindStringSubmatch(line); m != nil {
			deps = append(deps, "("+m[1]+")")
		} else if m := selectRE.FindStringSubmatch(line); m != nil && opt != "" {
			if m[2] == "" {
				out = append(out, implies(opt, m[1]))
			} else {
				out = append(out, implies(opt+" && ("+m[2]+")", m[1]))
			}
		} else if m := ifRE.FindStringSubmatch(line); m != nil {
			flush()
			ifs = append(ifs, "("+m[1]+")")
		} else if strings.HasPrefix(line, "endif") && len(ifs) > 0 {
			flush()
			ifs = ifs[:len(ifs)-1]
		} else if strings.HasPrefix(line, "choice") || strings.HasPrefix(line, "endchoice") || strings.HasPrefix(line, "menu") || strings.HasPrefix(line, "endmenu") {
			flush()
		}
	}
	flush()
	return out
}

// implies is the rule that an option's expression gives another; options become the names that C sees.
func implies(a, b string) *Condition {
	c := func(s string) *Condition {
		return ParseCondition(symbolRE.ReplaceAllString(strings.ReplaceAll(s, "\"", ""), "CONFIG_$0"))
	}
	return &Condition{op: '|', args: []*Condition{{op: '!', args: []*Condition{c(a)}}, c(b)}}
}

var objRE = regexp.MustCompile(`(?m)^[A-Za-z_]+-(?:\$\((\w+)\)|[yn])\s*[+:]?=\s*([^#\n]*)`)

// BuildGuard is the condition under which the makefiles compile a file: the options on the way to it, an architecture's own for a file of its
// folder, joined by " && "; "" for always or when they cannot tell.
func (t *Tables) BuildGuard(file string) string {
	if g, ok := t.built[file]; ok {
		return g
	}
	g := t.buildGuard(file)
	if t.built == nil {
		t.built = map[string]string{}
	}
	t.built[file] = g
	return g
}

func (t *Tables) buildGuard(file string) string {
	var terms []string
	root := t.root()
	name := strings.TrimSuffix(path.Base(file), ".c") + ".o"
	for dir := path.Dir(file); strings.HasPrefix(dir+"/", root) && dir != "."; dir = path.Dir(dir) {
		src, err := t.tree.ReadFile(path.Join(dir, "Makefile"))
		if err == nil {
			for _, m := range objRE.FindAllStringSubmatch(strings.ReplaceAll(string(src), "\\\n", " "), -1) {
				for _, w := range strings.Fields(m[2]) {
					if m[1] != "" && (w == name || strings.TrimSuffix(w, "/") == name || strings.TrimSuffix(w, "/built_in.o") == name) {
						terms = append(terms, "defined("+m[1]+")")
					}
				}
			}
		}
		name = path.Base(dir)
	}
	if arch := archRE.FindString(strings.TrimPrefix(file, root)); arch != "" {
		terms = append(terms, "defined(CONFIG_"+strings.ToUpper(path.Base(arch))+")")
	}
	return strings.Join(terms, " && ")
}
