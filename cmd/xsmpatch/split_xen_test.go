//go:build xen

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestSplitStrippedXen takes every hook call out of Xen 4.17, lets plan and gen write them again, and has split make a series of
// that one big diff by the plan xsm. git am must apply it and come to the same tree, and every prefix must compile: after each patch the
// units that it touches, and all touched ones that its headers change, with XSM on and off. Nothing may fail to compile, and no
// warning may be there that the tree without hooks (where a variable is left unused) does not give.
func TestSplitStrippedXen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "cp", "-a", os.Getenv("XSMPATCH_XEN"), dir)
	n := stripXen(t, dir)
	base, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	plan, out := filepath.Join(t.TempDir(), "plan.yaml"), filepath.Join(t.TempDir(), "out")
	xsmpatch(t, "plan", dir, "-o", plan)
	diff := filepath.Join(t.TempDir(), "diff")
	write(t, diff, generatedDiff(t, plan, dir))
	said := xsmpatch(t, "split", "--diff", diff, "--tree", dir, "--plan", "xsm", "-o", out)
	t.Logf("%d calls taken out; the series:\n%s", n, said)
	box := filepath.Join(out, "series.mbox")
	text, err := os.ReadFile(box)
	if err != nil {
		t.Fatal(err)
	}
	touched := touchedFiles(string(text))
	repo := filepath.Join(t.TempDir(), "repo")
	shell(t, "", "git", "init", "-q", repo)
	git := func(args ...string) string {
		return shell(t, repo, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
	}
	for _, p := range touched {
		if f := base.File(p); f != nil {
			if err := os.MkdirAll(filepath.Join(repo, filepath.Dir(p)), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(repo, p), string(must(base.ReadFile(p))))
		}
	}
	git("add", "-A")
	git("commit", "-qm", "base")
	shell(t, repo, "git", "checkout", "-qb", "want")
	shell(t, repo, "git", "apply", "--index", diff)
	git("commit", "-qm", "tip")
	shell(t, repo, "git", "checkout", "-q", "-")
	git("am", "-q", box)
	if got, want := git("rev-parse", "HEAD^{tree}"), git("rev-parse", "want^{tree}"); got != want {
		t.Errorf("the series gives tree %s, the diff %s", got, want)
	}
	commits := strings.Fields(git("rev-list", "--reverse", "HEAD"))[1:]
	newPrefixCompiler(t, dir, repo).every(touched, commits)
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// generatedDiff is what gen would change.
func generatedDiff(t *testing.T, plan, dir string) string {
	t.Helper()
	text, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	base, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, changes, err := genChanges(plan, text, base)
	if err != nil {
		t.Fatal(err)
	}
	tip, err := base.Apply(changes...)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := refactor.Diff(base, tip)
	if err != nil {
		t.Fatal(err)
	}
	return string(must(refactor.FormatPatch(ds)))
}

// prefixCompiler compiles units of a built tree that goes from prefix to prefix.
type prefixCompiler struct {
	t          *testing.T
	dir, repo  string
	conf       [2]string           // folders with a generated/autoconf.h each: XSM on and off
	done       map[string][]string // the compiler's complaints by unit and preprocessed text
	mu         sync.Mutex
	ran, known int
}

func newPrefixCompiler(t *testing.T, dir, repo string) *prefixCompiler {
	p := &prefixCompiler{t: t, dir: dir, repo: repo, done: map[string][]string{}}
	conf := string(must(os.ReadFile(filepath.Join(dir, "xen/include/generated/autoconf.h"))))
	off := regexp.MustCompile(`(?m)^.*CONFIG_XSM.*\n`).ReplaceAllString(conf, "")
	if off == conf {
		t.Fatal("the tree is built without XSM")
	}
	for k, text := range []string{conf, off} {
		p.conf[k] = t.TempDir()
		if err := os.Mkdir(filepath.Join(p.conf[k], "generated"), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(p.conf[k], "generated/autoconf.h"), text)
	}
	return p
}

// every goes from the base over the commits.
func (p *prefixCompiler) every(touched, commits []string) {
	var units []string
	for _, f := range touched {
		if c, ok := strings.CutPrefix(f, "xen/"); ok && strings.HasSuffix(c, ".c") && p.built(c) {
			units = append(units, c)
		}
	}
	usual := p.compile(units)
	for n, commit := range commits {
		ds := strings.Fields(shell(p.t, p.repo, "git", "diff", "--name-only", commit+"~", commit))
		for u, said := range p.compile(p.move(commit, ds, units)) {
			for _, line := range said {
				if !slices.Contains(usual[u], line) {
					p.t.Errorf("after patch %d, %s: %s", n+1, u, line)
				}
			}
		}
	}
	p.t.Logf("%d prefixes, %d units in two configurations: %d compiled, %d whose preprocessed text had been compiled before", len(commits), len(units), p.ran, p.known)
}

// built reports whether the build has the unit's command; SILO's own and the like are left out of a build without XSM.
func (p *prefixCompiler) built(c string) bool {
	_, err := os.Stat(filepath.Join(p.dir, "xen", filepath.Dir(c), "."+strings.TrimSuffix(filepath.Base(c), ".c")+".o.cmd"))
	return err == nil
}

// move brings the files of a commit into the tree and returns the units to compile: those touched, or all when they include something touched.
func (p *prefixCompiler) move(commit string, files, units []string) []string {
	var own []string
	shared, policy := false, false
	for _, f := range files {
		text := shell(p.t, p.repo, "git", "show", commit+":"+f)
		write(p.t, filepath.Join(p.dir, f), text)
		c := strings.TrimPrefix(f, "xen/")
		switch {
		case slices.Contains(units, c):
			own = append(own, c)
		case strings.HasSuffix(f, ".h"):
			shared = true
		case strings.HasPrefix(f, "xen/xsm/flask/policy/"):
			policy = true
		}
	}
	if policy {
		shell(p.t, filepath.Join(p.dir, "xen/xsm/flask"), "sh", "policy/mkflask.sh", "awk", "include", "policy/security_classes", "policy/initial_sids")
		shell(p.t, filepath.Join(p.dir, "xen/xsm/flask"), "sh", "policy/mkaccess_vector.sh", "awk", "include", "policy/access_vectors")
	}
	if shared || policy {
		return units
	}
	return own
}

// compile compiles units with XSM on and off, two at a time, and returns the complaints.
func (p *prefixCompiler) compile(units []string) map[string][]string {
	out := map[string][]string{}
	work := make(chan [2]string)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for w := range work {
				said := p.one(w[0], w[1])
				p.mu.Lock()
				out[w[0]+map[bool]string{true: " (XSM=y)", false: " (XSM=n)"}[w[1] == p.conf[0]]] = said
				p.mu.Unlock()
			}
		})
	}
	for k, conf := range p.conf {
		for _, c := range units {
			if k == 0 || !strings.HasPrefix(c, "xsm/") {
				work <- [2]string{c, conf}
			}
		}
	}
	close(work)
	wg.Wait()
	return out
}

