package profile

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestForFindsModules takes the files of a module from where its operations are filled: its folder, or, where others ask hooks, its file.
func TestForFindsModules(t *testing.T) {
	const table = "static const struct xsm_ops flask_ops = {\n    .a = flask_a,\n    .b = flask_b,\n    .c = flask_c,\n};\n"
	const list = "static struct xsm_operations other_ops = {\n#include <hooks.h>\n};\n"
	const asks = "int f(struct domain *d)\n{\n    return xsm_domctl(XSM_HOOK, d);\n}\n"
	files := map[string]string{
		"xen/guard/hooks.c": table, "xen/guard/ss/avc.c": "int avc(void);\n",
		"xen/common/fill.c": list, "xen/common/domctl.c": asks, "xen/common/sysctl.c": asks,
		"xen/xsm/silo.c": table, "xen/arch/few.c": "struct xsm_ops few = {\n    .a = few_a,\n};\nint xsm_x;\n",
		"xen/arch/one.c": asks,
	}
	all := map[string]*refactor.File{}
	for p, text := range files {
		all[p] = refactor.NewFile(refactor.ModeFile, []byte(text))
	}
	tr, err := refactor.NewTree("t", all)
	if err != nil {
		t.Fatal(err)
	}
	base, err := Xen()
	if err != nil {
		t.Fatal(err)
	}
	pr, err := base.For(tr)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string][2]bool{ // of a module, of one that asks a policy
		"xen/guard/hooks.c": {true, true}, "xen/guard/ss/avc.c": {true, true}, "xen/common/fill.c": {true, false},
		"xen/common/domctl.c": {}, "xen/arch/few.c": {}, "xen/xsm/silo.c": {true, false}, "xen/xsm/flask/x.c": {true, true},
	} {
		if got := [2]bool{pr.Hooks.Modules.Has(p), pr.Hooks.OfPolicy(p)}; got != want {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
	if again, err := pr.For(tr); err != nil || again != pr {
		t.Errorf("asked again, it finds more (%v)", err)
	}
	if base.Hooks.Modules.Has("xen/guard/hooks.c") {
		t.Error("the profile itself was changed")
	}
}
