package series

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Maintainers is a MAINTAINERS file as Xen and Linux keep it.
type Maintainers struct{ sections []section }

// section is one entry: who is to be told (M, R, L) of changes to which files (F, N) but not which others (X).
type section struct {
	title   string
	people  []string
	files   []string
	except  []string
	pattern []*regexp.Regexp
}

// ReadMaintainers reads a MAINTAINERS file; name is what errors call it. Lines before the first section's tags are prose.
func ReadMaintainers(name string, text []byte) (*Maintainers, error) {
	m := &Maintainers{}
	var cur *section
	last := ""
	for n, l := range strings.Split(string(text), "\n") {
		l = strings.TrimRight(l, " \t\r")
		if len(l) < 2 || l[1] != ':' || l[0] < 'A' || l[0] > 'Z' {
			if l != "" {
				last = l
			}
			if l == "" {
				cur = nil
			}
			continue
		}
		if cur == nil {
			m.sections = append(m.sections, section{title: last})
			cur = &m.sections[len(m.sections)-1]
		}
		if err := cur.add(l[0], strings.TrimSpace(l[2:])); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
		}
	}
	if len(m.sections) == 0 {
		return nil, fmt.Errorf("%s: no maintainer entries (lines such as \"M: Name <address>\" and \"F: path\") in it", name)
	}
	return m, nil
}

func (s *section) add(tag byte, value string) error {
	switch tag {
	case 'M', 'R', 'L':
		s.people = append(s.people, value)
	case 'F':
		s.files = append(s.files, value)
	case 'X':
		s.except = append(s.except, value)
	case 'N':
		re, err := regexp.Compile(value)
		if err != nil {
			return err
		}
		s.pattern = append(s.pattern, re)
	}
	return nil
}

// For returns the addresses to be told of changes to the paths, in order of the file and once each. A section that
// covers everything counts only where no other does.
func (m *Maintainers) For(paths []string) []string {
	var out []string
	for _, p := range paths {
		found := false
		for _, rest := range []bool{false, true} {
			for _, s := range m.sections {
				if s.all() != rest || rest && found || !s.covers(p) {
					continue
				}
				found = true
				for _, who := range s.people {
					if !slices.Contains(out, who) {
						out = append(out, who)
					}
				}
			}
		}
	}
	return out
}

// all reports whether the section is the catch-all.
func (s *section) all() bool { return slices.Contains(s.files, "*") || slices.Contains(s.files, "*/") }

func (s *section) covers(p string) bool {
	for _, x := range s.except {
		if maintained(x, p) {
			return false
		}
	}
	for _, f := range s.files {
		if maintained(f, p) {
			return true
		}
	}
	for _, re := range s.pattern {
		if re.MatchString(p) {
			return true
		}
	}
	return false
}

// maintained matches one F: or X: pattern: a directory with its slash covers everything below, "*" matches within
// one level.
func maintained(glob, p string) bool {
	if glob == "*" || glob == "*/" {
		return true
	}
	if strings.HasSuffix(glob, "/") {
		depth := strings.Count(glob, "/")
		parts := strings.SplitAfterN(p, "/", depth+1)
		if len(parts) <= depth {
			return false
		}
		ok, _ := path.Match(strings.TrimSuffix(glob, "/"), strings.TrimSuffix(strings.Join(parts[:depth], ""), "/"))
		return ok
	}
	if ok, _ := path.Match(glob, p); ok {
		return true
	}
	return strings.HasPrefix(p, glob+"/")
}
