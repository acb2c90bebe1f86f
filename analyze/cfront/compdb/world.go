package compdb

import (
	"path"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/mk"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Where makefiles see the tree: the repository's root, and the hypervisor below it, whatever the tree's own layout.
const (
	worldRoot = "/tree"
	worldXen  = worldRoot + "/xen"
)

// world shows a tree, with the overlay on top, to makefiles.
type world struct {
	tree    *refactor.Tree
	folder  string // the hypervisor's
	overlay map[string][]byte
	prof    *profile
	entries map[string][]string // tree folder -> names in it
}

// newWorld indexes the tree's folders.
func newWorld(t *refactor.Tree, folder string, overlay map[string][]byte, p *profile) *world {
	w := &world{tree: t, folder: folder, overlay: overlay, prof: p, entries: map[string][]string{}}
	seen := map[string]bool{}
	for _, f := range t.Paths() {
		for f != "." && !seen[f] {
			seen[f] = true
			d := path.Dir(f)
			w.entries[d] = append(w.entries[d], path.Base(f))
			f = d
		}
	}
	for _, names := range w.entries {
		sort.Strings(names)
	}
	return w
}

// treePath maps an absolute path of the world to a tree path; ok is false outside the tree.
func (w *world) treePath(abs string) (string, bool) {
	if abs == worldXen {
		return path.Clean("./" + w.folder), true
	}
	if p, ok := strings.CutPrefix(abs, worldXen+"/"); ok {
		return path.Join(w.folder, p), true
	}
	if p, ok := strings.CutPrefix(abs, worldRoot+"/"); ok && w.folder != "" {
		return path.Join(path.Dir(w.folder), p), true
	}
	return "", false
}

// fs returns the world as makefiles see it.
func (w *world) fs() mk.FS {
	return mk.FS{Read: w.read, Glob: w.glob, Shell: func(c string) (string, bool) { return answer(w.prof.Shell, c) }}
}

// read returns a file's content.
func (w *world) read(abs string) ([]byte, bool) {
	p, ok := w.treePath(abs)
	if ok {
		if data, found := w.overlay[p]; found {
			return data, true
		}
		if data, err := w.tree.ReadFile(p); err == nil {
			return data, true
		}
	}
	if abs == worldRoot+"/Config.mk" {
		data, err := dataFS.ReadFile("data/fallback-config.mk")
		return data, err == nil
	}
	return nil, false
}

// glob lists what exists and matches a pattern; * and ? match within one part of a path.
func (w *world) glob(pattern string) []string {
	dir, last := path.Split(pattern)
	dir = path.Clean(dir)
	if strings.ContainsAny(dir, "*?[") {
		var out []string
		for _, d := range w.glob(dir) {
			out = append(out, w.glob(path.Join(d, last))...)
		}
		return out
	}
	tp, ok := w.treePath(pattern)
	if !ok {
		return nil
	}
	if !strings.ContainsAny(last, "*?[") {
		if w.exists(tp) {
			return []string{pattern}
		}
		return nil
	}
	var out []string
	for _, n := range w.entries[path.Dir(tp)] {
		if ok, err := path.Match(last, n); ok && err == nil && !strings.HasPrefix(n, ".") {
			out = append(out, path.Join(dir, n))
		}
	}
	return out
}

// exists tells whether the tree or the overlay has a file or folder at a tree path.
func (w *world) exists(p string) bool {
	if _, ok := w.overlay[p]; ok || p == "." {
		return true
	}
	return w.tree.File(p) != nil || w.entries[p] != nil
}
