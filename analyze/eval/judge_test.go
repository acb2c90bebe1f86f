package main

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

func TestJudge(t *testing.T) {
	w := &row{ID: "r", File: "a.c", Function: "f|g", Subcommand: "OP_x|OP_y", Hook: "xsm_x", Kind: "missing-hook", Detect: "call-site-coverage"}
	at := func(check_, file, fn, op, hook string) *check.Finding {
		return &check.Finding{Check: check_, File: file, Function: fn, Operation: op, Hook: hook}
	}
	hit := at("XSM1001", "a.c", "g", "OP_y", "")
	for _, c := range []struct {
		name        string
		before, fix []*check.Finding
		ok          bool
	}{
		{"fires and is silent", []*check.Finding{hit}, nil, true},
		{"stays", []*check.Finding{hit}, []*check.Finding{hit}, false},
		{"nothing", nil, nil, false},
		{"another file", []*check.Finding{at("XSM1001", "b.c", "g", "OP_y", "")}, nil, false},
		{"another function", []*check.Finding{at("XSM1001", "a.c", "h", "OP_y", "")}, nil, false},
		{"another command", []*check.Finding{at("XSM1001", "a.c", "f", "OP_z", "")}, nil, false},
		{"the hook names it", []*check.Finding{at("XSM1001", "a.c", "f", "OP_z", "xsm_x")}, nil, true},
		{"another kind of check", []*check.Finding{at("XSM1004", "a.c", "f", "OP_x", "xsm_x")}, nil, false},
		{"one of several operations", []*check.Finding{{Check: "XSM1001", File: "a.c", Function: "f", Operations: []string{"do_x/OP_x"}}}, nil, true},
	} {
		r := judge(w, c.before, c.fix)
		if r.ok() != c.ok {
			t.Errorf("%s: %v, want %v: %s", c.name, r.ok(), c.ok, r.line())
		}
		if n, all := commits([]*result{r}); all != 1 || n == 1 != c.ok {
			t.Errorf("%s: %d of %d commits", c.name, n, all)
		}
		if got := tallies([]*result{r})["call-site-coverage"].ok == 1; got != c.ok {
			t.Errorf("%s: tallied %v", c.name, got)
		}
	}
}

func TestReadRowsErrors(t *testing.T) {
	if _, err := readRows("nowhere.json", ""); err == nil {
		t.Error("a missing file is no error")
	}
}
