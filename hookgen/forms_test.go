package hookgen

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// lotGen runs gen on a form's tree.
func lotGen(t *testing.T, form string, files map[string]string) (*refactor.Tree, *tables.Tables, string) {
	t.Helper()
	plan := lotPlan
	if form == "old" { // hooks of that age take no default action
		plan = regexp.MustCompile(`XSM_\w+, d`).ReplaceAllString(plan, "d")
		plan = regexp.MustCompile(`action: XSM_\w+\n`).ReplaceAllString(plan, "action: \"\"\n")
	}
	tree, tabs := lotTree(t, files)
	after := applied(t, tree, tabs, plan)
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	if tabs, err = tables.Read(after, pr); err != nil {
		t.Fatal(err)
	}
	return after, tabs, plan
}

// TestForms makes new hooks in each form of the tables. The reader finds them in every table, gcc compiles the tables in every configuration, and a
// second run changes nothing.
func TestForms(t *testing.T) {
	for form, files := range lotForms() {
		t.Run(form, func(t *testing.T) {
			after, tabs, plan := lotGen(t, form, files)
			for name, action := range map[string]string{"valet": "XSM_TARGET", "jump_start": "XSM_HOOK", "hoist": "XSM_PRIV"} {
				h := tabs.Hook(name)
				if h == nil || h.Ops.Path == "" || h.Wrapper.Path == "" || h.Dummy.Path == "" || h.DummyOp.Path == "" || h.FlaskOp.Path == "" || h.Flask.Path == "" {
					t.Fatalf("%s is not in every table: %+v", name, h)
				}
				if form != "old" && h.Action != action {
					t.Errorf("%s: the default asserts %s, want %s", name, h.Action, action)
				}
				if len(h.Vectors) != 1 || h.Vectors[0] != (tables.Vector{Class: "lot", Perm: name}) {
					t.Errorf("%s: Flask asks for %v", name, h.Vectors)
				}
				if h.Guard != "" { // its caller has no such condition
					t.Errorf("%s is made under %s only", name, h.Guard)
				}
			}
			if silo := tabs.Hook("jump_start").Entry("silo"); form != "old" && (silo == nil || silo.Fn != "silo_jump_start") {
				t.Errorf("SILO does not separate who jump-starts: %+v", silo)
			}
			if h := tabs.Hook("valet"); h.Entry("silo") != nil {
				t.Error("SILO was given a hook that concerns one domain")
			}
			compileLot(t, form, after, tabs)
			again, err := ReadPlan("plan.yaml", []byte(plan), after, tabs)
			if err != nil || again.Applied != 3 || len(again.Placements) != 0 {
				t.Errorf("the second run: %v, %+v", err, again)
			}
		})
	}
}

// compileLot compiles every unit of the lot with XSM on and off, with the crane and without.
func compileLot(t *testing.T, form string, tree *refactor.Tree, tabs *tables.Tables) {
	t.Helper()
	dir := t.TempDir()
	if err := tree.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	perms := ""
	for i, c := range tabs.Classes {
		perms += "#define SECCLASS_" + strings.ToUpper(c.Name) + " " + string(rune('1'+i)) + "\n"
		for _, p := range c.Perms {
			perms += "#define " + strings.ToUpper(c.Name+"__"+p) + " 1\n"
		}
	}
	if form == "old" {
		perms = "#include \"include/av_permissions.h\"\n#define SECCLASS_LOT 1\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "xen/xsm/flask/perms.h"), []byte(perms), 0o666); err != nil {
		t.Fatal(err)
	}
	units := []string{"xen/xsm/dummy.c", "xen/xsm/flask/hooks.c"}
	if form != "old" {
		units = append(units, "xen/xsm/silo.c")
	}
	for _, defs := range [][]string{{}, {"-DCONFIG_CRANE"}, {"-DCONFIG_XSM", "-DXSM_ENABLE"}, {"-DCONFIG_XSM", "-DXSM_ENABLE", "-DCONFIG_CRANE"}} {
		for _, u := range append([]string{"xen/common/lot.c"}, units[:len(units)*min(1, len(defs)/2)]...) {
			cmd := exec.Command("gcc", append(defs, "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-function", "-Ixen/include", u)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s %v: %v\n%s", u, defs, err, out)
			}
		}
	}
}

// TestPolicyKeepsBehaviour: whoever may use the operation before may use it after. A guest may act on itself by default, so a rule about guests and
// themselves is made, although the near permission, which only dom0 has, would not give it to them.
func TestPolicyKeepsBehaviour(t *testing.T) {
	after, _, _ := lotGen(t, "structure", lotForms()["structure"])
	src, err := after.ReadFile("tools/flask/policy/modules/lot.te")
	if err != nil {
		t.Fatal(err)
	}
	want := "define(`declare_domain_common', `\n\tallow $1 $2:lot park;\n\tallow $1 $2:lot valet;\n')\n" +
		"allow dom0_t domU_t:lot { park tow jump_start\n\tlift valet hoist };\nallow domU_t domU_t:lot tow;\nallow domU_t domU_t:lot jump_start;\n"
	if string(src) != want {
		t.Errorf("policy:\n%s\nwant:\n%s", src, want)
	}
}

