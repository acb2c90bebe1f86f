package csym

import (
	"path"
	"strings"
)

// Lang is how a file is read.
type Lang uint8

// The languages that Scan knows apart.
const (
	Text Lang = iota // words only, and nothing depends on them
	C
	Kconfig
	Make
	Policy // access_vectors, security_classes, initial_sids
	Script // Python, shell, IDL, linker maps: words, and a few forms of definition
)

// LangOf tells by the file's name how it is read.
func LangOf(p string) Lang {
	base, ext := path.Base(p), path.Ext(p)
	switch {
	case ext == ".c" || ext == ".h" || ext == ".S" || ext == ".s" || ext == ".inc" || strings.HasSuffix(base, ".lds.S"):
		return C
	case strings.HasPrefix(base, "Kconfig"):
		return Kconfig
	case strings.HasPrefix(base, "Makefile") || base == "Kbuild" || ext == ".mk" || ext == ".include":
		return Make
	case base == "access_vectors" || base == "security_classes" || base == "initial_sids":
		return Policy
	case ext == ".py" || ext == ".sh" || ext == ".idl" || ext == ".map" || ext == ".go" || ext == ".te" || ext == ".if" ||
		ext == ".lst" || ext == ".ml" || ext == ".mli" || ext == ".pl" || ext == ".awk":
		return Script
	}
	return Text
}

// Scan reads one file; p is its path in the tree.
func Scan(p string, text []byte) *Source {
	s := &Source{Uses: make([][]Use, strings.Count(string(text), "\n")+1)}
	switch LangOf(p) {
	case C:
		scanC(s, string(text))
	case Kconfig:
		s.scanKconfig(string(text))
	case Make:
		s.Lines = true
		s.scanMake(path.Dir(p), string(text))
	case Policy:
		s.scanPolicy(path.Base(p), string(text))
	case Script:
		s.scanScript(string(text), path.Ext(p) == ".idl")
	default:
		s.words(string(text))
	}
	return s
}

// words records every identifier of the text as a use.
func (s *Source) words(text string) {
	for n, l := range strings.Split(text, "\n") {
		s.wordsOf(n, l)
	}
}

func (s *Source) wordsOf(n int, l string) {
	for i := 0; i < len(l); {
		if !isIdent(l[i]) {
			i++
			continue
		}
		j := i
		for j < len(l) && (isIdent(l[j]) || l[j] >= '0' && l[j] <= '9') {
			j++
		}
		if j-i > 1 {
			s.Uses[n] = append(s.Uses[n], Use{Name: l[i:j]})
		}
		i = j
	}
}

func isIdent(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }

// scanKconfig reads config entries; a symbol is known by the name that C and make see.
func (s *Source) scanKconfig(text string) {
	open := -1
	lines := strings.Split(text, "\n")
	s.Open = make([]Balance, len(lines))
	closeAt := func(n int) {
		if open >= 0 {
			s.Defs[len(s.Defs)-1].Last = n - 1
			s.Items[open].Last = n - 1
		}
		open = -1
	}
	for n, l := range lines {
		f := strings.Fields(l)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if strings.HasPrefix(l, f[0]) { // help text is indented
			s.Open[n] = kconfigBlock(f[0])
		}
		switch f[0] {
		case "config", "menuconfig":
			closeAt(n)
			if len(f) > 1 {
				open = len(s.Items)
				s.Items = append(s.Items, Item{First: n, Last: n, Kind: Config, Name: "CONFIG_" + f[1]})
				s.Defs = append(s.Defs, Def{Kind: Config, Name: "CONFIG_" + f[1], Line: n, First: n, Last: n})
			}
		case "menu", "endmenu", "choice", "endchoice", "source", "endif", "comment":
			closeAt(n)
		case "depends", "select", "imply", "default", "if", "bool", "tristate", "def_bool", "visible", "range", "prompt":
			s.configWords(n, f[1:])
		}
	}
	closeAt(len(lines))
}

// kconfigBlock is what a line that begins with the word opens or closes.
func kconfigBlock(word string) Balance {
	switch word {
	case "menu":
		return Balance{Brace: 1}
	case "endmenu":
		return Balance{Brace: -1}
	case "choice":
		return Balance{Paren: 1}
	case "endchoice":
		return Balance{Paren: -1}
	case "if":
		return Balance{If: 1}
	case "endif":
		return Balance{If: -1}
	}
	return Balance{}
}

// configWords records the symbols of a Kconfig expression: words in capitals outside quotes.
func (s *Source) configWords(n int, words []string) {
	quoted := false
	for _, w := range words {
		if !quoted && !strings.HasPrefix(w, `"`) {
			if w = strings.Trim(w, "()!&|="); len(w) > 1 && strings.ToUpper(w) == w && isIdent(w[0]) {
				s.Uses[n] = append(s.Uses[n], Use{Name: "CONFIG_" + w})
			}
		}
		if strings.Count(w, `"`)%2 == 1 {
			quoted = !quoted
		}
	}
}

