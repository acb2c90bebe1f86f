package refactor

import (
	"bytes"
	"sort"
)

// Delta is one file's difference between two trees. A created file has no Old, a deleted one no New.
// For a rename or copy, From is the old path; otherwise it is "".
type Delta struct {
	Path     string
	From     string
	Copy     bool
	Old, New *File
}

// OldPath returns the path in the old tree.
func (d *Delta) OldPath() string {
	if d.From != "" {
		return d.From
	}
	return d.Path
}

// Diff compares two trees and returns what differs, sorted by path. Files whose hash is known are not read.
// Renames are not looked for: see DetectRenames.
func Diff(a, b *Tree) ([]*Delta, error) {
	var out []*Delta
	add := func(p string) error {
		x, y := a.files[p], b.files[p]
		if x == y {
			return nil
		}
		if x != nil && y != nil {
			same, err := sameFile(x, y)
			if err != nil || same {
				return err
			}
		}
		out = append(out, &Delta{Path: p, Old: x, New: y})
		return nil
	}
	i, j := 0, 0
	for i < len(a.paths) || j < len(b.paths) {
		var p string
		switch {
		case j == len(b.paths) || i < len(a.paths) && a.paths[i] < b.paths[j]:
			p, i = a.paths[i], i+1
		case i == len(a.paths) || b.paths[j] < a.paths[i]:
			p, j = b.paths[j], j+1
		default:
			p, i, j = a.paths[i], i+1, j+1
		}
		if err := add(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sameFile(x, y *File) (bool, error) {
	if x.Mode != y.Mode {
		return false, nil
	}
	return sameContent(x, y)
}

func sameContent(x, y *File) (bool, error) {
	if x.Size >= 0 && y.Size >= 0 && x.Size != y.Size {
		return false, nil
	}
	hx, err := x.Hash()
	if err != nil {
		return false, err
	}
	hy, err := y.Hash()
	return hx == hy, err
}

// maxRenamePairs bounds the deleted-created pairs whose lines are compared; beyond it only equal files pair up.
const maxRenamePairs = 250_000

// MinSimilarity is the share of common content, in percent, from which DetectRenames pairs two files, as in git.
const MinSimilarity = 50

// DetectRenames pairs deleted with created files of the same kind whose content agrees by MinSimilarity percent or
// more, and returns the deltas with each pair as one rename. The best pairs are made first; equal ones by path.
func DetectRenames(ds []*Delta) ([]*Delta, error) {
	pairs, err := renamePairs(ds)
	if err != nil {
		return nil, err
	}
	drop := map[int]bool{}
	out := append([]*Delta(nil), ds...)
	for _, p := range pairs {
		if drop[p.from] || out[p.to].From != "" {
			continue
		}
		drop[p.from] = true
		out[p.to] = &Delta{Path: ds[p.to].Path, From: ds[p.from].Path, Old: ds[p.from].Old, New: ds[p.to].New}
	}
	kept := out[:0]
	for i, d := range out {
		if !drop[i] {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// renamePair is a deleted and a created file, as indices of the deltas, with their similarity.
type renamePair struct{ from, to, score int }

// renamePairs lists the candidates for renames, the most similar first.
func renamePairs(ds []*Delta) ([]renamePair, error) {
	var gone, made []int
	for i, d := range ds {
		switch {
		case d.New == nil:
			gone = append(gone, i)
		case d.Old == nil:
			made = append(made, i)
		}
	}
	var pairs []renamePair
	for _, i := range gone {
		for _, j := range made {
			if ds[i].Old.Mode.kind() != ds[j].New.Mode.kind() {
				continue
			}
			s, err := renameScore(ds[i].Old, ds[j].New, len(gone)*len(made) <= maxRenamePairs)
			if err != nil {
				return nil, err
			}
			if s >= MinSimilarity {
				pairs = append(pairs, renamePair{i, j, s})
			}
		}
	}
	sort.SliceStable(pairs, func(i, j int) bool { return pairs[i].score > pairs[j].score })
	return pairs, nil
}

func renameScore(x, y *File, lines bool) (int, error) {
	if lines {
		return Similarity(x, y)
	}
	same, err := sameContent(x, y)
	if same {
		return 100, err
	}
	return 0, err
}

// Similarity returns how much of the larger file the two have in common, in percent, counting whole lines
// in any order. Empty files are similar to nothing.
func Similarity(x, y *File) (int, error) {
	if same, err := sameContent(x, y); err != nil || same {
		if b, _ := x.Bytes(); err == nil && len(b) == 0 {
			return 0, nil
		}
		return 100, err
	}
	a, err := x.Bytes()
	if err != nil {
		return 0, err
	}
	b, err := y.Bytes()
	if err != nil {
		return 0, err
	}
	big := max(len(a), len(b))
	if 100*min(len(a), len(b)) < MinSimilarity*big {
		return 0, nil
	}
	counts := map[string]int{}
	for _, l := range SplitLines(a) {
		counts[string(l)]++
	}
	common := 0
	for _, l := range SplitLines(b) {
		if counts[string(l)] > 0 {
			counts[string(l)]--
			common += len(l)
		}
	}
	return min(99, common*100/max(big, 1)), nil
}

// IsBinary tells text from binary as git does: a NUL byte in the first 8000.
func IsBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }
