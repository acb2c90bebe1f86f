package synth

import (
	"bytes"
	"fmt"
	"strings"
)

// Error is an input file that cannot be read: where and why.
type Error struct {
	File string
	Line int
	Msg  string
}

// Error prints FILE:LINE: message.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// FlaskClasses makes flask.h, class_to_string.h and initial_sid_to_string.h from the policy's lists of classes and of
// initial SIDs (lines "class NAME" and "sid NAME", numbered from 1). Later trees keep the table of names const.
func FlaskClasses(classes, sids []byte, constNames bool) map[string][]byte {
	var h, c, s bytes.Buffer
	h.WriteString("#ifndef _SELINUX_FLASK_H_\n#define _SELINUX_FLASK_H_\n#if defined(__XEN__) || defined(__XEN_TOOLS__)\n")
	c.WriteString("    S_(\"null\")\n")
	if constNames {
		s.WriteString("static const char * const")
	} else {
		s.WriteString("static char *")
	}
	s.WriteString(" initial_sid_to_string[] =\n{\n    \"null\",\n")
	for i, n := range named(classes, "class") {
		fmt.Fprintf(&h, "#define SECCLASS_%s %d\n", strings.ToUpper(n), i+1)
		fmt.Fprintf(&c, "    S_(\"%s\")\n", n)
	}
	list := named(sids, "sid")
	for i, n := range list {
		fmt.Fprintf(&h, "#define SECINITSID_%s %d\n", strings.ToUpper(n), i+1)
		fmt.Fprintf(&s, "    \"%s\",\n", n)
	}
	fmt.Fprintf(&h, "#define SECINITSID_NUM %d\n#define SECCLASS_NUM %d\n#endif\n#endif\n", len(list), len(named(classes, "class")))
	s.WriteString("};\n")
	return map[string][]byte{"flask.h": h.Bytes(), "class_to_string.h": c.Bytes(), "initial_sid_to_string.h": s.Bytes()}
}

// named returns the second words of the lines whose first is key, without repeats.
func named(data []byte, key string) []string {
	var out []string
	seen := map[string]bool{}
	for _, l := range strings.Split(string(data), "\n") {
		f := strings.Fields(l)
		if len(f) < 2 || f[0] != key || seen[f[1]] {
			continue
		}
		seen[f[1]] = true
		out = append(out, f[1])
	}
	return out
}

// FlaskVectors makes av_permissions.h and av_perm_to_string.h from the policy's access vectors
// ("class NAME { PERMISSION ... }", # comments, one bit a permission in order).
func FlaskVectors(file string, vectors []byte) (map[string][]byte, error) {
	var p, s bytes.Buffer
	list, err := permissions(file, vectors)
	for _, v := range list {
		c, n := strings.ToUpper(v.class), strings.ToUpper(v.name)
		fmt.Fprintf(&p, "#define %s__%s (1UL << %d)\n", c, n, v.bit)
		fmt.Fprintf(&s, "   S_(SECCLASS_%s, %s__%s, \"%s\")\n", c, c, n, v.name)
	}
	return map[string][]byte{"av_permissions.h": p.Bytes(), "av_perm_to_string.h": s.Bytes()}, err
}

// FlaskRows makes av_perm_to_string.h in the form of rows { class, bit, "name" }, with classes by number.
func FlaskRows(file string, classes, vectors []byte) (map[string][]byte, error) {
	number := map[string]int{}
	for i, n := range named(classes, "class") {
		number[n] = i + 1
	}
	var s bytes.Buffer
	list, err := permissions(file, vectors)
	for _, v := range list {
		fmt.Fprintf(&s, "    { %d, %d, \"%s\" },\n", number[v.class], v.bit, v.name)
	}
	return map[string][]byte{"av_perm_to_string.h": s.Bytes()}, err
}

// permission is one permission of a class and its bit.
type permission struct {
	class, name string
	bit         int
}

// permissions reads the access vectors.
func permissions(file string, vectors []byte) ([]permission, error) {
	var out []permission
	class, bit, open := "", 0, false
	for i, l := range strings.Split(string(vectors), "\n") {
		l, _, _ = strings.Cut(l, "#")
		for _, w := range strings.Fields(strings.NewReplacer("{", " { ", "}", " } ").Replace(l)) {
			switch {
			case w == "class":
				class = ""
			case w == "{" && class != "" && !open:
				bit, open = 0, true
			case w == "}" && open:
				open, class = false, ""
			case !open && class == "" && w != "{" && w != "}":
				class = w
			case open && w != "{":
				out = append(out, permission{class, w, bit})
				bit++
			default:
				return nil, &Error{File: file, Line: i + 1, Msg: fmt.Sprintf("unexpected %q in the access vectors", w)}
			}
		}
	}
	return out, nil
}
