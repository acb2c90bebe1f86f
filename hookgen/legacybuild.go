package hookgen

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// insertion is a line or lines that go behind, or before, the lines that match anchor in a file; the last match counts.
type insertion struct {
	file   string
	anchor *regexp.Regexp
	before bool
	text   string
}

// edit finds the place of an insertion. ok is false when the file is not in the tree or nothing matches.
func (in *infra) edit(i insertion) (e refactor.Edit, ok bool) {
	src, err := in.t.ReadFile(i.file)
	if err != nil {
		return e, false
	}
	all := i.anchor.FindAllIndex(src, -1)
	if all == nil {
		return e, false
	}
	m := all[len(all)-1]
	at := m[1]
	if i.before {
		at = lineStart(src, m[0])
	} else if n := strings.IndexByte(string(src[at:]), '\n'); n >= 0 {
		at += n + 1
	}
	text := i.text
	if refactor.StyleOf(src).CRLF {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return refactor.Edit{Path: i.file, Start: at, End: at, New: text}, true
}

// first is the edit of the first insertion that has a place, or an error that says what has none.
func (in *infra) first(what string, list ...insertion) (refactor.Edit, error) {
	for _, i := range list {
		if e, ok := in.edit(i); ok {
			return e, nil
		}
	}
	var files []string
	for _, i := range list {
		if !slices.Contains(files, i.file) {
			files = append(files, i.file)
		}
	}
	return refactor.Edit{}, fmt.Errorf("%s: no place for %s in %s: write it by hand first", in.t.Name(), what, strings.Join(files, ", "))
}

// build wires the new folder into the build: the option, the object, the guard for C, what is cleaned and indexed.
func (in *infra) build() ([]refactor.Edit, error) {
	var out []refactor.Edit
	option, err := in.option()
	if err != nil {
		return nil, err
	}
	objects, err := in.first("the object of xsm/",
		insertion{file: in.root + "Rules.mk", anchor: regexp.MustCompile(`(?m)^ALL_OBJS-y\b.*built_in\.o`), text: "ALL_OBJS-y               += $(BASEDIR)/xsm/built_in.o\n"},
		insertion{file: in.root + "Makefile", anchor: regexp.MustCompile(`(?m)^ALL_OBJS-y\b.*built_in\.o`), text: "ALL_OBJS-y += xsm/built_in.o\n"},
		insertion{file: in.root + "Makefile", anchor: regexp.MustCompile(`(?m)^subdir-y\b.*`), text: "subdir-y += xsm\n"})
	if err != nil {
		return nil, err
	}
	in.ordered(&objects)
	out = append(out, option, objects)
	if in.Guard == "XSM_ENABLE" {
		flag, err := in.first("the flag -DXSM_ENABLE", insertion{file: in.root + "Rules.mk", anchor: regexp.MustCompile(`(?m)^CFLAGS-y\b.*`),
			text: "CFLAGS-$(XSM_ENABLE)    += -DXSM_ENABLE\n"})
		if err != nil {
			return nil, err
		}
		out = append(out, flag)
	}
	return append(out, in.optional()...), nil
}

// ordered moves the object before that of the architecture, which is linked last.
func (in *infra) ordered(e *refactor.Edit) {
	if !strings.Contains(e.New, "ALL_OBJS") {
		return
	}
	arch := insertion{file: e.Path, anchor: regexp.MustCompile(`(?m)^ALL_OBJS-y\b.*/arch/.*built_in\.o`), before: true, text: e.New}
	if o, ok := in.edit(arch); ok {
		*e = o
	}
}

// option adds the guard option where the tree keeps such options.
func (in *infra) option() (refactor.Edit, error) {
	if k := in.kconfig(); k != "" {
		return in.first("the option", insertion{file: k, anchor: regexp.MustCompile(`(?m)^(?:endmenu\b.*|source\b.*)`), before: true,
			text: "config XSM\n\tbool \"Security modules\"\n\t---help---\n\t  Ask a security module before operations that guests request.\n\n\t  If unsure, say N.\n\n"},
			insertion{file: k, anchor: regexp.MustCompile(`(?s).\z`), text: "\nconfig XSM\n\tbool \"Security modules\"\n\t---help---\n\t  Ask a security module before operations that guests request.\n\n\t  If unsure, say N.\n"})
	}
	text := "\n# If XSM_ENABLE = y, then the framework for security modules is compiled\n# into Xen\n#        y - Build the framework\n#        n - Do not build the framework\nXSM_ENABLE ?= n\n"
	config := path.Dir(strings.TrimSuffix(in.root, "/")) + "/Config.mk"
	if in.root == "" {
		config = "Config.mk"
	} else {
		config = strings.TrimPrefix(config, "./")
	}
	return in.first("the option",
		insertion{file: config, anchor: regexp.MustCompile(`(?m)^\w*SECURITY\s*\?=.*`), text: text},
		insertion{file: config, anchor: regexp.MustCompile(`(?m)^\w+[ \t]*\?=[ \t]*[yn][ \t]*$`), text: text},
		insertion{file: in.root + "Rules.mk", anchor: regexp.MustCompile(`(?m)^\w+[ \t]*\?=[ \t]*[yn][ \t]*$`), text: text})
}

// optional are the places that some trees have: headers that objects depend on, folders that are cleaned, sources that are indexed.
func (in *infra) optional() (out []refactor.Edit) {
	for _, i := range []insertion{
		{file: in.root + "Rules.mk", anchor: regexp.MustCompile(`(?m)^HDRS\b.*include/public/\*\.h.*`), text: "HDRS += $(wildcard $(BASEDIR)/include/xsm/*.h)\n"},
		{file: in.root + "Makefile", anchor: regexp.MustCompile(`(?m)^\t\$\(MAKE\) -f \$\(BASEDIR\)/Rules\.mk -C \w+ clean`),
			text: "\t$(MAKE) -f $(BASEDIR)/Rules.mk -C xsm clean\n"},
	} {
		if e, ok := in.edit(i); ok {
			out = append(out, e)
		}
	}
	src, err := in.t.ReadFile(in.root + "Makefile")
	if err != nil {
		return out
	}
	if m := regexp.MustCompile(`(?m)^SUBDIRS = .*?[ \t]*$`).FindIndex(src); m != nil {
		at := m[0] + len(strings.TrimRight(string(src[m[0]:m[1]]), " \t"))
		out = append(out, refactor.Edit{Path: in.root + "Makefile", Start: at, End: at, New: " xsm"})
	}
	return out
}

// boot is the change that starts the framework: in each architecture's boot function, before the first domain is made.
func (in *infra) boot() (*refactor.Change, error) {
	c := &refactor.Change{ID: "legacy/boot", Component: "xsm", Summary: "start the framework at boot",
		Body:  "The default module is in force before the first domain is made.",
		Needs: []refactor.Symbol{{Kind: "func", Name: "xsm_init"}}}
	for _, p := range in.t.Paths() {
		if !strings.HasPrefix(p, in.root+"arch/") || path.Ext(p) != ".c" {
			continue
		}
		src, err := in.t.ReadFile(p)
		if err != nil {
			return nil, err
		}
		at, ok := in.bootPlace(src)
		if !ok {
			continue
		}
		st := refactor.StyleOf(src)
		c.Edits = append(c.Edits, refactor.Edit{Path: p, Start: at, End: at, New: refactor.IndentAt(src, at) + "xsm_init();" + st.EOL() + st.EOL()})
		g := &generator{header: "xsm/xsm.h", included: map[string]bool{}, plan: &Plan{}}
		g.plan.Tables = emptyTables()
		if at, line := g.include(src, p); line != "" {
			c.Edits = append(c.Edits, refactor.Edit{Path: p, Start: at, End: at, New: line})
		}
	}
	if len(c.Edits) == 0 {
		return nil, fmt.Errorf("%s: no function of arch/ runs %s: where the framework is to start is for a person to say", in.t.Name(), strings.Join(in.names.Boot.Runs, " or "))
	}
	return c, nil
}

// bootPlace is the line of the boot function, the one that runs the initcalls, before which the framework must have started.
func (in *infra) bootPlace(src []byte) (int, bool) {
	run := callRE(in.names.Boot.Runs).FindIndex(src)
	if run == nil {
		return 0, false
	}
	heads := headRE.FindAllIndex(src[:run[0]], -1)
	if heads == nil {
		return 0, false
	}
	from := heads[len(heads)-1][0]
	first := callRE(in.names.Boot.Before).FindIndex(src[from:])
	if first == nil {
		return lineStart(src, run[0]), true
	}
	at := lineStart(src, from+first[0])
	if at > lineStart(src, run[0]) {
		at = lineStart(src, run[0])
	}
	return at, true
}

// callRE matches a statement that calls one of the names.
func callRE(names []string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]+(?:\w+[ \t]*=[ \t]*)?(?:` + strings.Join(names, "|") + `)[ \t]*\(`)
}
