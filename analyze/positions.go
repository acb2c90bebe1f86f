package analyze

import (
	"bytes"
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// positions turns byte offsets into lines and columns. It is safe for concurrent use.
type positions struct {
	read  func(string) ([]byte, error)
	files sync.Map // path -> *fileLines
}

// fileLines holds where the lines of a file start; none when it cannot be read.
type fileLines struct {
	once   sync.Once
	starts []int32
}

// newPositions reads files from t, or from overlay where that has one.
func newPositions(t *refactor.Tree, overlay map[string][]byte) *positions {
	read := func(p string) ([]byte, error) {
		if b, ok := overlay[p]; ok {
			return b, nil
		}
		return t.ReadFile(p)
	}
	return &positions{read: read}
}

// at returns the line and column, from 1, of byte off of file; 0, 0 when the file cannot be read.
func (p *positions) at(file string, off int) (line, col int) {
	v, ok := p.files.Load(file)
	if !ok {
		v, _ = p.files.LoadOrStore(file, &fileLines{})
	}
	l := v.(*fileLines)
	l.once.Do(func() {
		if src, err := p.read(file); err == nil {
			l.starts = lineStarts(src)
		}
	})
	return lineAt(l.starts, off)
}

// lineAt returns the line and column, from 1, of byte off of a file whose lines start at starts; 0, 0 when there are none.
func lineAt(starts []int32, off int) (line, col int) {
	if len(starts) == 0 {
		return 0, 0
	}
	i, found := slices.BinarySearch(starts, int32(off))
	if !found {
		i--
	}
	return i + 1, off - int(starts[i]) + 1
}

// lineStarts lists the bytes at which the lines of src start.
func lineStarts(src []byte) []int32 {
	out := append(make([]int32, 0, 1+bytes.Count(src, []byte("\n"))), 0)
	for i := 0; ; {
		j := bytes.IndexByte(src[i:], '\n')
		if j < 0 {
			return out
		}
		i += j + 1
		out = append(out, int32(i))
	}
}
