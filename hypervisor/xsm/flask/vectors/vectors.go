// Package vectors reads the three text files that fix what a hypervisor and its
// policy must agree on: security_classes ("class NAME"), initial_sids ("sid
// NAME") and access_vectors ("common NAME { ... }", "class NAME [inherits
// COMMON] { ... }"). Comments run from # to the end of the line. The order in
// the files gives the numbers: the first class, SID and permission is 1.
package vectors

import (
	"fmt"
	"io"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// Definitions are the classes, permissions and initial SIDs of a hypervisor.
type Definitions struct {
	Classes []Class
	SIDs    []string // SID i+1 has the name SIDs[i]
}

// Class is an object class; Perms[i] is the permission of bit 1<<i.
type Class struct {
	Name  string
	Perms []string
}

// SyntaxError says where a file is malformed.
type SyntaxError struct {
	File   string
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }

// Source is a file to read, with the name that errors show.
type Source struct {
	Name string
	io.Reader
}

// Parse reads the three files. The error is a *SyntaxError or comes from a reader.
func Parse(classes, sids, accessVectors Source) (*Definitions, error) {
	d := &Definitions{}
	names, err := parseNames(classes, "class")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		d.Classes = append(d.Classes, Class{Name: n})
	}
	if d.SIDs, err = parseNames(sids, "sid"); err != nil {
		return nil, err
	}
	if err := d.parseVectors(accessVectors); err != nil {
		return nil, err
	}
	return d, nil
}

// SID returns the number of the initial SID called name, 0 if there is none.
func (d *Definitions) SID(name string) policydb.SID {
	for i, n := range d.SIDs {
		if n == name {
			return policydb.SID(i + 1)
		}
	}
	return 0
}

// Class returns the number of the class called name, 0 if there is none.
func (d *Definitions) Class(name string) policydb.Class {
	for i := range d.Classes {
		if d.Classes[i].Name == name {
			return policydb.Class(i + 1)
		}
	}
	return 0
}

// Perm returns the bit of a permission of the class called class, 0 if there is none.
func (d *Definitions) Perm(class, perm string) policydb.AV {
	if c := d.Class(class); c != 0 {
		for i, n := range d.Classes[c-1].Perms {
			if n == perm {
				return 1 << i
			}
		}
	}
	return 0
}

// PermNames returns the names of the bits in av, in order; a bit without a name
// is returned in rest.
func (d *Definitions) PermNames(class policydb.Class, av policydb.AV) (names []string, rest policydb.AV) {
	var perms []string
	if class != 0 && int(class) <= len(d.Classes) {
		perms = d.Classes[class-1].Perms
	}
	for i, n := range perms {
		if av&(1<<i) != 0 {
			names = append(names, n)
			av &^= 1 << i
		}
	}
	return names, av
}

// FromPolicy takes the classes and permissions from a policy and the names of
// the initial SIDs from the caller (a binary policy has their numbers only): a
// hypervisor that fits the policy exactly.
func FromPolicy(p *policydb.Policy, sids []string) *Definitions {
	d := &Definitions{SIDs: sids}
	for _, c := range p.Classes {
		class := Class{Name: c.Name, Perms: make([]string, c.NPerms)}
		for name, av := range c.Perms {
			for i := range class.Perms {
				if av == 1<<i {
					class.Perms[i] = name
				}
			}
		}
		d.Classes = append(d.Classes, class)
	}
	return d
}

// token is a word or a brace with its line.
type token struct {
	text string
	line int
}

// maxSource bounds a file; Xen's largest has 17 KB.
const maxSource = 1 << 20

func tokens(src Source) ([]token, error) {
	data, err := io.ReadAll(io.LimitReader(src, maxSource+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name, err)
	}
	if len(data) > maxSource {
		return nil, &SyntaxError{src.Name, 1, fmt.Sprintf("more than %d bytes", maxSource)}
	}
	var out []token
	for i, line := range strings.Split(string(data), "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.NewReplacer("{", " { ", "}", " } ").Replace(line)
		for _, w := range strings.Fields(line) {
			if w != "{" && w != "}" && !identifier(w) {
				return nil, &SyntaxError{src.Name, i + 1, fmt.Sprintf("%.40q is not a name", w)}
			}
			out = append(out, token{w, i + 1})
		}
	}
	return out, nil
}

func identifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}

// parseNames reads lines of "keyword NAME".
func parseNames(src Source, keyword string) ([]string, error) {
	toks, err := tokens(src)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []string
	for i := 0; i < len(toks); i += 2 {
		t := toks[i]
		if t.text != keyword || i+1 == len(toks) || !identifier(toks[i+1].text) {
			return nil, &SyntaxError{src.Name, t.line, fmt.Sprintf("%q is not %q and a name", t.text, keyword)}
		}
		name := toks[i+1].text
		if seen[name] {
			return nil, &SyntaxError{src.Name, t.line, fmt.Sprintf("%s %s is there twice", keyword, name)}
		}
		seen[name] = true
		out = append(out, name)
	}
	return out, nil
}
