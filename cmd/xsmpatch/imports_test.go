package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/xsmpatch/xsmpatch"

// component is a folder whose packages share a place in the design. A package belongs to the deepest component that
// its path lies in; packages of one component may import each other.
type component struct {
	path    string
	imports []string // components it may import
}

// components is the picture in ARCHITECTURE.md as a table. A folder that is not here is an error.
var components = []component{
	{"refactor", nil},
	{"analyze/ir", nil},
	{"analyze/cfront", []string{"refactor", "analyze/ir"}},
	{"analyze/flow", []string{"analyze/ir"}},
	{"hookgen/catalog", nil},
	{"analyze", []string{"refactor", "analyze/ir", "analyze/cfront", "analyze/flow", "hookgen/catalog"}},
	{"analyze/eval", []string{"refactor", "analyze", "analyze/ir", "analyze/cfront", "series", "series/gitbranch"}},
	{"templates", nil},
	{"hookgen", []string{"refactor", "analyze", "analyze/ir", "analyze/flow", "hookgen/catalog", "templates"}},
	{"hookgen/oracle", []string{"refactor", "analyze", "analyze/ir", "analyze/cfront", "hookgen", "series/gitbranch"}},
	{"series", []string{"refactor", "templates"}},
	{"series/gitbranch", []string{"refactor", "series"}},
	{"series/eval", []string{"refactor", "series", "series/gitbranch"}},
	{"hypervisor", nil},
	{"testdata", nil},
	{"cmd", []string{"refactor", "analyze", "analyze/ir", "analyze/cfront", "hookgen/catalog", "hookgen",
		"series", "series/gitbranch", "templates", "hypervisor", "testdata"}},
}

// keepers are the libraries that one component hides from the others.
var keepers = map[string]string{
	"github.com/go-git/":      "series/gitbranch",
	"modernc.org/":            "analyze/cfront",
	"github.com/tree-sitter/": "analyze/cfront",
	"oss.terrastruct.com/":    "cmd",
}

// goPackage is the part of `go list -json` that matters here.
type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportDirections(t *testing.T) {
	pkgs, err := listPackages(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 5 {
		t.Fatalf("go list found %d packages: the test would prove nothing", len(pkgs))
	}
	for _, e := range badEdges(pkgs) {
		t.Error(e)
	}
}

// TestImportDirectionsCanFail feeds the checker edges that the design forbids.
func TestImportDirectionsCanFail(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{"series", module + "/analyze", "series may not import analyze"},
		{"refactor", module + "/analyze/cfront", "refactor may not import analyze/cfront"},
		{"hypervisor/hv", module + "/refactor", "hypervisor may not import refactor"},
		{"analyze", module + "/hookgen", "analyze may not import hookgen"},
		{"hookgen/catalog", module + "/analyze", "hookgen/catalog may not import analyze"},
		{"series", module + "/series/gitbranch", "series may not import series/gitbranch"},
		{"refactor", "github.com/go-git/go-git/v5", "only series/gitbranch may"},
		{"analyze", "modernc.org/cc/v4", "only analyze/cfront may"},
		{"util", "fmt", "in no component"},
		{"refactor", module + "/cmd/xsmpatch", "refactor may not import cmd"},
		{"analyze/cfront/strict", "modernc.org/cc/v4", ""},
		{"analyze/cfront/strict", module + "/analyze/cfront/cpp", ""},
		{"series/gitbranch", "github.com/go-git/go-git/v5/plumbing", ""},
		{"hookgen/importer", module + "/hookgen/catalog", ""},
		{"cmd/xsmpatch", module + "/series/gitbranch", ""},
	} {
		got := badEdges([]goPackage{{ImportPath: module + "/" + tc.from, Imports: []string{tc.to}}})
		switch {
		case tc.want == "" && len(got) != 0:
			t.Errorf("%s -> %s: %v, want it allowed", tc.from, tc.to, got)
		case tc.want != "" && (len(got) != 1 || !strings.Contains(got[0].Error(), tc.want)):
			t.Errorf("%s -> %s: %v, want one error with %q", tc.from, tc.to, got, tc.want)
		}
	}
}

// badEdges returns an error for each import that the tables forbid.
func badEdges(pkgs []goPackage) []error {
	var errs []error
	for _, p := range pkgs {
		from := componentOf(p.ImportPath)
		if from == nil {
			errs = append(errs, fmt.Errorf("%s is in no component: put it where it belongs, or add one", p.ImportPath))
			continue
		}
		for _, imp := range p.Imports {
			if err := badEdge(from, imp); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.ImportPath, err))
			}
		}
	}
	return errs
}

func badEdge(from *component, imp string) error {
	if strings.HasPrefix(imp, module+"/") {
		to := componentOf(imp)
		if to == nil {
			return fmt.Errorf("imports %s, which is in no component", imp)
		}
		if to.path != from.path && !slices.Contains(from.imports, to.path) {
			return fmt.Errorf("%s may not import %s", from.path, to.path)
		}
		return nil
	}
	for prefix, keeper := range keepers {
		if strings.HasPrefix(imp, prefix) && from.path != keeper {
			return fmt.Errorf("imports %s, which only %s may", imp, keeper)
		}
	}
	return nil
}

// componentOf returns the deepest component that holds the package, or nil.
func componentOf(importPath string) *component {
	path := strings.TrimPrefix(importPath, module+"/")
	var best *component
	for i, c := range components {
		in := path == c.path || strings.HasPrefix(path, c.path+"/")
		if in && (best == nil || len(c.path) > len(best.path)) {
			best = &components[i]
		}
	}
	return best
}

// listPackages asks the go command for the packages below dir.
func listPackages(dir string) ([]goPackage, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, &stderr)
	}
	var pkgs []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
}