var complaintRE = regexp.MustCompile(`(?m)^\S+:\d+(?::\d+)?: ((?:warning|error|fatal error): .*)$`)

// one preprocesses a unit and compiles it unless the same text has been, and returns the complaints, without places.
func (p *prefixCompiler) one(c, conf string) []string {
	xen := filepath.Join(p.dir, "xen")
	obj := filepath.Join(p.t.TempDir(), "x.o")
	cmd := strings.Replace(compileCommand(p.t, xen, c, obj), " -I", " -I"+conf+" -I", 1) + " -Wno-error"
	run := func(cmd string) (said []string, text []byte) {
		x := exec.Command("sh", "-c", cmd)
		x.Dir = xen
		text, err := x.CombinedOutput()
		for _, m := range complaintRE.FindAllStringSubmatch(string(text), -1) {
			said = append(said, m[1])
		}
		if err != nil && len(said) == 0 {
			said = []string{fmt.Sprintf("%v: %s", err, text)}
		}
		return said, text
	}
	said, text := run(strings.Replace(cmd, " -c ", " -E -P ", 1) + " && cat " + obj)
	if len(said) > 0 {
		return said
	}
	key := fmt.Sprintf("%s %x", c, sha256.Sum256(text))
	p.mu.Lock()
	said, ok := p.done[key]
	p.mu.Unlock()
	if !ok {
		said, _ = run(cmd)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[key] = said
	if ok {
		p.known++
	} else {
		p.ran++
	}
	return said
}
