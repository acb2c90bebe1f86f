//go:build xen

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// TestXenRevision: a revision of real Xen is read from git's objects, with nothing checked out, and the facts are those of the files.
func TestXenRevision(t *testing.T) {
	bin, err := buildTool()
	if err != nil {
		t.Fatal(err)
	}
	dir, repo, cache := copyTree(t, xenTree(t)), t.TempDir(), t.TempDir()
	git := func(args ...string) {
		c := exec.Command("git", append([]string{"--git-dir", repo, "--work-tree", dir, "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c.Args, err, out)
		}
	}
	git("init", "-q")
	git("add", "-A", "-f")
	git("commit", "-qm", "as built")
	rev := scanFile(t, bin, repo+"@HEAD", cache) // first, so that the cache has nothing: all comes out of git
	files := scanFile(t, bin, dir, cache)
	if len(files.Ops) < 1000 {
		t.Errorf("%d operations", len(files.Ops))
	}
	if rev.Tree.Digest != files.Tree.Digest {
		t.Errorf("digests %s and %s", rev.Tree.Digest, files.Tree.Digest)
	}
	rev.Tree.Name = files.Tree.Name
	if !reflect.DeepEqual(rev, files) {
		t.Error("the facts of the revision and of the files differ")
	}
}

// scanFile runs a scan, which finds no compiler nor git in its PATH, and reads the inventory that it wrote.
func scanFile(t *testing.T, bin, tree, cache string) *analyze.Facts {
	out := filepath.Join(t.TempDir(), "facts.json")
	c := exec.Command(bin, "scan", tree, "--cache", cache, "-o", out)
	c.Env = []string{"PATH=/nonexistent"}
	measure(t, c)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	f := new(analyze.Facts)
	if err := json.Unmarshal(b, f); err != nil {
		t.Fatal(err)
	}
	return f
}
