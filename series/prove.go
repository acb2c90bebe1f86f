package series

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// ProveOptions says how to try every prefix of a series.
type ProveOptions struct {
	Command string // run by sh in the root of the tree; XSMPATCH_PREFIX is the number of patches applied
	Jobs    int    // prefixes tried at once, each in a scratch directory of its own; 0 is 1
	Cache   string // directory of results by tree and command; "" keeps none
	Scratch string // where scratch directories go; "" is the system's
	Base    bool   // try the baseline too
	Done    func(r PrefixResult)

	benches []*bench                        // scratch directories that outlive a run, one per job
	known   map[refactor.Hash]*PrefixResult // results of runs before, by tree
}

// bench is a scratch directory and the tree that it holds.
type bench struct {
	dir  string
	have *refactor.Tree
}

func (b *bench) remove() {
	if b.dir != "" {
		os.RemoveAll(b.dir)
	}
}

// PrefixResult is what the command said of a prefix.
type PrefixResult struct {
	Prefix int // patches applied, from 0
	Tree   refactor.Hash
	OK     bool
	Output string // its end, at most maxOutput bytes
	Cached bool
}

// maxOutput bounds the output that is kept of a command.
const maxOutput = 64 << 10

// Prove runs the command on every prefix and returns the results in order. A prefix that fails is a result, not an
// error. Results are cached by tree hash and command, so that an interrupted run goes on where it stopped and a
// tree that two series share is tried once. Directories are updated from prefix to prefix, which keeps builds in
// them incremental.
func (s *Series) Prove(ctx context.Context, o ProveOptions) ([]PrefixResult, error) {
	trees := []*refactor.Tree{s.Base}
	if err := s.Replay(s.Base, func(_ int, t *refactor.Tree) error { trees = append(trees, t); return nil }); err != nil {
		return nil, err
	}
	results := make([]PrefixResult, len(trees))
	n := len(trees) - 1
	jobs := min(max(o.Jobs, 1), max(n, 1))
	if o.benches == nil {
		for range jobs {
			o.benches = append(o.benches, &bench{})
			defer o.benches[len(o.benches)-1].remove()
		}
	}
	jobs = min(jobs, len(o.benches))
	if o.Base { // when the baseline fails, nothing can be learned from the rest
		if err := proveRange(ctx, o, o.benches[0], trees, 0, 1, results[:1]); err != nil || !results[0].OK {
			return results[:1], err
		}
	}
	errs := make([]error, jobs)
	var wg sync.WaitGroup
	for j := range jobs { // neighbours go to one worker: their trees differ least
		lo, hi := 1+j*n/jobs, 1+(j+1)*n/jobs
		wg.Go(func() { errs[j] = proveRange(ctx, o, o.benches[j], trees, lo, hi, results[lo:hi]) })
	}
	wg.Wait()
	if !o.Base {
		results = results[1:]
	}
	return results, errors.Join(errs...)
}

// proveRange tries prefixes [lo,hi) one after the other in one scratch directory.
func proveRange(ctx context.Context, o ProveOptions, b *bench, trees []*refactor.Tree, lo, hi int, out []PrefixResult) error {
	for n := lo; n < hi; n++ {
		h, err := trees[n].Digest()
		if err != nil {
			return err
		}
		r := PrefixResult{Prefix: n, Tree: h}
		if !r.recall(o) {
			if b.dir == "" {
				if b.dir, err = os.MkdirTemp(o.Scratch, "xsmpatch-prove-"); err != nil {
					return err
				}
			}
			if err := moveTo(b.dir, b.have, trees[n]); err != nil {
				return err
			}
			b.have = trees[n]
			if err := r.try(ctx, o, b.dir); err != nil {
				return err
			}
		}
		out[n-lo] = r
		if o.Done != nil {
			o.Done(r)
		}
	}
	return nil
}

// moveTo makes dir hold the tree; have is what it holds now.
func moveTo(dir string, have, t *refactor.Tree) error {
	if have == nil {
		return t.WriteDir(dir)
	}
	return t.UpdateDir(dir, have)
}

// try runs the command. Only the caller's context ending is an error.
func (r *PrefixResult) try(ctx context.Context, o ProveOptions, dir string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", o.Command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("XSMPATCH_PREFIX=%d", r.Prefix))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // the build's children too
	cmd.WaitDelay = 5 * time.Second
	text, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.OK = err == nil
	r.Output = string(text[max(0, len(text)-maxOutput):])
	if err != nil && len(text) == 0 {
		r.Output = err.Error()
	}
	return r.remember(o)
}

// cacheFile names the cached result. What the command reads besides the tree is the caller's business.
func (r *PrefixResult) cacheFile(o ProveOptions) string {
	h := sha256.Sum256([]byte(r.Tree.String() + "\x00" + o.Command))
	return filepath.Join(o.Cache, fmt.Sprintf("%x", h))
}

// recall fills r from the cache. A damaged entry is as good as none.
func (r *PrefixResult) recall(o ProveOptions) bool {
	if k := o.known[r.Tree]; k != nil {
		r.OK, r.Output, r.Cached = k.OK, k.Output, true
		return true
	}
	if o.Cache == "" {
		return false
	}
	b, err := os.ReadFile(r.cacheFile(o))
	if err != nil {
		return false
	}
	verdict, text, ok := strings.Cut(string(b), "\n")
	if !ok || verdict != "ok" && verdict != "failed" {
		return false
	}
	r.OK, r.Output, r.Cached = verdict == "ok", text, true
	return true
}

// remember writes the result to the cache, through a temporary file so that no reader sees half of it.
func (r *PrefixResult) remember(o ProveOptions) error {
	if o.Cache == "" {
		return nil
	}
	if err := os.MkdirAll(o.Cache, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(o.Cache, ".tmp-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	verdict := "failed"
	if r.OK {
		verdict = "ok"
	}
	if _, err := f.WriteString(verdict + "\n" + r.Output); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), r.cacheFile(o))
}
