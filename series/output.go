package series

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// The files that WriteMbox makes besides one per mail.
const (
	MboxName  = "series.mbox" // all patches, for git am; without the cover letter, which git am stops at
	QuiltName = "patches"     // the quilt directory
)

// MboxFiles returns the mail thread as files: each mail, and series.mbox with the patches in order.
func (s *Series) MboxFiles(o MailOptions) (map[string][]byte, error) {
	mails, err := s.Mails(o)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var box bytes.Buffer
	for i, m := range mails {
		files[m.Name] = m.Data
		if i > 0 {
			box.Write(m.Data)
		}
	}
	files[MboxName] = box.Bytes()
	return files, nil
}

// QuiltFiles returns a quilt directory: patches/series and a patch each. GNU patch cannot carry everything that
// git can: a binary file, a symlink or a change of mode is an error that names it. Renames are printed in full.
func (s *Series) QuiltFiles(o MailOptions) (map[string][]byte, error) {
	if err := s.deltasOf(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var list bytes.Buffer
	for i, p := range s.Patches {
		patch, err := quiltPatch(p)
		if err != nil {
			return nil, fmt.Errorf("patch %d (%s): %w", i+1, p.Subject, err)
		}
		msg, err := p.Message(o)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%04d-%s.patch", i+1, slug(p.Subject))
		files[QuiltName+"/"+name] = append([]byte("Subject: "+p.Subject+"\n\n"+msg+"---\n\n"), patch...)
		fmt.Fprintln(&list, name)
	}
	files[QuiltName+"/series"] = list.Bytes()
	return files, nil
}

func quiltPatch(p *Patch) ([]byte, error) {
	var plain []*refactor.Delta
	for _, d := range p.deltas {
		if d.From != "" && !d.Copy {
			plain = append(plain, &refactor.Delta{Path: d.From, Old: d.Old})
		}
		if d.From != "" {
			d = &refactor.Delta{Path: d.Path, New: d.New}
		}
		plain = append(plain, d)
	}
	for _, d := range plain {
		if err := quiltCan(d); err != nil {
			return nil, err
		}
	}
	return refactor.FormatPatch(plain)
}

// quiltCan reports what GNU patch under quilt would lose.
func quiltCan(d *refactor.Delta) error {
	what := ""
	for _, f := range []*refactor.File{d.Old, d.New} {
		if f == nil {
			continue
		}
		b, err := f.Bytes()
		switch {
		case err != nil:
			return err
		case f.Mode != refactor.ModeFile && f.Mode != refactor.ModeExec:
			what = "a symbolic link or submodule"
		case refactor.IsBinary(b):
			what = "binary"
		case len(b) == 0:
			what = "empty"
		}
	}
	switch {
	case what != "":
	case d.Old != nil && d.New != nil && d.Old.Mode != d.New.Mode:
		what = "changed in its mode"
	case (d.Old == nil || d.New == nil) && (d.Old != nil && d.Old.Mode != refactor.ModeFile || d.New != nil && d.New.Mode != refactor.ModeFile):
		what = "executable, and created or deleted"
	default:
		return nil
	}
	return fmt.Errorf("%s is %s, which a quilt series cannot carry: use --format mbox or branch", d.Path, what)
}

// WriteFiles makes directory dir with the given files (slash-separated names), all or none: they are written into a
// temporary directory beside it, which is then renamed. A directory that exists and is not empty is an error.
func WriteFiles(dir string, files map[string][]byte) (err error) {
	if old, err := os.ReadDir(dir); err == nil && len(old) > 0 {
		return fmt.Errorf("%s: exists and is not empty; name another output directory", dir)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) // after the rename there is nothing there
	for name, data := range files {
		p := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(p, data, 0o666); err != nil {
			return err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}
