//go:build xen

package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
)

// TestSeriesOfStrippedXen cuts hook calls (deleted) out of Xen 4.17, lets plan and gen write what they find missing, and has gcc compile every
// prefix of the series, with XSM on and off: the units that a patch touches, or all touched ones after a patch to a header. A unit
// that does not compile without its hooks (a variable that is left unused) is not judged before its own patch.
func TestSeriesOfStrippedXen(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "cp", "-a", os.Getenv("XSMPATCH_XEN"), tree)
	for _, d := range deleted {
		deleteHook(t, filepath.Join(tree, "xen", d.file), d.hook)
	}
	a, err := analyseTree(context.Background(), tree, &scanFlags{source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seriesOf(a)
	if err != nil || s == nil {
		t.Fatalf("no series: %v", err)
	}
	if err := s.CheckOrder(); err != nil {
		t.Error(err)
	}
	if found, err := s.Check(); err != nil || len(found) > 0 {
		t.Errorf("the built-in check finds %v, %v", found, err)
	}
	t.Logf("%d calls cut out, %d placed, %d refused, %d patches", len(deleted), len(a.plan.Placements), len(a.plan.Refusals), len(s.Patches))
	p := newPrefixCompiler(t, filepath.Join(tree, "xen"))
	p.every(s, a.tree)
	t.Logf("%d objects compiled, %d judged again from the cache", len(p.done), p.cached)
}

// prefixCompiler compiles units of a tree that goes from prefix to prefix.
type prefixCompiler struct {
	t      *testing.T
	xen    string
	conf   [2][]byte           // autoconf.h with XSM on and off
	shared map[string][]byte   // headers and policy tables that patches touch, as they are now
	done   map[[32]byte]string // the compiler's complaint by unit, text and shared
	cached int
}

func newPrefixCompiler(t *testing.T, xen string) *prefixCompiler {
	conf, err := os.ReadFile(filepath.Join(xen, "include/generated/autoconf.h"))
	if err != nil {
		t.Fatal(err)
	}
	off := regexp.MustCompile(`(?m)^.*CONFIG_XSM.*\n`).ReplaceAll(conf, nil)
	return &prefixCompiler{t: t, xen: xen, conf: [2][]byte{conf, off}, shared: map[string][]byte{}, done: map[[32]byte]string{}}
}

// units sorts out what a patch touches: C files of the build below xen/, and whether anything that others include.
func (p *prefixCompiler) units(ds []*refactor.Delta) (units []string, shared bool) {
	for _, d := range ds {
		c := strings.TrimPrefix(d.Path, "xen/")
		switch {
		case d.New == nil || c == d.Path:
		case strings.HasSuffix(c, ".c"):
			units = append(units, c)
		default:
			text, err := d.New.Bytes()
			if err != nil {
				p.t.Fatal(err)
			}
			p.shared[c], shared = text, true
		}
	}
	return units, shared
}

// compile compiles units with XSM on and off and returns the complaints.
func (p *prefixCompiler) compile(units []string) map[string]string {
	bad := map[string]string{}
	for k, conf := range p.conf {
		write(p.t, filepath.Join(p.xen, "include/generated/autoconf.h"), string(conf))
		for _, c := range units {
			if k == 1 && strings.HasPrefix(c, "xsm/") {
				continue
			}
			if text := p.one(c, k); text != "" {
				bad[fmt.Sprintf("%s (XSM %v)", c, k == 0)] = text
			}
		}
	}
	write(p.t, filepath.Join(p.xen, "include/generated/autoconf.h"), string(p.conf[0]))
	return bad
}

func (p *prefixCompiler) one(c string, k int) string {
	src, err := os.ReadFile(filepath.Join(p.xen, c))
	if err != nil {
		p.t.Fatal(err)
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%d %s %q %v", k, c, src, p.shared))
	text, ok := p.done[key]
	if ok {
		p.cached++
		return text
	}
	cmd := exec.Command("sh", "-c", compileCommand(p.t, p.xen, c, filepath.Join(p.t.TempDir(), "x.o")))
	cmd.Dir = p.xen
	if out, err := cmd.CombinedOutput(); err != nil {
		text = string(out) + err.Error()
	}
	p.done[key] = text
	return text
}

// every goes through the prefixes. What fails on the base may fail until it has once compiled; in the end all must.
func (p *prefixCompiler) every(s *series.Series, base *refactor.Tree) {
	tip, err := s.Graph.Tip()
	if err != nil {
		p.t.Fatal(err)
	}
	ds, err := refactor.Diff(base, tip)
	if err != nil {
		p.t.Fatal(err)
	}
	touched, _ := p.units(ds)
	clear(p.shared)
	bad := p.compile(touched)
	p.t.Logf("%d of %d units do not compile without their hooks", len(bad), 2*len(touched))
	have := base
	err = s.Replay(base, func(n int, now *refactor.Tree) error {
		if err := now.UpdateDir(filepath.Dir(p.xen), have); err != nil {
			return err
		}
		ds, err := refactor.Diff(have, now)
		if err != nil {
			return err
		}
		have = now
		units, shared := p.units(ds)
		if shared {
			shell(p.t, filepath.Join(p.xen, "xsm/flask"), "sh", "policy/mkaccess_vector.sh", "awk", "include", "policy/access_vectors")
			units = touched
		}
		p.prefix(n, s.Patches[n-1].Subject, units, bad)
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for u := range bad {
		p.t.Errorf("%s does not compile in the end: %s", u, bad[u])
	}
}

// prefix compiles after patch n; what was bad and compiles now is bad no more.
func (p *prefixCompiler) prefix(n int, subject string, units []string, bad map[string]string) {
	now := p.compile(units)
	for u, text := range now {
		if bad[u] == "" {
			p.t.Errorf("after patch %d (%s) %s: %s", n, subject, u, text)
		}
	}
	for u := range bad {
		c, _, _ := strings.Cut(u, " ")
		if now[u] == "" && slices.Contains(units, c) {
			delete(bad, u)
		}
	}
}
