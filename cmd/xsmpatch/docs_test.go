package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	docPath   = regexp.MustCompile("`((?:[a-z0-9_]+/)+[A-Za-z0-9_.+-]*)`")
	docMake   = regexp.MustCompile("(?m)(?:`|^)make ([a-z][a-z-]*)")
	docLink   = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	makeRules = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// docProblems returns what a document names that does not exist: files, other documents, make targets.
// Paths are relative to root; minixen.md speaks of files below minixen's xen folder too.
func docProblems(root, text string, targets map[string]bool) []string {
	var bad []string
	exists := func(p string) bool {
		for _, base := range []string{root, filepath.Join(root, "testdata/minixen/xen")} {
			if _, err := os.Stat(filepath.Join(base, p)); err == nil {
				return true
			}
		}
		return false
	}
	for _, m := range docPath.FindAllStringSubmatch(text, -1) {
		if !exists(m[1]) {
			bad = append(bad, m[1])
		}
	}
	for _, m := range docMake.FindAllStringSubmatch(text, -1) {
		if !targets[m[1]] {
			bad = append(bad, "make "+m[1])
		}
	}
	return bad
}

// TestDocs fails when a document names a file, a document or a make target that does not exist.
func TestDocs(t *testing.T) {
	root := filepath.Join("..", "..")
	rules, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range makeRules.FindAllSubmatch(rules, -1) {
		targets[string(m[1])] = true
	}
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(docs) == 0 {
		t.Fatalf("no docs: %v", err)
	}
	for _, doc := range append(docs, filepath.Join(root, "README.md"), filepath.Join(root, "ARCHITECTURE.md")) {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range docProblems(root, string(text), targets) {
			t.Errorf("%s names %s, which does not exist", doc, p)
		}
		for _, m := range docLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

// TestDocsCanFail feeds the checker what it must object to.
func TestDocsCanFail(t *testing.T) {
	got := docProblems(filepath.Join("..", ".."), "`refactor/edit.go` `refactor/none.go` `nowhere/`, `make test`, `make tea`, make sense", map[string]bool{"test": true})
	if want := "refactor/none.go nowhere/ make tea"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
