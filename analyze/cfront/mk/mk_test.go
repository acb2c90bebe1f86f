package mk

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// world is an FS of given files below /r.
func world(files map[string]string) FS {
	return FS{
		Read: func(p string) ([]byte, bool) { s, ok := files[strings.TrimPrefix(p, "/r/")]; return []byte(s), ok },
		Glob: func(p string) []string {
			if _, ok := files[strings.TrimPrefix(p, "/r/")]; ok {
				return []string{p}
			}
			return nil
		},
		Shell: func(c string) (string, bool) { return "a\nb\n", c == "known" },
	}
}

// cases are makefiles whose variable "out" make itself evaluates in the test.
var cases = map[string]string{
	"recursive and simple": "a = $(b)\nc := $(b)x\nb = 1\nout = $(a)$(c)\n",
	"append":               "a := $(b)\na += $(b)\nb = 2\nd = $(b)\nd += $(b)3\nout = [$(a)] [$(d)]\n",
	"conditional assign":   "a = 1\na ?= 2\nb ?= 3\nout = $(a)$(b)\n",
	"ifeq":                 "x = y\nifeq ($(x),y)\na = 1\nelse\na = 2\nendif\nifneq \"$(x)\" 'n'\nb = 1\nelse ifdef x\nb = 2\nendif\nifdef nope\nc = 1\nelse ifeq ($(x),y)\nc = 2\nelse\nc = 3\nendif\nout = $(a)$(b)$(c)\n",
	"nested skip":          "ifdef nope\nifeq (a,a)\na = 1\nelse\na = 2\nendif\ndefine q\nendif\nendef\nelse\na = 3\nendif\nout = $(a)\n",
	"computed name":        "obj-y = a\nobj-n = b\nC = y\nobj-$(C) += c.o dir/\nout = $(obj-y) $(obj-n)\n",
	"patsubst":             "a = x.c y.c z.S\nout = $(patsubst %.c,%.o,$(a)) $(a:.c=.o) $(a:%.S=%) $(a:x%=%)\n",
	"filter":               "a = x.init.o y.o d/ \nout = $(filter %.init.o d%,$(a))|$(filter-out %/ y%,$(a))\n",
	"words":                "a = c b a b\nout = $(sort $(a)) $(word 2,$(a)) $(words $(a)) $(firstword $(a)) $(lastword $(a)) $(wordlist 2,3,$(a))\n",
	"names":                "a = x/y.c z.tar.gz q/.r\nout = $(dir $(a)) $(notdir $(a)) $(suffix $(a)) $(basename $(a)) $(addprefix p/,$(a)) $(addsuffix .s,$(a)) $(join a b,c d e)\n",
	"subst and strip":      "comma := ,\nempty :=\nspace := $(empty) $(empty)\nout = [$(subst $(space),$(comma),a b c)] [$(strip  a   b )] [$(findstring b,abc)] [$(subst x,,axb)]\n",
	"if or and":            "a = 1\nout = $(if $(a),y,n)$(if $(b),y,n)$(or $(b),$(a),z)$(and $(a),$(b),z)$(and $(a),q)$(if $(b),y)\n",
	"call":                 "rev = $(2)$(1)$(0)$(3)\nout = $(call rev,a,b) $(call or,,x)\n",
	"call closure":         "add = $(eval $(call add-closure,$(1),$(2)))\ndefine add-closure\n  ifneq ($$(x),n)\n    $(1) += $(2)\n  endif\nendef\nF := -a\n$(call add,F,-b)\n$(foreach o,-c -d,$(call add,F,$(o)))\nout = $(F)\n",
	"foreach":              "out = $(foreach a,1 2,$(foreach b,x y,$(a)$(b)))\n",
	"define":               "define two\nline $(1)\nmore\nendef\nout = $(words $(call two,z)) $(word 2,$(call two,z))\n",
	"override":             "override a = 1\na = 2\nout = $(a) $(origin a) $(origin out) $(origin no) $(flavor a)\n",
	"comments":             "a = b \\# c # gone\nd = x\\\n   y\\\n z\nout = [$(strip $(a))] $(d)\n",
	"value":                "a = $(b)\nout = $(value a)\n",
	"include list":         "me := $(lastword $(MAKEFILE_LIST))\nout = $(words $(MAKEFILE_LIST))\n",
	"braces and dollars":   "a = 1\nout = ${a} $$x $(subst a,${a},aba)\n",
	"conditional in tabs":  "ifdef nope\n\ta = 1\nelse\n\tb = 2\nendif\nout = $(a)$(b)\n",
	"export assign":        "export A = 1\nexport B\nB = $(A)2\nout = $(A)$(B)\n",
	"backslash in cond":    "ifeq ($(subst a,\\\nb,x),x)\na = 1\nendif\nout = $(a)\n",
	"nested call commas":   "f = <$(1)|$(2)>\nout = $(call f,$(subst a,b,aa),c)\n",
	"rule line ref":        "empty =\n$(empty)\nx: y ; echo\n\techo $(foo)\nA = 3\nout = $(A)\n",
}