// TestBytesKept: files with CRLF, and without a newline at their end, stay so; all that was there is there still.
func TestBytesKept(t *testing.T) {
	for form, files := range lotForms() {
		for p, s := range files {
			if s != "" && !strings.HasSuffix(p, ".te") {
				files[p] = strings.TrimSuffix(strings.ReplaceAll(s, "\n", "\r\n"), "\r\n")
			}
		}
		after, _, _ := lotGen(t, form, files)
		for p, s := range files {
			if s == "" {
				continue
			}
			src, err := after.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			now := string(src)
			if strings.HasSuffix(p, ".te") {
				continue
			}
			if bare := strings.Count(now, "\n") - strings.Count(now, "\r\n"); bare != 0 {
				t.Errorf("%s: %s: %d lines lost their carriage return:\n%q", form, p, bare, now)
			}
			if strings.HasSuffix(now, "\n") {
				t.Errorf("%s: %s: ends with a newline now", form, p)
			}
			rest := now
			for _, l := range strings.Split(s, "\r\n") {
				_, after, ok := strings.Cut(rest, l)
				if !ok {
					t.Fatalf("%s: %s: the line %q is gone", form, p, l)
				}
				rest = after
			}
		}
	}
}

// TestClassOverflow: a class has 32 permissions; the next one goes to the next class, which is made where there is none.
func TestClassOverflow(t *testing.T) {
	files := lotForms()["structure"]
	full := "class lot\n{\n    park\n    tow\n    lift\n"
	for i := range 29 {
		full += "    p" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "\n"
	}
	files["xen/xsm/flask/policy/access_vectors"] = full + "}\n\nclass other\n{\n    x\n}\n"
	files["xen/xsm/flask/policy/security_classes"] = "class lot\nclass other\n"
	tree, tabs := lotTree(t, files)
	if n := len(tabs.Class("lot").Perms); n != 32 {
		t.Fatalf("the class has %d permissions", n)
	}
	if _, err := ReadPlan("plan.yaml", []byte(lotPlan), tree, tabs); err == nil || !strings.Contains(err.Error(), "plan.yaml:4: placement 1: new.class: lot has 32 permissions, which is all that a class can; name lot2") {
		t.Errorf("a full class: %v", err)
	}
	after := applied(t, tree, tabs, strings.ReplaceAll(lotPlan, "class: lot,", "class: lot2,"))
	for file, want := range map[string]string{
		"xen/xsm/flask/policy/security_classes": "class lot\nclass other\nclass lot2\n",
		"xen/xsm/flask/policy/access_vectors":   "}\n\n# more of class lot\nclass lot2\n{\n# LOT_valet\n    valet\n    jump_start\n    hoist\n}\n\nclass other",
		"xen/xsm/flask/hooks.c":                 "return current_has_perm(d, SECCLASS_LOT2, LOT2__VALET);",
		"tools/flask/policy/modules/lot.te":     "\tallow $1 $2:lot2 valet;",
	} {
		src, err := after.ReadFile(file)
		if err != nil || !strings.Contains(string(src), want) {
			t.Errorf("%s: error %v, no %q in\n%s", file, err, want, src)
		}
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	if tabs, err = tables.Read(after, pr); err != nil {
		t.Fatal(err)
	}
	compileLot(t, "structure", after, tabs)
}

// TestLongNames: a name that makes a line too long breaks it, as the tree's own code does; a policy that has one permission a line keeps doing so.
func TestLongNames(t *testing.T) {
	files := lotForms()["structure"]
	files["tools/flask/policy/modules/lot.te"] = "allow dom0_t domU_t:lot {\n\tpark\n\ttow\n};\n"
	tree, tabs := lotTree(t, files)
	const long = "xsm_jump_start_by_the_neighbour"
	after := applied(t, tree, tabs, strings.ReplaceAll(lotPlan, "xsm_jump_start", long))
	for _, file := range []string{"xen/include/xsm/xsm.h", "xen/include/xsm/dummy.h", "xen/xsm/flask/hooks.c", "xen/xsm/silo.c"} {
		src, err := after.ReadFile(file)
		if err != nil || !strings.Contains(string(src), strings.TrimPrefix(long, "xsm_")) {
			t.Fatalf("%s: error %v, or no such hook", file, err)
		}
		for _, l := range strings.Split(string(src), "\n") {
			if len(l) > 80 && !strings.Contains(files[file], l) {
				t.Errorf("%s: a line of %d columns: %s", file, len(l), l)
			}
		}
	}
	src, err := after.ReadFile("tools/flask/policy/modules/lot.te")
	if want := "allow dom0_t domU_t:lot {\n\tpark\n\ttow\n\tjump_start\n};\n"; err != nil || string(src) != want {
		t.Errorf("policy (error %v):\n%s", err, src)
	}
}
