package tables

import (
	"strings"
	"testing"
)

// TestDiffer looks for settings that tell two conditions apart.
func TestDiffer(t *testing.T) {
	rules := readKconfig("config CRANE\n\tbool\n\tdepends on LOT\n\nconfig LOT\n\tbool\n\tselect PAVED if !MUD\n\nif WINTER\nconfig SNOW\n\tbool\nendif\n", map[string][]string{})
	defs := map[string][]string{}
	readKconfig("config CRANE\n\tdepends on LOT\n\nif WINTER\nconfig SNOW\n\tbool\nendif\n", defs)
	for o, d := range defs {
		rules = append(rules, implies(o, d[0]))
	}
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"", "", false},
		{"defined(CONFIG_A)", "defined(CONFIG_A)", false},
		{"defined(CONFIG_A) && defined(CONFIG_B)", "defined(CONFIG_B)", false},
		{"defined(CONFIG_B)", "defined(CONFIG_A) && defined(CONFIG_B)", true},
		{"defined CONFIG_A", "IS_ENABLED(CONFIG_A)", false},
		{"!(defined(CONFIG_A))", "!defined(CONFIG_A)", false},
		{"", "defined(CONFIG_A) || !defined(CONFIG_A)", false},
		{"defined(CONFIG_A)", "0", true},
		{"defined(CONFIG_CRANE)", "defined(CONFIG_LOT)", false},
		{"defined(CONFIG_LOT)", "defined(CONFIG_CRANE)", true},
		{"defined(CONFIG_SNOW)", "defined(CONFIG_WINTER)", false},
		{"defined(CONFIG_LOT) && !defined(CONFIG_MUD)", "defined(CONFIG_PAVED)", false},
		{"defined(CONFIG_LOT)", "defined(CONFIG_PAVED)", true},
		{"BITS > 32", "BITS > 32", false},
		{"BITS > 32", "BITS > 64", true},
		{"((", "", false},
	} {
		set, ok := Differ(ParseCondition(tc.a), ParseCondition(tc.b), rules)
		if ok != tc.want {
			t.Errorf("%q and %q differ: %v (%v), want %v", tc.a, tc.b, ok, set, tc.want)
		}
		if ok && ParseCondition(tc.b).Eval(func(n string) bool { return set[n] }) {
			t.Errorf("%q holds at %v", tc.b, set)
		}
	}
}

// TestGuards reads nested conditions with else arms.
func TestGuards(t *testing.T) {
	s := newSource("x.h", "#ifndef _X_H\n#ifdef A\na\n#elif defined(B) || defined(C)\nb\n#else\nc\n#endif\n#if X && \\\n    Y\nd\n#endif\n#endif\n")
	for what, want := range map[string]string{
		"\na\n": "defined(A)", "\nb\n": "!defined(A) && (defined(B) || defined(C))", "\nd\n": "X && Y",
	} {
		if got := s.guard(strings.Index(s.text, what) + 1); got != want {
			t.Errorf("%q is under %q, want %q", what, got, want)
		}
	}
	c := ParseCondition(s.guard(strings.Index(s.text, "\nc\n") + 1))
	if c.Eval(func(n string) bool { return n == "A" }) || c.Eval(func(n string) bool { return n == "C" }) || !c.Eval(func(string) bool { return false }) {
		t.Errorf("the else arm is under %q", s.guard(strings.Index(s.text, "\nc\n")+1))
	}
}

func FuzzCondition(f *testing.F) {
	f.Add("defined(A) && (B || !IS_ENABLED(C))")
	f.Add("!!((A)")
	f.Fuzz(func(t *testing.T, s string) {
		c := ParseCondition(s)
		c.Eval(func(n string) bool { return len(n)%2 == 0 })
		if _, ok := Differ(c, c, nil); ok {
			t.Errorf("%q differs from itself", s)
		}
		Terms(s)
	})
}

func FuzzKconfig(f *testing.F) {
	f.Add("config A\n\tbool \"a\"\n\tdepends on B && !C\n\tselect D if E\nif F\nendif\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range readKconfig(s, map[string][]string{}) {
			r.Eval(func(string) bool { return true })
		}
	})
}
