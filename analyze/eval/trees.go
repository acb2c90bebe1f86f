package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
	units                   string // folder of what was read of one tree
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
	if o.cache == "" {
		if o.cache, err = os.MkdirTemp("", "xsmpatch-eval-*"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(o.cache)
	}
	v := &verifier{opt: o, digest: digestOf("analyze")}
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

// show prints the findings of a revision or a folder, or writes them to a file.
func show(ctx context.Context, o options, at, arch, file string) error {
	st, err := o.store(at, arch)
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
	fs, err := verify(ctx, t, st, o.reader(), strings.Split(arch, ","))
	if err != nil || file != "" {
		return cmp.Or(err, writeFindings(file, fs))
	}
	byCheck := map[string]int{}
	for _, f := range fs {
		fmt.Printf("%s %.2f %s:%d %s %s/%s %s | %s\n", f.Check, f.Confidence, f.File, f.Line, f.Function, f.Hypercall, f.Operation, f.Hook, f.Message)
		byCheck[f.Check]++
	}
	fmt.Println(len(fs), "findings", byCheck)
	return nil
}

// store opens the store of what was read of one tree.
func (o *options) store(at, arch string) (*store.Store, error) {
	switch {
	case o.units != "":
		return store.Open(o.units)
	case o.cache != "":
		return store.Open(filepath.Join(o.cache, strings.NewReplacer("/", "_", ":", "_").Replace(at+" "+arch)))
	}
	return nil, nil
}

// verifier has trees verified, each in a process of its own, and keeps the findings on disk.
type verifier struct {
	opt    options
	digest string // of the code that verifies
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

// findings are those of one commit, in the first of the architectures that its tree has: from the cache, or from a process that is started
// for it, so that what one tree takes is given back before the next. The cache of a similar tree is a start for its own.
func (v *verifier) findings(ctx context.Context, rev, like string, arches []string) ([]*check.Finding, error) {
	dir := filepath.Join(v.opt.cache, "findings")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, rev+"-"+arches[0]+"-"+v.digest[:16]+".json")
	if fs, err := readFindings(file); err == nil {
		return fs, nil
	}
	units := filepath.Join(v.opt.cache, rev)
	if like != "" && !exists(units) && exists(filepath.Join(v.opt.cache, like)) {
		if err := linkFolder(filepath.Join(v.opt.cache, like), units); err != nil {
			return nil, err
		}
	}
	const enough = 10 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, enough)
	defer cancel()
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe, "-repo", v.opt.repo, "-at", rev, "-arch", strings.Join(arches, ","), "-units", units, "-frontend", v.opt.reader(), "-json", file)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(out))
	}
	return readFindings(file)
}

// childEnv is set for the processes that verify one tree.
const childEnv = "XSMPATCH_EVAL_CHILD"

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

func readFindings(file string) (out []*check.Finding, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(data, &out)
}

// writeFindings writes to a temporary file first.
func writeFindings(file string, fs []*check.Finding) error {
	if fs == nil {
		fs = []*check.Finding{}
	}
	data, err := json.Marshal(fs)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".tmp", data, 0o666); err != nil {
		return err
	}
	return os.Rename(file+".tmp", file)
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

func verify(ctx context.Context, t *refactor.Tree, st *store.Store, version string, arches []string) (out []*check.Finding, err error) {
	for _, a := range arches {
		opt := analyze.Options{Store: st, Version: version, Configs: []compdb.Options{{Arch: a}}}
		var facts *analyze.Facts
		var read []*analyze.Scanned
		if facts, read, err = analyze.Scan(ctx, t, opt); err == nil {
			return check.Run(t, facts, read, check.Options{MinConfidence: minConfidence}).Findings, nil
		}
	}
	return nil, err
}

// frontEnd identifies the code that reads units: the cache outlives changes of the checks.
func frontEnd() string { return digestOf("analyze/cfront", "analyze/ir", "analyze/cache.go") }

// digestOf is a digest of the project's own sources below some folders; outside the project's tree it is one of the program.
func digestOf(dirs ...string) string {
	root := "."
	for !exists(filepath.Join(root, "go.mod")) && len(root) < 40 {
		root = filepath.Join(root, "..")
	}
	h := sha256.New()
	if exe, err := os.Executable(); err == nil && !exists(filepath.Join(root, "go.mod")) {
		b, _ := os.ReadFile(exe)
		h.Write(b)
	}
	for _, dir := range dirs {
		_ = filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "eval" {
				return fs.SkipDir // this program: it finds nothing itself
			}
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
