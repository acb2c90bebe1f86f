//go:build eval

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
)

// judged is what was said of findings on releases: empty fields are for all.
type judged struct {
	Check, Function, Operation, Says, Class, Reason string
}

func (j *judged) is(f *check.Finding) bool {
	return j.Check == f.Check && (j.Function == "" || j.Function == f.Function) && (j.Operation == "" || j.Operation == f.Operation) && strings.Contains(f.Message, j.Says)
}

// published are releases whose findings were looked at, with an architecture to read each for.
var published = [][2]string{
	{"RELEASE-4.5.0", "x86_64"}, {"RELEASE-4.8.0", "x86_64"}, {"RELEASE-4.11.0", "x86_64"}, {"RELEASE-4.14.0", "x86_64"}, {"RELEASE-4.19.0", "x86_64"},
	{"master", "x86_64"}, {"RELEASE-4.17.0", "aarch64"}, {"RELEASE-4.19.0", "aarch64"},
}

// TestEvalReleases counts the false alarms on whole releases.
func TestEvalReleases(t *testing.T) {
	data, err := os.ReadFile("testdata/releases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []judged
	if err := strictyaml.Unmarshal("releases.yaml", data, &list); err != nil {
		t.Fatal(err)
	}
	o := options{repo: os.Getenv("XSMPATCH_REPO"), cache: os.Getenv("XSMPATCH_EVAL_CACHE"), frontend: os.Getenv("XSMPATCH_EVAL_FRONTEND")}
	if o.cache == "" {
		o.cache = t.TempDir()
	}
	v := &verifier{opt: o, digest: digestOf("analyze")}
	var table strings.Builder
	const most = 10
	for _, p := range published {
		fs, err := v.findings(context.Background(), p[0], "", p[1:])
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		for _, f := range fs {
			class := ""
			for i := range list {
				if class == "" && list[i].is(f) {
					class = list[i].Class
				}
			}
			if n[class]++; class == "" {
				t.Errorf("%s %s: nobody has looked at %s %s:%d %s %s %s: %s", p[0], p[1], f.Check, f.File, f.Line, f.Function, f.Operation, f.Hook, f.Message)
			}
		}
		fmt.Fprintf(&table, "| %s, %s | %d | %d | %d | %d |\n", strings.TrimPrefix(p[0], "RELEASE-"), p[1], len(fs), n["defect"], n["exception"], n["false"])
		if n["false"] > most {
			t.Errorf("%s %s: %d false alarms, %d are allowed", p[0], p[1], n["false"], most)
		}
	}
	t.Log("\n| tree | findings | defects | exceptions | false alarms |\n|---|---|---|---|---|\n" + table.String())
}
