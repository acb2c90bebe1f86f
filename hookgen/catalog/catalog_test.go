package catalog_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
)

func builtin(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Builtin("xen-4.17")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The counts were taken from Xen 4.17's headers by other means.
func TestBuiltinCounts(t *testing.T) {
	c := builtin(t)
	n := map[catalog.Action]int{}
	perms := map[catalog.Vector]bool{}
	for _, h := range c.Hooks {
		n[h.Action]++
		for _, v := range h.Vectors {
			perms[v] = true
		}
		if len(h.Ops) == 0 {
			t.Errorf("hook %s mediates nothing", h.Name)
		}
	}
	want := map[catalog.Action]int{
		catalog.XSMHook: 34, catalog.XSMTarget: 18, catalog.XSMPriv: 17, catalog.XSMDMPriv: 9, catalog.XSMOther: 5, catalog.None: 15,
	}
	for a, w := range want {
		if n[a] != w {
			t.Errorf("%d hooks of %s, want %d", n[a], a, w)
		}
	}
	if len(c.Hooks) != 98 || len(perms) < 170 || len(perms) > 175 {
		t.Errorf("%d hooks and %d permissions, want 98 and nearly 175", len(c.Hooks), len(perms))
	}
}

func TestRoundTrip(t *testing.T) {
	c := builtin(t)
	text := c.Format()
	if file, err := os.ReadFile("data/xen-4.17.yaml"); err != nil || !bytes.Equal(file, text) {
		t.Errorf("the built-in file is not in canonical form (error %v)", err)
	}
	again, err := catalog.Parse("again", text)
	if err != nil {
		t.Fatal(err)
	}
	if d := catalog.Diff(c, again); len(d) > 0 {
		t.Errorf("changed by a round trip: %v", d)
	}
	if !bytes.Equal(again.Format(), text) {
		t.Error("formatting is not a fixed point")
	}
}

const one = `version: 1
flavour: f
hooks:
  - name: a
    phase: authorize
    params: ["struct domain *d", "int cmd"]
    action: XSM_PRIV
    subject: current
    object: d
`

func TestErrorsHaveLines(t *testing.T) {
	for _, tc := range []struct {
		name, old, new string
		line           int
		msg            string
	}{
		{"unknown field", "    object: d", "    objekt: d", 9, `no field "objekt"`},
		{"unknown phase", "authorize", "sometimes", 4, `phase "sometimes"`},
		{"unknown action", "XSM_PRIV", "XSM_GOD", 4, `action "XSM_GOD"`},
		{"subject", "subject: current", "subject: e", 4, `subject "e" is no parameter`},
		{"object", "object: d", "object: e", 4, `object "e" is no parameter`},
		{"parameter", `"int cmd"`, `"cmd"`, 6, `not a type and a name`},
		{"same parameter", `"int cmd"`, `"int d"`, 4, `two parameters are called d`},
		{"twice", "    object: d\n", "    object: d\n  - name: a\n    phase: notify\n    action: none\n", 10, "appears twice (first at line 4)"},
		{"void decision", "    action: XSM_PRIV", "    result: void\n    action: XSM_PRIV", 4, "must be able to refuse"},
		{"vector", "    object: d", "    vectors: [grant]", 9, "class:permission"},
		{"operation", "    object: d", "    operations: [domctl]", 4, `operation "domctl"`},
		{"rules", "    object: d", "    rules: [{action: XSM_HOOK}]", 4, "rules need action XSM_OTHER"},
		{"field twice", "    object: d", "    object: d\n    object: d", 10, ""},
		{"version", "version: 1", "version: 2", 1, "reads version 1"},
		{"no list", "hooks:\n", "hooks: {}\nx:\n", 3, ""},
		{"alloc alone", "name: a\n    phase: authorize", "name: alloc_x\n    phase: alloc", 4, "free_x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := strings.Replace(one, tc.old, tc.new, 1)
			if src == one {
				t.Fatal("the case changes nothing")
			}
			_, err := catalog.Parse("f.yaml", []byte(src))
			var e *catalog.Error
			if !errors.As(err, &e) {
				t.Fatalf("error is %v, want a *catalog.Error", err)
			}
			if tc.msg != "" && (e.Line != tc.line || !strings.Contains(e.Msg, tc.msg)) {
				t.Errorf("error %v, want line %d and %q", e, tc.line, tc.msg)
			}
		})
	}
	if _, err := catalog.Parse("f.yaml", []byte(one)); err != nil {
		t.Errorf("the unchanged file: %v", err)
	}
}

func TestDiff(t *testing.T) {
	a, err := catalog.Parse("a", []byte(one))
	if err != nil {
		t.Fatal(err)
	}
	b, err := catalog.Parse("b", []byte(strings.Replace(one, "XSM_PRIV", "XSM_TARGET", 1)+"  - name: b\n    phase: notify\n    action: none\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := catalog.Diff(a, b)
	if len(d) != 2 || d[0].String() != "~ a: action: XSM_PRIV -> XSM_TARGET" || d[1].String() != "+ b" {
		t.Errorf("Diff = %v", d)
	}
	if back := catalog.Diff(b, a); len(back) != 2 || back[1].String() != "- b" {
		t.Errorf("reverse Diff = %v", back)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(one))
	f.Add(builtin(f).Format())
	f.Add([]byte("hooks: [{name: &a b, phase: *a}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := catalog.Parse("fuzz", src)
		if err != nil {
			var e *catalog.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is not located", err)
			}
			return
		}
		text := c.Format()
		again, err := catalog.Parse("again", text)
		if err != nil {
			t.Fatalf("formatted text is refused: %v\n%s", err, text)
		}
		if d := catalog.Diff(c, again); len(d) > 0 {
			t.Fatalf("changed by a round trip: %v\n%s", d, text)
		}
	})
}
