package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// baseFindings is what the base has, without what was accepted there.
type baseFindings struct {
	Findings []*check.Finding
	Weak     []*check.Finding // below the wanted confidence: no news when they grow stronger
	tree     *refactor.Tree
	name     string
}

// findingsOfBase opens the tree that --base means and judges it; the answer is kept in the cache under the tree's digest.
func (f *verifyFlags) findingsOfBase(ctx context.Context, arg string, head *refactor.Tree, opt check.Options, stderr io.Writer) (*baseFindings, error) {
	t, err := openBase(arg, head, f.base)
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("--base: %w", err)}
	}
	out := &baseFindings{tree: t, name: f.base}
	sopt, err := f.options(nil)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	digest, err := t.Digest()
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("--base: %w", err)}
	}
	how, err := json.Marshal([]any{f.arch, f.source, f.configs, opt})
	if err != nil {
		return nil, &exitError{exitInternal, err}
	}
	key := analyze.ResultKey([]byte("findings of a base"), digest[:], how)
	if b := sopt.Store.Get(key); b != nil && json.Unmarshal(b, out) == nil {
		return out, nil
	}
	facts, read, err := scanOpened(ctx, t, &f.scanFlags, stderr)
	if err != nil {
		return nil, fmt.Errorf("--base %s: %w", f.base, err)
	}
	rep := check.Run(t, facts, read, opt)
	out.Findings = rep.Findings
	for _, w := range rep.Weak {
		if w.Suppressed == "" {
			out.Weak = append(out.Weak, w)
		}
	}
	if b, err := json.Marshal(out); err == nil {
		_ = sopt.Store.Put(key, b) // a cache that cannot be written costs time, not the run
	}
	return out, nil
}

// openBase opens a directory, REPO@REV, or a revision of the repository that arg is or names.
func openBase(arg string, head *refactor.Tree, base string) (*refactor.Tree, error) {
	if st, err := os.Stat(base); err == nil && st.IsDir() {
		return refactor.OpenDir(base)
	}
	if repo, _, ok := gitbranch.SplitSpec(base); ok {
		if _, err := os.Stat(repo); err == nil {
			return openInput(base)
		}
	}
	if head.Root() == "" {
		repo, _, _ := gitbranch.SplitSpec(arg)
		return gitbranch.OpenTree(repo, base)
	}
	r, err := gitbranch.Open(arg)
	if err != nil {
		return nil, fmt.Errorf("%s names no directory, and TREE is no git checkout that could have it as a revision: %w", base, err)
	}
	t, err := r.Tree(base)
	if err != nil {
		return nil, err
	}
	tracked, err := r.Tracked()
	if err != nil {
		return nil, err
	}
	return withBuildFiles(t, head, tracked)
}

// buildProducts are endings of files that a build writes and that no analysis reads.
var buildProducts = []string{".o", ".a", ".so", ".bin", ".gz", ".efi", ".elf", ".i", ".lst", ".map", ".d"}

// withBuildFiles adds to a revision the files of its checkout that git does not track: the saved commands, configuration and generated sources of
// a build, so that both sides are read in the same way.
func withBuildFiles(t, head *refactor.Tree, tracked map[string]bool) (*refactor.Tree, error) {
	files := map[string]*refactor.File{}
	for _, p := range t.Paths() {
		files[p] = t.File(p)
	}
	for _, p := range head.Paths() {
		if files[p] == nil && !tracked[p] && !slices.Contains(buildProducts, path.Ext(p)) {
			files[p] = head.File(p)
		}
	}
	both, err := refactor.NewTree(t.Name(), files)
	if err != nil {
		return nil, fmt.Errorf("the revision and the untracked files of %s do not fit together: %w", head.Name(), err)
	}
	return both, nil
}

// compare leaves only what the base does not have.
func (o *outcome) compare(old *baseFindings) {
	o.base = old.name
	m := o.matcher(old)
	kept := map[*check.Finding]bool{}
	var fresh []*check.Finding
	for _, f := range o.Findings {
		g := m.same(f)
		kept[g] = true
		if g == nil || check.Unreadable(f.Check) && !o.sameFile(old.tree, f.File) {
			fresh = append(fresh, f)
			continue
		}
		o.unchanged++
	}
	for _, f := range append(append([]*check.Finding{}, o.Suppressed...), o.Weak...) {
		kept[m.same(f)] = true
	}
	for _, f := range old.Findings {
		if !kept[f] {
			o.fixed = append(o.fixed, f)
		}
	}
	o.Findings, o.InScope = fresh, check.CountUnreadable(fresh)
}

// matcher finds a finding's counterpart in the base: by its fingerprint, or, in a file that the change moved, by the rest of what it says.
type matcher struct {
	was   map[string]*check.Finding
	moved map[string][]*check.Finding
	base  *refactor.Tree
}

func (o *outcome) matcher(old *baseFindings) *matcher {
	m := &matcher{map[string]*check.Finding{}, map[string][]*check.Finding{}, old.tree}
	for _, f := range append(append([]*check.Finding{}, old.Findings...), old.Weak...) {
		m.was[f.Fingerprint] = f
		if o.tree.File(f.File) == nil {
			m.moved[withoutFile(f)] = append(m.moved[withoutFile(f)], f)
		}
	}
	return m
}

// same is the base's finding that f is, nil when it is new.
func (m *matcher) same(f *check.Finding) *check.Finding {
	if g := m.was[f.Fingerprint]; g != nil {
		return g
	}
	k := withoutFile(f)
	if l := m.moved[k]; len(l) > 0 && m.base.File(f.File) == nil {
		m.moved[k] = l[1:]
		return l[0]
	}
	return nil
}

// sameFile reports whether a file has the same content in the base: what could not be read of it then hides nothing new.
func (o *outcome) sameFile(base *refactor.Tree, file string) bool {
	a, errA := o.tree.ReadFile(file)
	b, errB := base.ReadFile(file)
	return errA == nil && errB == nil && string(a) == string(b)
}

// withoutFile is what a finding says apart from where its file lies.
func withoutFile(f *check.Finding) string {
	return strings.Join([]string{f.Check, f.Function, f.Hypercall, f.Operation, f.Hook}, "\x00")
}
