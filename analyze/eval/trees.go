package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// options are the command line.
type options struct {
	repo, data, cache, rows string
	frontend                string
	verbose                 bool
}

// reader names the code that reads units, for the cache.
func (o *options) reader() string {
	if o.frontend != "" {
		return o.frontend
	}
	return frontEnd()
}

// minConfidence is what verify reports by default.
const minConfidence = 0.5

// evaluate judges the rows in order of time and reports each to done.
func evaluate(ctx context.Context, o options, done func(*result)) ([]*result, error) {
	rows, err := readRows(o.data, o.rows)
	if err != nil {
		return nil, err
	}
	repo, err := gitbranch.Open(o.repo)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	v := &verifier{repo: repo, version: o.reader(), cache: o.cache, last: map[string][]*check.Finding{}}
	var out []*result
	for _, w := range rows {
		r := v.judge(ctx, w)
		out = append(out, r)
		if done != nil {
			done(r)
		}
		if o.verbose {
			r.print()
		}
	}
	return out, nil
}

func (r *result) print() {
	for name, fs := range map[string][]*check.Finding{"before": r.before, "left": r.left, "near": r.near} {
		for _, f := range fs {
			fmt.Printf("    %s %s %s:%d %s %s/%s %s %.2f: %s\n", name, f.Check, f.File, f.Line, f.Function, f.Hypercall, f.Operation, f.Hook, f.Confidence, f.Message)
		}
	}
}

// show prints the findings of a revision or a folder.
func show(ctx context.Context, o options, at, arch string) error {
	v := &verifier{version: o.reader(), cache: o.cache}
	name := strings.NewReplacer("/", "_", ":", "_").Replace(at + " " + arch)
	st, err := v.store(name, "")
	if err != nil {
		return err
	}
	var t *refactor.Tree
	if d, serr := os.Stat(at); serr == nil && d.IsDir() {
		t, err = refactor.OpenDir(at)
	} else {
		t, err = gitbranch.OpenTree(o.repo, at)
	}
	if err != nil {
		return err
	}
	fs, err := v.verify(ctx, t, st, []string{arch})
	if err != nil {
		return err
	}
	byCheck := map[string]int{}
	for _, f := range fs {
		fmt.Printf("%s %.2f %s:%d %s %s/%s %s | %s\n", f.Check, f.Confidence, f.File, f.Line, f.Function, f.Hypercall, f.Operation, f.Hook, f.Message)
		byCheck[f.Check]++
	}
	fmt.Println(len(fs), "findings", byCheck)
	return nil
}

// verifier reads and verifies trees; it keeps the findings of the last few.
type verifier struct {
	repo    *gitbranch.Repo
	cache   string // folder of stores, one for each tree; "" for none
	version string
	last    map[string][]*check.Finding
	order   []string
}

// judge verifies the two trees of a row.
func (v *verifier) judge(ctx context.Context, w *row) *result {
	arch := archOf(w)
	before, err := v.findings(ctx, w.Parent, "", arch)
	if err != nil {
		return &result{row: w, problem: "the parent cannot be read: " + err.Error()}
	}
	after, err := v.findings(ctx, w.Fix, w.Parent, arch)
	if err != nil {
		return &result{row: w, problem: "the fix cannot be read: " + err.Error()}
	}
	return judge(w, before, after)
}

// archOf is the architecture that compiles a row's file.
func archOf(w *row) []string {
	if strings.Contains(w.File, "/arch/arm/") || strings.Contains(w.File, "device_tree") {
		return []string{"aarch64", "arm32"}
	}
	return []string{"x86_64"}
}

// findings verifies one commit in the first of the architectures that its tree has. The cache of a similar tree is a start for its own.
func (v *verifier) findings(ctx context.Context, rev, like string, arches []string) ([]*check.Finding, error) {
	key := rev + " " + arches[0]
	if fs, ok := v.last[key]; ok {
		return fs, nil
	}
	t, err := v.repo.Tree(rev)
	if err != nil {
		return nil, err
	}
	st, err := v.store(rev, like)
	if err != nil {
		return nil, err
	}
	out, err := v.verify(ctx, t, st, arches)
	if err != nil {
		return nil, err
	}
	const keep = 6
	v.last[key] = out
	if v.order = append(v.order, key); len(v.order) > keep {
		delete(v.last, v.order[0])
		v.order = v.order[1:]
	}
	return out, nil
}

// store opens the store of one tree. A new one starts with links to what another tree's has: entries never change.
func (v *verifier) store(rev, like string) (*store.Store, error) {
	if v.cache == "" {
		return nil, nil
	}
	dir := filepath.Join(v.cache, rev)
	if like != "" && !exists(dir) {
		if err := linkFolder(filepath.Join(v.cache, like), dir); err != nil {
			return nil, err
		}
	}
	return store.Open(dir)
}

// linkFolder makes a copy of a folder of plain files, by hard links.
func linkFolder(from, to string) error {
	return filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		return os.Link(p, filepath.Join(to, rel))
	})
}

func (v *verifier) verify(ctx context.Context, t *refactor.Tree, st *store.Store, arches []string) (out []*check.Finding, err error) {
	for _, a := range arches {
		opt := analyze.Options{Store: st, Version: v.version, Configs: []compdb.Options{{Arch: a}}}
		var facts *analyze.Facts
		var read []*analyze.Scanned
		if facts, read, err = analyze.Scan(ctx, t, opt); err == nil {
			return check.Run(t, facts, read, check.Options{MinConfidence: minConfidence}).Findings, nil
		}
	}
	return nil, err
}

// frontEnd identifies the code that reads units, when it is run inside the project's tree: the cache outlives changes of the checks.
func frontEnd() string {
	root := "."
	for !exists(filepath.Join(root, "go.mod")) {
		if len(root) > 40 {
			return ""
		}
		root = filepath.Join(root, "..")
	}
	h := sha256.New()
	for _, dir := range []string{"analyze/cfront", "analyze/ir", "analyze/cache.go"} {
		_ = filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !strings.HasSuffix(p, "_test.go") && slices.Contains([]string{".go", ".yaml"}, filepath.Ext(p)) {
				b, _ := os.ReadFile(p)
				fmt.Fprintf(h, "%s %d\n%s", filepath.Base(p), len(b), b)
			}
			return nil
		})
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func exists(p string) bool { _, err := os.Stat(p); return err == nil }