// scanMake reads object lists, variables and configuration symbols.
func (s *Source) scanMake(dir, text string) {
	for n, l := range strings.Split(text, "\n") {
		l, _, _ = strings.Cut(l, "#")
		s.wordsOf(n, l)
		for _, w := range strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune(" \t,()", r) }) {
			if o, ok := strings.CutSuffix(w, ".o"); ok && o != "" && !strings.ContainsAny(o, "$%") {
				s.Uses[n] = append(s.Uses[n], Use{Name: path.Join(dir, o), File: true})
			} else if f := madeFile(dir, w); f != "" {
				s.Uses[n] = append(s.Uses[n], Use{Name: f, File: true})
			}
		}
		name, value, ok := strings.Cut(l, "=")
		for _, w := range strings.Fields(value) {
			if w = strings.TrimSuffix(w, "/"); strings.Trim(w, "-_/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" && w != "" {
				s.Uses[n] = append(s.Uses[n], Use{Name: path.Join(dir, w) + "/", File: true})
			}
		}
		if name = strings.TrimRight(name, " \t:?+"); ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789-") == "" &&
			l[0] != '\t' && !strings.Contains(l, "+=") {
			s.Defs = append(s.Defs, Def{Kind: Word, Name: name, Line: n, First: n, Last: n, Static: true})
		}
	}
}

// madeFile is the file that a word of a makefile in dir names, by the end of its path where a variable stands before it: $(obj)/xen/defs.h is
// xen/defs.h. x.i stands for x.c, which it is made of. "" for other words.
func madeFile(dir, w string) string {
	w = strings.TrimRight(w, ":;")
	ext := path.Ext(w)
	if ext == "" || ext == ".o" || len(ext) == len(path.Base(w)) || strings.ContainsAny(w, "%*<>=$\"'`") || strings.Trim(ext[1:], "abcdefghijklmnopqrstuvwxyzSCH") != "" {
		return ""
	}
	if ext == ".i" || ext == ".s" {
		w = strings.TrimSuffix(w, ext) + ".c"
	}
	if tail, ok := strings.CutPrefix(w, "/"); ok {
		return tail
	}
	return path.Join(dir, w)
}

// scanPolicy reads Flask's tables. C sees CLASS__PERM, SECCLASS_X and SECINITSID_X, which the build makes from them.
func (s *Source) scanPolicy(base, text string) {
	class := ""
	def := func(n int, name string) {
		s.Defs = append(s.Defs, Def{Kind: Perm, Name: name, Line: n, First: n, Last: n})
	}
	for n, l := range strings.Split(text, "\n") {
		l, _, _ = strings.Cut(l, "#")
		f := strings.Fields(strings.NewReplacer("{", " ", "}", " ").Replace(l))
		if len(f) == 0 {
			continue
		}
		switch {
		case f[0] == "class" && len(f) > 1 && base == "security_classes":
			def(n, "SECCLASS_"+strings.ToUpper(f[1]))
			def(n, f[1])
		case f[0] == "class" && len(f) > 1:
			class = strings.ToUpper(f[1])
			s.Uses[n] = append(s.Uses[n], Use{Name: f[1]})
		case f[0] == "sid" && len(f) > 1:
			def(n, "SECINITSID_"+strings.ToUpper(f[1]))
		case class != "":
			for _, perm := range f {
				def(n, class+"__"+strings.ToUpper(perm))
				def(n, perm)
			}
		}
	}
}

// scanScript reads words and the common forms of a definition: def f, class C, f() {, NAME = value, ("name", ... in an IDL.
// What an IDL defines, the build turns into C types.
func (s *Source) scanScript(text string, idl bool) {
	kind := Word
	if idl {
		kind = Type
	}
	for n, l := range strings.Split(text, "\n") {
		s.wordsOf(n, l)
		t := strings.TrimSpace(l)
		name := ""
		switch f := strings.Fields(t); {
		case len(f) > 1 && (f[0] == "def" || f[0] == "class" || f[0] == "func"):
			name = f[1]
		case len(f) > 1 && f[1] == "=" && l == t:
			name = f[0]
		case strings.HasSuffix(t, "()") || strings.Contains(t, "() {"):
			name = t
		}
		end := 0
		for end < len(name) && (isIdent(name[end]) || end > 0 && name[end] >= '0' && name[end] <= '9') {
			end++
		}
		if end > 1 {
			s.Defs = append(s.Defs, Def{Kind: kind, Name: name[:end], Line: n, First: n, Last: n})
		}
	}
}

// attachComments extends items upwards over the comment that directly precedes them, and makes them disjoint.
func attachComments(s *Source, src string) {
	lines := strings.Split(src, "\n")
	floor := 0
	kept := s.Items[:0]
	for _, it := range s.Items {
		if it.First < floor { // starts on the line on which the last one ended
			it.First = floor
		}
		if it.Last < it.First {
			continue
		}
		for f := it.First - 1; f >= floor && isCommentLine(lines, f); f-- {
			it.First = f
		}
		floor = it.Last + 1
		kept = append(kept, it)
	}
	s.Items = kept
}

// isCommentLine reports whether line n looks like part of a comment.
func isCommentLine(lines []string, n int) bool {
	t := strings.TrimSpace(lines[n])
	return strings.HasPrefix(t, "/*") || strings.HasPrefix(t, "*") || strings.HasSuffix(t, "*/") || strings.HasPrefix(t, "//")
}
