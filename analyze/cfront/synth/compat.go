package synth

import (
	"fmt"
	"regexp"
	"strings"
)

// Pattern is one rewrite that a tree's own script lists: a regular expression and its replacement.
type Pattern struct {
	re *regexp.Regexp
	to string
}

// pairLine is an element of a script's table: [ r"REGEXP", r"REPLACEMENT" ], which may break after the comma.
var pairLine = regexp.MustCompile(`\[\s*r"((?:[^"\\]|\\.)*)",\s*r"((?:[^"\\]|\\.)*)"\s*\]`)

// groupRef is a reference to a group in a replacement, as Python writes it.
var groupRef = regexp.MustCompile(`\\(\d)`)

// Patterns reads the table of rewrites in compat-build-source.py or compat-build-header.py, in order. The scripts differ
// from one release to the next in these tables and in little else, so the table is read from the tree.
func Patterns(file string, script []byte) ([]Pattern, error) {
	var out []Pattern
	for _, m := range pairLine.FindAllSubmatch(script, -1) {
		if strings.Contains(string(m[1]), "%s") {
			continue // a pattern that the script fills in; see keep
		}
		re, err := regexp.Compile(strings.ReplaceAll(strings.ReplaceAll(string(m[1]), `$$`, `$`), `\"`, `"`))
		if err != nil {
			return nil, &Error{File: file, Line: 1, Msg: err.Error()}
		}
		to := strings.ReplaceAll(string(m[2]), "$", "$$")
		to = strings.ReplaceAll(strings.ReplaceAll(to, `\n`, "\n"), `\"`, `"`)
		out = append(out, Pattern{re, groupRef.ReplaceAllString(to, "$${$1}")})
	}
	if len(out) == 0 {
		return nil, &Error{File: file, Line: 1, Msg: "no table of rewrites found"}
	}
	return out, nil
}

// apply runs the rewrites on one line. A rewrite may add lines, which the next see as one text, as in Python.
func apply(ps []Pattern, line string) string {
	for _, p := range ps {
		line = p.re.ReplaceAllString(line, p.to)
	}
	return line
}

// Xlat is one line of xlat.lst: a structure of a public header that needs translation (!) or checking (?).
type Xlat struct {
	Kind, Name, Header string
}

// XlatList reads xlat.lst; @arch@ in header names stands for arch.
func XlatList(data []byte, arch string) []Xlat {
	var out []Xlat
	for _, l := range strings.Split(string(data), "\n") {
		f := strings.Fields(l)
		if len(f) == 3 && (f[0] == "!" || f[0] == "?") {
			out = append(out, Xlat{f[0], f[1], strings.ReplaceAll(f[2], "@arch@", arch)})
		}
	}
	return out
}

// aggregateUse is a use of a tagged structure: "struct TAG name".
var aggregateUse = regexp.MustCompile(`(struct|union)\s+(\w+)\s+(\w)`)

// CompatSource prepares a public header for preprocessing: what must survive it is masked, and the structures that have
// the same layout in both ABIs (those that list checks) are marked.
func CompatSource(public []byte, ps []Pattern, list []Xlat) []byte {
	keep := map[string]bool{}
	for _, x := range list {
		if x.Kind == "?" {
			keep[x.Name], keep["xen_"+x.Name] = true, true
		}
	}
	mark := func(use string) string {
		m := aggregateUse.FindStringSubmatch(use)
		if !keep[m[2]] {
			return use
		}
		return m[1] + " @KeeP@" + m[2] + " " + m[3]
	}
	var b strings.Builder
	for _, l := range strings.SplitAfter(string(public), "\n") {
		if strings.Contains(l, "DEFINE_XEN_GUEST_HANDLE(long)") {
			continue
		}
		l = aggregateUse.ReplaceAllStringFunc(apply(ps, l), mark) // with its newline, which some of the patterns want
		b.WriteString(strings.TrimRight(l, " \t\r\n") + "\n")
	}
	return []byte(b.String())
}

// CompatHeader turns a preprocessed compat source into the header of the given name ("compat/sched.h"): names of types
// and tags get the compat form. Packed says that structures are packed to 4 bytes, as older trees do.
func CompatHeader(name string, preprocessed []byte, ps []Pattern, packed bool) []byte {
	id := "_" + strings.NewReplacer("-", "_", "/", "_", ".", "_").Replace(strings.ToUpper(name))
	var b strings.Builder
	fmt.Fprintf(&b, "#ifndef %s\n#define %s\n#include <xen/compat.h>\n", id, id)
	if !strings.HasPrefix(name, "compat/arch-") { // which stand alone
		fmt.Fprintf(&b, "#include <public/%s>\n", strings.TrimPrefix(name, "compat/"))
	}
	if packed {
		b.WriteString("#pragma pack(4)\n")
	}
	for _, l := range strings.Split(string(preprocessed), "\n") {
		if l = strings.TrimRight(l, " \t"); l != "" {
			b.WriteString(strings.TrimRight(apply(ps, l), " \t") + "\n")
		}
	}
	if packed {
		b.WriteString("#pragma pack()\n")
	}
	b.WriteString("#endif\n")
	return []byte(b.String())
}
