package tables

import (
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

var (
	permRE    = regexp.MustCompile(`\b([A-Z0-9_]+?)__([A-Z0-9_]+)\b`)
	classRE   = regexp.MustCompile(`(?m)^class\s+(\w+)(?:\s+inherits\s+(\w+))?\s*(\{)?`)
	sidRE     = regexp.MustCompile(`(?m)^sid\s+(\w+)`)
	commentRE = regexp.MustCompile(`(?m)#[^\n]*`)
	bitRE     = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+([A-Z0-9_]+?__[A-Z0-9_]+)[ \t]+(0x[0-9A-Fa-f]+)(?:UL|U)?`)
	stringRE  = regexp.MustCompile(`(?m)^[ \t]*S_\(\s*(\w+)\s*,\s*(\w+)\s*,\s*"(\w*)"\s*\)`)
)

// PermTable is a C header's table of permissions, as older trees keep them beside access_vectors: constants with their bits, or names.
type PermTable struct {
	File  string
	Names map[string]Perm // by constant: "DOMAIN__GETVCPUINFO"
	Bits  bool            // the table gives bits, not names
}

// Perm is one line of a permission table.
type Perm struct {
	At  refactor.Span
	Bit string // "0x00000010", "" in a table of names
}

// permTable reads a header that defines permissions or their names.
func (r *reader) permTable(p, text, raw string) {
	if !r.out.profile.Hooks.OfPolicy(p) {
		return
	}
	line := func(at int) refactor.Span {
		return refactor.Span{Path: p, Start: lineStart(text, at), End: lineEnd(text, at)}
	}
	for _, bits := range []bool{true, false} {
		t := &PermTable{File: p, Names: map[string]Perm{}, Bits: bits}
		if bits {
			for _, m := range bitRE.FindAllStringSubmatchIndex(text, -1) {
				t.Names[text[m[2]:m[3]]] = Perm{line(m[2]), text[m[4]:m[5]]}
			}
		} else {
			for _, m := range stringRE.FindAllStringSubmatchIndex(raw, -1) {
				t.Names[raw[m[4]:m[5]]] = Perm{At: line(m[4])}
			}
		}
		if len(t.Names) > 2 {
			r.out.Headers = append(r.out.Headers, t)
		}
	}
}

// vectors reads the object classes. Of two files the hypervisor's own counts, and a policy's copy of it does not.
func (r *reader) vectors(p, src string) {
	if r.out.Files.AccessVectors != "" && !strings.Contains(p, "xsm/") && !r.out.profile.Hooks.Modules.Has(p) {
		return
	}
	r.out.Files.AccessVectors, r.out.Classes = p, parseClasses(src)
}

func (r *reader) sids(src string) {
	if len(r.out.SIDs) > 0 {
		return
	}
	for _, m := range sidRE.FindAllStringSubmatch(commentRE.ReplaceAllString(src, ""), -1) {
		r.out.SIDs = append(r.out.SIDs, m[1])
	}
}

// parseClasses reads access_vectors: "class NAME { perm perm ... }" with # comments.
func parseClasses(src string) (out []*Class) {
	text := commentRE.ReplaceAllStringFunc(src, func(s string) string { return strings.Repeat(" ", len(s)) })
	for _, m := range classRE.FindAllStringSubmatchIndex(text, -1) {
		if m[6] < 0 {
			continue
		}
		end := closing(text, m[6], '{', '}')
		if end < 0 {
			continue
		}
		body := text[m[7]:end]
		c := &Class{Name: text[m[2]:m[3]], Perms: strings.Fields(body), Start: m[0], End: end}
		c.Notes = notes(src[m[7]:end])
		c.LastPerm = lineEnd(text, m[7]+max(0, len(strings.TrimRight(body, " \t\r\n"))-1))
		out = append(out, c)
	}
	return out
}

// vectors lists the permissions that text names by their C macros.
func (t *Tables) vectors(text string) (out []Vector) {
	seen := map[Vector]bool{}
	for _, m := range permRE.FindAllString(text, -1) {
		v, _ := t.vector(m)
		if v.Class != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// vector splits a permission's constant into class and permission: the class is the longest that fits. known is false when the class is
// not one, or has no such permission; the split is then at the first double underscore.
func (t *Tables) vector(constant string) (v Vector, known bool) {
	low := strings.ToLower(constant)
	for _, c := range t.Classes {
		if p, ok := strings.CutPrefix(low, c.Name+"__"); ok && len(c.Name) > len(v.Class) {
			v, known = Vector{c.Name, p}, contains(c.Perms, p)
		}
	}
	if v.Class == "" {
		c, p, _ := strings.Cut(low, "__")
		v = Vector{c, p}
	}
	return v, known
}

// PermAt is the line of a permission in access_vectors, the class's own line when it is not there.
func (t *Tables) PermAt(v Vector) refactor.Span {
	c := t.Class(v.Class)
	span := refactor.Span{Path: t.Files.AccessVectors}
	src, err := t.tree.ReadFile(t.Files.AccessVectors)
	if c == nil || err != nil {
		return span
	}
	span.Start, span.End = c.Start, c.End
	if loc := regexp.MustCompile(`\b` + regexp.QuoteMeta(v.Perm) + `\b`).FindIndex(commentless(src[c.Start:c.End])); loc != nil {
		span.Start, span.End = c.Start+loc[0], c.Start+loc[1]
	}
	return span
}

func commentless(b []byte) []byte {
	return commentRE.ReplaceAllFunc(b, func(s []byte) []byte { return []byte(strings.Repeat(" ", len(s))) })
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// notes gathers the comment lines above each permission of a class's body.
func notes(body string) map[string]string {
	out := map[string]string{}
	note, fresh := "", true
	for _, l := range strings.Split(body, "\n") {
		l = strings.TrimSpace(l)
		if c, is := strings.CutPrefix(l, "#"); is {
			if !fresh {
				note, fresh = "", true
			}
			note += c + "\n"
			continue
		}
		for _, p := range strings.Fields(l) {
			out[p], fresh = note, false // "add_x remove_x" below one comment share it
		}
	}
	return out
}
