package kconfig

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// parseText parses files given as text; the root is "Kconfig".
func parseText(files map[string]string, env map[string]string, answer func(string, []string) (string, bool)) (*Tree, error) {
	return Parse(Source{Env: env, Answer: answer, Read: func(p string) ([]byte, error) {
		if s, ok := files[p]; ok {
			return []byte(s), nil
		}
		return nil, fs.ErrNotExist
	}}, "Kconfig")
}

// header evaluates one file and returns its header lines joined by "; ", without "#define CONFIG_".
func header(t *testing.T, text string, mode Mode, user map[string]string) string {
	t.Helper()
	tr, err := parseText(map[string]string{"Kconfig": text}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := strings.TrimSpace(string(tr.Evaluate(mode, user).Header()))
	return strings.ReplaceAll(strings.ReplaceAll(h, "\n", "; "), "#define CONFIG_", "")
}

func TestValues(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		user map[string]string
		want string
	}{
		"default":             {"config A\n\tbool\n\tdefault y\nconfig B\n\tdef_bool A && !C\nconfig C\n\tbool \"c\"\n", nil, "A 1; B 1"},
		"user below prompt":   {"config A\n\tbool \"a\"\nconfig B\n\tbool\n", map[string]string{"A": "y", "B": "y"}, "A 1"},
		"depends hides":       {"config A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\n\tdepends on A\n\tdefault y\n", map[string]string{"B": "y"}, ""},
		"select forces":       {"config A\n\tdef_bool y\n\tselect B if !C\nconfig B\n\tbool\n\tdepends on C\nconfig C\n\tbool\n", nil, "A 1; B 1"},
		"imply is weak":       {"config A\n\tdef_bool y\n\timply B\n\timply C\nconfig B\n\tbool \"b\"\nconfig C\n\tbool \"c\"\n", map[string]string{"C": "n"}, "A 1; B 1"},
		"imply needs deps":    {"config A\n\tdef_bool y\n\timply B\nconfig B\n\tbool\n\tdepends on NONE\n", nil, "A 1"},
		"first default wins":  {"config N\n\tint\n\tdefault 1 if X\n\tdefault 2\n\tdefault 3\n", nil, "N 2"},
		"default of symbol":   {"config S\n\tstring\n\tdefault T\nconfig T\n\tstring\n\tdefault \"a\\\"b\"\n", nil, `S "a\"b"; T "a\"b"`},
		"range clamps":        {"config N\n\tint \"n\"\n\trange 4 8\n\tdefault 99\n", nil, "N 8"},
		"range refuses":       {"config N\n\tint \"n\"\n\trange 4 8\n\tdefault 5\n", map[string]string{"N": "77"}, "N 5"},
		"hex":                 {"config H\n\thex \"h\"\n\tdefault 0x10\n", nil, "H 0x10"},
		"invisible text":      {"config N\n\tint \"n\" if X\n\tdepends on X\n\tdefault 1\n", map[string]string{"N": "2"}, ""},
		"if block":            {"if X\nconfig A\n\tdef_bool y\nendif\nconfig B\n\tdef_bool y\n", nil, "B 1"},
		"menu depends":        {"menu \"m\"\n\tdepends on X\nconfig A\n\tdef_bool y\nendmenu\n", nil, ""},
		"visible if":          {"menu \"m\"\n\tvisible if X\nconfig A\n\tbool \"a\"\n\tdefault y\nendmenu\n", map[string]string{"A": "n"}, "A 1"},
		"choice default":      {"choice\n\tprompt \"c\"\n\tdefault B\nconfig A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\nendchoice\n", nil, "B 1"},
		"choice first":        {"choice\n\tprompt \"c\"\n\tdefault B\nconfig A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\n\tdepends on X\nendchoice\n", nil, "A 1"},
		"choice user":         {"choice\n\tprompt \"c\"\nconfig A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\nendchoice\n", map[string]string{"B": "y"}, "B 1"},
		"choice invisible":    {"choice\n\tprompt \"c\" if X\n\tdefault A\nconfig A\n\tbool \"a\"\nendchoice\nconfig D\n\tstring\n\tdefault \"a\" if A\n\tdefault \"z\"\n", nil, `D "z"`},
		"two definitions":     {"config A\n\tbool\n\tdepends on X\n\tdefault y\nconfig A\n\tbool\n\tdefault y\n\tdepends on Y\nconfig Y\n\tdef_bool y\n", nil, "A 1; Y 1"},
		"comparison":          {"config V\n\tint\n\tdefault 120200\nconfig A\n\tdef_bool V >= 90000\nconfig B\n\tdef_bool V < 90000 || V = 1\n", nil, "A 1; V 120200"},
		"help is not read":    {"config A\n\tbool\n\thelp\n\t  config X is if\n\n\t  endmenu\n\tdefault y\n", nil, "A 1"},
		"continuation":        {"config A\n\tdef_bool n || \\\n\t  y\n", nil, "A 1"},
		"macro":               {"f = $(1)$(2)\nv := y\nconfig A\n\tdef_bool $(f,,$(v))\n", nil, "A 1"},
		"loop ends":           {"config A\n\tdef_bool !B\nconfig B\n\tdef_bool !A\n", nil, "B 1"},
		"env string compared": {"config A\n\tdef_bool \"$(ARCH)\" = \"\"\n", nil, "A 1"},
	} {
		if got := header(t, c.text, AllDefault, c.user); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestModes(t *testing.T) {
	text := "config A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\n\tdefault y\nconfig C\n\tbool \"c\"\n\tdepends on !A\nconfig D\n\tdef_bool y\n"
	if got := header(t, text, AllYes, nil); got != "A 1; B 1; D 1" {
		t.Errorf("all yes: %s", got)
	}
	if got := header(t, text, AllNo, map[string]string{"C": "y"}); got != "C 1; D 1" {
		t.Errorf("all no: %s", got)
	}
}

func TestSourceAndAnswer(t *testing.T) {
	files := map[string]string{
		"Kconfig":            "cc-option = $(shell,x)\nsource \"arch/$(SRCARCH)/Kconfig\"\n",
		"arch/x/Kconfig":     "rsource \"sub/Kconfig\"\nconfig OLD\n\tstring\n\toption env=\"E\"\n",
		"arch/x/sub/Kconfig": "config A\n\tdef_bool $(cc-option,-f a,b) && OLD = \"y\"\nconfig B\n\tdef_bool $(shell,x)\n",
	}
	tr, err := parseText(files, map[string]string{"SRCARCH": "x", "E": "y"}, func(f string, args []string) (string, bool) {
		if f == "cc-option" && strings.Join(args, ",") == "-f a,b" {
			return "y", true
		}
		return "n", f == "shell"
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(tr.Evaluate(AllDefault, nil).Makefile()); got != "CONFIG_A=y\n" {
		t.Errorf("got %q", got)
	}
	if len(tr.Files) != 3 {
		t.Errorf("files: %v", tr.Files)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"\nendmenu\n":                              "Kconfig:2: endmenu without menu",
		"menu \"m\"\nconfig A\n":                   `"menu" is never closed`,
		"config A\n\tdefault (B\n":                 "Kconfig:2: missing )",
		"config A\n\tbool \"x\n":                   "Kconfig:2: unterminated string",
		"config A\n\tfrobnicate\n":                 `Kconfig:2: unknown option "frobnicate"`,
		"source \"none\"\n":                        `Kconfig:1: source "none"`,
		"source \"Kconfig\"\n":                     "source lines nest too deeply",
		"f = $(f,x)\nconfig A\n\tdefault $(f,x)\n": "macro calls nest too deeply",
		"config A\n\tdefault $(nope,x)\n":          "function $(nope,...) is unknown",
		"config A\n\tdepends on A A\n":             `unexpected "A" after the expression`,
	} {
		_, err := parseText(map[string]string{"Kconfig": text}, nil, nil)
		if e := new(Error); err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &e) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := ReadConfig("d", []byte("CONFIG_A=y\nrubbish\n")); err == nil || err.Error() != "d:2: want CONFIG_NAME=VALUE" {
		t.Errorf("config file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("config A\n\tbool \"a\" if B && !C\n\tselect D\n\thelp\n\t  text\nchoice\n\tprompt \"x\"\nconfig E\n\tbool\nendchoice\n", "y")
	f.Add("v := $(f,1)\nif A = \"b\"\nmenu \"m\"\n\tvisible if A\nendmenu\nendif\nconfig N\n\tint\n\trange 1 A\n\tdefault 0x1\n", "n")
	f.Fuzz(func(t *testing.T, text, wish string) {
		tr, err := parseText(map[string]string{"Kconfig": text}, nil, nil)
		if err != nil {
			if e := new(Error); !errors.As(err, &e) {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		for _, mode := range []Mode{AllDefault, AllYes, AllNo} {
			c := tr.Evaluate(mode, map[string]string{"A": wish})
			for _, i := range c.Items() {
				if v, ok := c.Get(i.Name); !ok || v != i.Value {
					t.Fatalf("%s: %q, %q", i.Name, v, i.Value)
				}
			}
		}
	})
}
