package compdb

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// preprocess returns the text that a unit preprocesses to, a line of source to a line. main, when not nil, is the content
// of the main file.
func (g *generator) preprocess(u *cpp.Unit, main []byte) ([]byte, error) {
	s := cpp.NewSession(func(p string) ([]byte, error) {
		if p == u.Main && main != nil {
			return main, nil
		}
		if data, ok := g.w.overlay[p]; ok {
			return data, nil
		}
		if g.w.tree.File(p) == nil {
			if _, err := g.w.tree.Resolve(p); err != nil {
				return nil, fs.ErrNotExist
			}
		}
		return g.w.tree.ReadFile(p)
	}, cpp.Options{})
	r, err := s.Preprocess(context.Background(), u)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	var at place
	for _, t := range r.Tokens {
		if t.Kind == cpp.EOF {
			continue
		}
		here := outermost(s, r, t)
		switch {
		case here != at && b.Len() > 0:
			b.WriteByte('\n')
		case t.Flags&cpp.SpaceBefore != 0:
			b.WriteByte(' ')
		}
		at = here
		b.WriteString(s.Spelling(t.Sym))
	}
	b.WriteByte('\n')
	return []byte(b.String()), nil
}

// place is a line of a file.
type place struct {
	file cpp.FileID
	line int
}

// outermost returns the line that a token comes from, for one of an expansion the line of the outermost macro name.
func outermost(s *cpp.Session, r *cpp.Result, t cpp.Token) place {
	file, off := t.File, t.Off
	for e := t.Exp; e >= 0; e = r.Expansions[e].Parent {
		file, off = r.Expansions[e].File, r.Expansions[e].Start
	}
	line, _ := s.Position(file, off)
	return place{file, line}
}

// folderUnit returns a unit with the options that C files of a folder below the hypervisor's are compiled with.
func (g *generator) folderUnit(dir string) (cpp.Unit, error) {
	m, base, err := g.folderMake(dir)
	if err != nil {
		return cpp.Unit{}, err
	}
	f := &folderRun{kbuild: g.kbuild, m: m, base: base}
	args, err := SplitShell(f.flags(path.Join(dir, "x.o"), "x.c", "x.c", nil, ""))
	if err != nil {
		return cpp.Unit{}, err
	}
	u, _ := g.r.parse(command{dir: base, args: append([]string{g.arch.CC}, args...)})
	u.Arch = g.name
	return u, nil
}
