package cpp

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

// What GCC 12.2 predefines, one file an architecture: the output of "gcc -nostdinc -fno-pie -dM -E -x c /dev/null"
// (for x86 with -fcf-protection=none), sorted. features.txt: the attributes and built-in functions it knows.
//
//go:embed predef
var predefFiles embed.FS

//go:embed headers
var headerFiles embed.FS

// builtinHeader returns one of our own compiler headers.
func builtinHeader(name string) ([]byte, error) { return fs.ReadFile(headerFiles, "headers/"+name) }

// Arches returns the architectures whose predefined macros are known, for [Unit.Arch].
func Arches() []string { return []string{"aarch64", "arm32", "x86_32", "x86_64"} }

// predefine gives the unit the macros it starts with: built-in ones, those of its architecture and standard, and its
// command line's.
func (p *pp) predefine() {
	for _, m := range p.s.builtins() {
		p.define(m.Name, m)
	}
	if p.u.Arch != "" {
		text, err := fs.ReadFile(predefFiles, "predef/"+p.u.Arch+".h")
		if err != nil {
			p.err = &Error{Msg: "unit " + p.u.Main + ": unknown architecture " + p.u.Arch + "; known are " +
				strings.Join(Arches(), ", "), Err: err}
			return
		}
		p.defineAll("<predefined "+p.u.Arch+">", string(text))
		p.defineAll("<standard>", standardText(p.u))
	}
	p.defineAll("<command-line>", commandText(p.u.Macros))
}

// defineAll carries out the #define and #undef lines of a text.
func (p *pp) defineAll(name, text string) {
	f := p.s.text(name, text)
	lx := p.s.tokens(f, p.mode)
	for i := range lx.dirs {
		switch d := &lx.dirs[i]; d.kind {
		case dirDefine:
			p.define(d.sym, d.macro)
		case dirUndef:
			p.define(d.sym, nil)
		case dirBad:
			p.diag(SevError, f.id, d.off, "%s", d.msg)
		}
	}
}

// commandText spells -D and -U options as directives.
func commandText(list []Define) string {
	var b strings.Builder
	for _, d := range list {
		// A newline would end the directive: GCC cuts the option there.
		name, _, _ := strings.Cut(d.Name, "\n")
		body, _, _ := strings.Cut(d.Body, "\n")
		if d.Undef {
			b.WriteString("#undef " + name + "\n")
		} else {
			b.WriteString("#define " + name + " " + body + "\n")
		}
	}
	return b.String()
}

// standardText says how a language standard's predefined macros differ from gnu17's.
func standardText(u *Unit) string {
	var b strings.Builder
	if u.Asm {
		return "#define __ASSEMBLER__ 1\n#undef __STDC_VERSION__\n#undef __STDC_UTF_16__\n#undef __STDC_UTF_32__\n"
	}
	year := strings.TrimLeft(u.Std, "abcdefghijklmnopqrstuvwxyz:")
	switch year {
	case "89", "90", "9899:1990":
		b.WriteString("#undef __STDC_VERSION__\n#undef __GNUC_STDC_INLINE__\n#define __GNUC_GNU_INLINE__ 1\n")
	case "99", "9x", "9899:1999":
		b.WriteString("#define __STDC_VERSION__ 199901L\n")
	case "11", "1x", "9899:2011":
		b.WriteString("#define __STDC_VERSION__ 201112L\n")
	case "2x", "23":
		b.WriteString("#define __STDC_VERSION__ 202000L\n")
	}
	if lexModeOf(u) == modeC99 {
		b.WriteString("#undef __STDC_UTF_16__\n#undef __STDC_UTF_32__\n")
	}
	if strings.HasPrefix(u.Std, "c") || u.Std == "ansi" {
		b.WriteString("#define __STRICT_ANSI__ 1\n#undef linux\n#undef unix\n#undef i386\n")
	}
	return b.String()
}

// builtins returns the macros that the preprocessor computes, made once a session.
func (s *Session) builtins() []*Macro {
	s.builtinOnce.Do(func() {
		for kind, name := range builtinNames {
			if name != "" {
				s.builtinList = append(s.builtinList, &Macro{Name: s.Intern(name), Builtin: true, kind: builtinKind(kind)})
			}
		}
	})
	return s.builtinList
}

// featureSet is what GCC answers to __has_attribute and its like.
type featureSet struct {
	attributes, builtins map[string]bool
	standard             map[string]int // __has_c_attribute
}

// features parses predef/features.txt, once.
var features = sync.OnceValue(func() featureSet {
	set := featureSet{attributes: map[string]bool{}, builtins: map[string]bool{}, standard: map[string]int{}}
	text, _ := fs.ReadFile(predefFiles, "predef/features.txt")
	section := ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			switch {
			case word[0] == '[':
				section = word
			case section == "[attributes]":
				set.attributes[word] = true
			case section == "[builtins]":
				set.builtins[word] = true
			default:
				name, date, _ := strings.Cut(word, "=")
				v, _ := integer(date)
				set.standard[name] = int(v.n)
			}
		}
	}
	return set
})
