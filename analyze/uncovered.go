package analyze

import (
	"bytes"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// regionLists collects lists of regions by file. Most units that read a header have the same list of it, which is kept once.
type regionLists map[string][][]fileRange

// add adds the regions of one record.
func (l regionLists) add(rec *unitRecord, sorted []fileRange) {
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].file == sorted[0].file {
			n++
		}
		one, file := sorted[:n], rec.inputs[sorted[0].file].path
		sorted = sorted[n:]
		if !slices.ContainsFunc(l[file], func(have []fileRange) bool { return slices.EqualFunc(have, one, fileRange.same) }) {
			l[file] = append(l[file], one)
		}
	}
}

// same reports whether two ranges of one file are equal, whatever records they are from.
func (a fileRange) same(b fileRange) bool {
	return a.start == b.start && a.end == b.end && a.cond == b.cond
}

// span is a range of bytes.
type span struct{ start, end int32 }

// spans is the union of lists, with the start of the directive of each.
func spans(lists [][]fileRange) map[span]int32 {
	out := map[span]int32{}
	for _, l := range lists {
		for _, g := range l {
			out[span{g.start, g.end}] = g.cond
		}
	}
	return out
}

// uncovered lists the regions of the files read that no unit of any configuration compiles.
func uncovered(t *refactor.Tree, read []*Scanned, workers int) []Region {
	skipped, taken := regionLists{}, regionLists{}
	for _, s := range read {
		for _, rec := range s.units {
			skipped.add(rec, rec.skipped)
			taken.add(rec, rec.taken)
		}
	}
	files := make([]string, 0, len(skipped))
	for f := range skipped {
		files = append(files, f)
	}
	parts := make([][]Region, len(files))
	inParallel(workers, len(files), func(i int) { parts[i] = uncoveredIn(t, files[i], skipped[files[i]], taken[files[i]]) })
	out := append(slices.Concat(parts...), uncompiled(t, read)...)
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.First != b.First {
			return a.First < b.First
		}
		return a.Last < b.Last
	})
	return out
}

// uncoveredIn is uncovered for one file.
func uncoveredIn(t *refactor.Tree, file string, skipped, taken [][]fileRange) (out []Region) {
	src, err := t.ReadFile(file)
	if err != nil {
		return nil // generated: not the tree's text
	}
	compiled, starts := spans(taken), lineStarts(src)
	for g, cond := range spans(skipped) {
		if _, ok := compiled[g]; ok || len(bytes.TrimSpace(src[g.start:g.end])) == 0 {
			continue
		}
		first, _ := lineAt(starts, int(g.start))
		last, _ := lineAt(starts, int(max(g.start, g.end-1)))
		out = append(out, Region{File: file, First: first, Last: last, Cond: directive(src, cond)})
	}
	return out
}

// directive is the line at byte off of src.
func directive(src []byte, off int32) string {
	if int(off) >= len(src) {
		return ""
	}
	line, _, _ := bytes.Cut(src[off:], []byte("\n"))
	return string(bytes.TrimSpace(line))
}

// uncompiled lists the C files below the hypervisor's folder that no unit reads.
func uncompiled(t *refactor.Tree, read []*Scanned) (out []Region) {
	used := map[string]bool{}
	for _, s := range read {
		for _, rec := range s.units {
			used[rec.unit.Main] = true
			for _, in := range rec.inputs {
				used[in.path] = true
			}
		}
	}
	root := read[0].DB.Folder
	for _, p := range t.Paths() {
		if path.Ext(p) != ".c" || used[p] || root != "" && !strings.HasPrefix(p, root+"/") {
			continue
		}
		if src, err := t.ReadFile(p); err == nil {
			out = append(out, Region{File: p, First: 1, Last: max(1, bytes.Count(src, []byte("\n"))), Cond: "(file is in no unit)"})
		}
	}
	return out
}