// TestAgainstMake asks the installed make for the same variable.
func TestAgainstMake(t *testing.T) {
	for name, text := range cases {
		dir := t.TempDir()
		file := filepath.Join(dir, "Makefile")
		if err := os.WriteFile(file, []byte(text+"$(info $(out))\nall: ;\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("make", "-s", "-rR", "-C", dir, "--no-print-directory", "all")
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		want, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: make: %v\n%s", name, err, want)
		}
		m := New(world(map[string]string{"Makefile": text}), "/r")
		if err := m.Include("Makefile"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := m.Value("out") + "\n"; got != string(want) {
			t.Errorf("%s: got %q, make says %q", name, got, want)
		}
	}
}

func TestRulesAndTargetVariables(t *testing.T) {
	m := New(world(map[string]string{"Makefile": `
obj := d
F = -g $(E)
E = base
$(obj)/a.o $(obj)/b.o: E += special
%.init.o: E := init
$(obj)/a.o: F := fixed
flags = $(F) -o $@ $(@D)/.$(@F).d
w_%.o: w.c Makefile
	cc $(flags) -DN=$* -c $< -o $@
$(obj)/lib.o: $(obj)/x.o | order
$(filter %.init.o,y.init.o): %.init.o: %.o
`}), "/r")
	if err := m.Include("Makefile"); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"d/a.o": "fixed -o d/a.o d/.a.o.d", "d/b.o": "-g base special -o d/b.o d/.b.o.d", "q/c.init.o": "-g init -o q/c.init.o q/.c.init.o.d", "c.o": "-g base -o c.o ./.c.o.d",
	} {
		if got := m.ForTarget(target, "", "", "$(flags)"); got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
	all := func(*Rule, []string) bool { return true }
	r, pre, stem := m.Match("w_3.o", all)
	if r == nil || pre[0] != "w.c" || stem != "3" {
		t.Fatalf("pattern rule: %v %v %q", r, pre, stem)
	}
	if got := m.ForTarget("w_3.o", "w.c", stem, r.Recipe[0]); got != "cc -g base -o w_3.o ./.w_3.o.d -DN=3 -c w.c -o w_3.o" {
		t.Errorf("recipe: %q", got)
	}
	if _, pre, _ := m.Match("d/lib.o", all); len(pre) != 1 || pre[0] != "d/x.o" {
		t.Errorf("order-only: %v", pre)
	}
	if _, pre, _ := m.Match("y.init.o", all); len(pre) != 1 || pre[0] != "y.o" {
		t.Errorf("static pattern: %v", pre)
	}
}

func TestOriginsIncludesShell(t *testing.T) {
	m := New(world(map[string]string{
		"Makefile": "CL = lost\nEV ?= lost\nENV2 = wins\ninclude sub.mk\n-include nope.mk\nsh := $(shell known)\nun := $(shell strange)\nex := $(wildcard sub.mk nope.mk) $(realpath ./sub.mk) $(abspath ../q)\nexport sh\n",
		"sub.mk":   "SUB = $(lastword $(MAKEFILE_LIST))\nS := $(SUB)\n",
	}), "/r")
	m.Set("CL", "kept", CommandLine)
	m.Set("EV", "env", Environment)
	m.Set("ENV2", "env", Environment)
	if err := m.Include("Makefile"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"CL": "kept", "EV": "env", "ENV2": "wins", "S": "sub.mk", "sh": "a b", "un": "", "ex": "sub.mk /r/sub.mk /q"} {
		if got := m.Value(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if len(m.Unanswered) != 1 || m.Unanswered[0] != "shell: strange" {
		t.Errorf("unanswered: %q", m.Unanswered)
	}
	if e := m.Exported(); e["sh"] != "a b" || e["EV"] != "env" || e["S"] != "" {
		t.Errorf("exported: %v", e)
	}
}

func TestErrorsAreLocated(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\nifeq (a,b)\n":       "missing endif",
		"\nendif\n":                 "Makefile:2: endif without",
		"else\n":                    "Makefile:1: else without",
		"a := 1\nifeq a b\nendif\n": "Makefile:2: ifeq: want",
		"define x\n":                "missing endef of x",
		"include none.mk\n":         "Makefile:1: none.mk: no such makefile",
		"a = $(a)\nb := $(a)\n":     "expansion does not end",
		"a := $(subst a\n":          "unterminated variable reference",
		"include Makefile\n":        "includes nest too deeply",
		"x := $(eval $(value y))\nf = $(f)\n$(f)\n": "expansion does not end",
	} {
		m := New(world(map[string]string{"Makefile": text}), "/r")
		err := m.Include("Makefile")
		if e := new(Error); err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &e) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range cases {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := New(world(map[string]string{"Makefile": text}), "/r")
		if err := m.Include("Makefile"); err != nil {
			if e := new(Error); !errors.As(err, &e) {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		m.Value("out")
		m.ForTarget("a.o", "a.c", "a", "$(CFLAGS) $@")
	})
}
