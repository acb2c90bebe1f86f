//go:build eval

package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestMain is the program itself in the processes that evaluate starts.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestEvalHooks judges the rows of XSMPATCH_HOOKS (default: shared/eval/missing-hooks.sample.json in a directory above) on the clone
// XSMPATCH_REPO. XSMPATCH_EVAL_CACHE keeps what was read and found between runs; XSMPATCH_EVAL_FRONTEND is -frontend.
func TestEvalHooks(t *testing.T) {
	o := options{repo: os.Getenv("XSMPATCH_REPO"), data: dataFile(t), cache: os.Getenv("XSMPATCH_EVAL_CACHE"), frontend: os.Getenv("XSMPATCH_EVAL_FRONTEND")}
	if o.cache == "" {
		o.cache = t.TempDir()
	}
	res, err := evaluate(context.Background(), o, func(r *result) { t.Log(r.line()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Log(summary(res))
	var ok, all int
	for _, k := range []string{"call-site-coverage", "table-completeness", "ordering"} {
		if c := tallies(res)[k]; c != nil {
			ok, all = ok+c.ok, all+c.all
		}
	}
	t.Logf("call-site-coverage, table-completeness and ordering: %d of %d rows", ok, all)
	const percent = 80
	if 100*ok < percent*all {
		t.Errorf("%d of %d rows are fewer than %d%%", ok, all, percent)
	}
}

// dataFile is the file of rows.
func dataFile(t *testing.T) string {
	t.Helper()
	data := os.Getenv("XSMPATCH_HOOKS")
	for dir := "."; data == "" && len(dir) < 40; dir += "/.." {
		if p := filepath.Join(dir, "shared/eval/missing-hooks.sample.json"); exists(p) {
			data = p
		}
	}
	if data == "" {
		t.Fatal("no rows: set XSMPATCH_HOOKS to their JSON file")
	}
	return data
}
