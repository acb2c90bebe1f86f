package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

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
	out := filepath.Join(t.TempDir(), "v")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"verify", dir, "--no-cache", "--format", "json,sarif,text", "-o", out}, &stdout, &stderr); code != exitFindings {
		t.Fatalf("exit %d, want %d: %s", code, exitFindings, stderr.String())
	}
	var doc struct {
		Findings []struct {
			Check, File, Function, Fingerprint string
			Line                               int
		}
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
	if len(doc.Findings) == 0 || len(results) != len(doc.Findings) {
		t.Fatalf("%d findings in JSON, %d in SARIF", len(doc.Findings), len(results))
	}
	text := string(readFile(t, out+".text"))
	for i, f := range doc.Findings {
		if got := results[i].PartialFingerprints[fingerprintKey]; got != f.Fingerprint {
			t.Errorf("finding %d: fingerprint %s in SARIF, %s in JSON", i, got, f.Fingerprint)
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
