package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// miniDir is a copy of minixen on disk.
func miniDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVerifyFormatsAgree(t *testing.T) {
	dir := miniDir(t)
	out, reviewed := filepath.Join(t.TempDir(), "v"), filepath.Join(t.TempDir(), "reviewed.yaml")
	if err := os.WriteFile(reviewed, []byte("- {check: XSM1002, file: xen/common/memory.c, reason: looked at}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"verify", dir, "--no-cache", "--format", "json,sarif,text,gitlab,junit", "-o", out, "--reviewed", reviewed}, &stdout, &stderr); code != exitFindings {
		t.Fatalf("exit %d, want %d: %s", code, exitFindings, stderr.String())
	}
	var doc struct {
		Findings []struct {
			Check, File, Function, Fingerprint string
			Line                               int
			Path                               []struct{ What string }
			Hypercall                          string
		}
		Suppressed []struct{ Check string }
	}
	if err := json.Unmarshal(readFile(t, out+".json"), &doc); err != nil {
		t.Fatal(err)
	}
	rep, err := sarif.FromBytes(readFile(t, out+".sarif"))
	if err != nil {
		t.Fatal(err)
	}
	if err := rep.Validate(); err != nil {
		t.Errorf("against the SARIF schema: %v", err)
	}
	results := rep.Runs[0].Results
	if len(doc.Findings) == 0 || len(results) != len(doc.Findings)+len(doc.Suppressed) || len(doc.Suppressed) == 0 {
		t.Fatalf("%d findings in JSON and %d accepted, %d in SARIF", len(doc.Findings), len(doc.Suppressed), len(results))
	}
	for i, r := range results {
		if s := r.Suppressions; (i >= len(doc.Findings)) != (len(s) == 1) || len(s) == 1 && *s[0].Justification != "looked at" {
			t.Errorf("result %d of SARIF has suppressions %v", i, s)
		}
	}
	var issues []gitlabIssue
	if err := json.Unmarshal(readFile(t, out+".gitlab"), &issues); err != nil || len(issues) != len(doc.Findings) {
		t.Fatalf("%d issues for GitLab, %d findings: %v", len(issues), len(doc.Findings), err)
	}
	var suites junit.Testsuites
	if err := xml.Unmarshal(readFile(t, out+".junit"), &suites); err != nil || suites.Failures != len(doc.Findings) {
		t.Fatalf("%d failures for JUnit, %d findings: %v", suites.Failures, len(doc.Findings), err)
	}
	text := string(readFile(t, out+".text"))
	for i, f := range doc.Findings {
		if got := results[i].PartialFingerprints[fingerprintKey]; got != f.Fingerprint {
			t.Errorf("finding %d: fingerprint %s in SARIF, %s in JSON", i, got, f.Fingerprint)
		}
		if f.Hypercall != "" && f.Function != "" && (len(f.Path) == 0 || !strings.HasPrefix(f.Path[0].What, "a guest enters ")) {
			t.Errorf("%s in %s: its path does not start where a guest enters: %v", f.Check, f.Function, f.Path)
		}
		if g := issues[i]; g.Fingerprint != f.Fingerprint || g.CheckName != f.Check || g.Location.Path != f.File || g.Location.Lines.Begin != f.Line {
			t.Errorf("finding %d for GitLab: %+v, want that of %+v", i, g, f)
		}
		src := strings.Split(string(readFile(t, filepath.Join(dir, f.File))), "\n")
		if f.Line < 1 || f.Line > len(src) || !strings.Contains(text, src[f.Line-1]) {
			t.Errorf("%s:%d is not in the tree, or its text not in the report", f.File, f.Line)
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVerifyUsage(t *testing.T) {
	dir := miniDir(t)
	bad := filepath.Join(t.TempDir(), "reviewed.yaml")
	if err := os.WriteFile(bad, []byte("- {check: XSM1002, file: a.c}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"gives no reason": {"verify", dir, "--reviewed", bad},
		"no such check":   {"verify", dir, "--check", "XSM7"},
		"from 0 to 1":     {"verify", dir, "--min-confidence", "3"},
		"text, json":      {"verify", dir, "--format", "xml"},
		"need files":      {"verify", dir, "--format", "json,text"},
		"no check":        {"explain", "XSM0000"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(args, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit %d, %q; want %d and %q", args, code, stderr.String(), exitUsage, want)
		}
	}
}

// TestCompareKnowsMovedFiles: a finding of a file that the change moved is no news; a second one like it is.
func TestCompareKnowsMovedFiles(t *testing.T) {
	tree := func(files ...string) *refactor.Tree {
		all := map[string]*refactor.File{}
		for _, f := range files {
			all[f] = refactor.NewFile(refactor.ModeFile, nil)
		}
		tr, err := refactor.NewTree("t", all)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	at := func(file, fp string) *check.Finding {
		return &check.Finding{Check: "XSM1001", File: file, Function: "f", Fingerprint: fp, Confidence: 1}
	}
	old := &baseFindings{Findings: []*check.Finding{at("old.c", "1"), at("same.c", "2")}, tree: tree("old.c", "same.c"), name: "base"}
	o := &outcome{Report: &check.Report{Findings: []*check.Finding{at("new.c", "3"), at("new.c", "4"), at("same.c", "2"), at("same.c", "5")}}, tree: tree("new.c", "same.c")}
	o.compare(old)
	var left []string
	for _, f := range o.Findings {
		left = append(left, f.Fingerprint)
	}
	if got := strings.Join(left, " "); got != "4 5" || o.unchanged != 2 || len(o.fixed) != 0 {
		t.Errorf("new: %s, %d unchanged, %d fixed; want 4 5, 2 and 0", got, o.unchanged, len(o.fixed))
	}
}
