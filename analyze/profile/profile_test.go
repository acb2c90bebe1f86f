package profile

import (
	"strings"
	"testing"
)

func TestXenNamesMeanWhatTheySay(t *testing.T) {
	p, err := Xen()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"xsm_domctl": true, "xsm_init": false, "do_domctl": false, "xsm_default_action": false} {
		if got := p.Hooks.Is(name); got != want {
			t.Errorf("%s is a hook: got %v, want %v", name, got, want)
		}
	}
	if !p.Entries.Tables.Has("pv_hypercall_table") || p.Entries.Tables.Has("idt_table") {
		t.Error("the names of hypercall tables are wrong")
	}
}

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"get_page*", "get_page_from_gfn", true}, {"get_page*", "put_page", false}, {"copy_from_user", "copy_from_user_hvm", false},
		{"*/xen/xsm/*", "src/xen/xsm/flask/hooks.c", true}, {"xsm/*", "xsm/flask/ss/x.c", true}, {"[", "x", false},
	} {
		if got := Match(tc.pattern, tc.name); got != tc.want {
			t.Errorf("Match(%q, %q) = %v", tc.pattern, tc.name, got)
		}
	}
}

func TestParseErrorsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\nhoks: {}\n":    "unknown field",
		"hooks: {prefixes: [a]}": "no name",
		"name: x\n":              "hooks.prefixes is empty",
		"name: [\n":              "f.yaml",
	} {
		if _, err := Parse("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "f.yaml") {
			t.Errorf("%q: %v, want %q with the file's name", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(xenYAML)
	f.Add([]byte("name: x\nhooks: {prefixes: [y]}\nheld: [{acquire: a, release: b, arg: 9999999999}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("f.yaml", data)
		if (p == nil) == (err == nil) {
			t.Fatalf("profile %v, error %v", p, err)
		}
	})
}
