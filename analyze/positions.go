package analyze

import (
	"bytes"
	"sort"
	"sync"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// positions turns byte offsets into lines and columns. It is safe for concurrent use.
type positions struct {
	read  func(string) ([]byte, error)
	mu    sync.Mutex
	lines map[string][]int
}

// newPositions reads files from t, or from overlay where that has one.
func newPositions(t *refactor.Tree, overlay map[string][]byte) *positions {
	read := func(p string) ([]byte, error) {
		if b, ok := overlay[p]; ok {
			return b, nil
		}
		return t.ReadFile(p)
	}
	return &positions{read: read, lines: map[string][]int{}}
}

// at returns the line and column, from 1, of byte off of file; 0, 0 when the file cannot be read.
func (p *positions) at(file string, off int) (line, col int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	starts, ok := p.lines[file]
	if !ok {
		if src, err := p.read(file); err == nil {
			starts = []int{0}
			for i := bytes.IndexByte(src, '\n'); i >= 0; {
				starts = append(starts, i+1)
				j := bytes.IndexByte(src[i+1:], '\n')
				if j < 0 {
					break
				}
				i += 1 + j
			}
		}
		p.lines[file] = starts
	}
	if len(starts) == 0 {
		return 0, 0
	}
	i := sort.SearchInts(starts, off+1) - 1
	return i + 1, off - starts[i] + 1
}
