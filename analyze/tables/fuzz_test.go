package tables

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// FuzzRead gives the reader arbitrary text for each of a tree's tables: it returns, and every span it reports lies in its file.
func FuzzRead(f *testing.F) {
	f.Add("struct xsm_ops { int (*a) (struct domain *d); };\nstatic inline int xsm_a (xsm_default_t def, struct domain *d)\n{ return xsm_ops->a(d); }",
		"static XSM_INLINE int xsm_a(XSM_DEFAULT_ARG struct domain *d)\n{ XSM_ASSERT_ACTION(XSM_PRIV); return xsm_default_action(action, current->domain, d); }",
		"static int flask_a(struct domain *d) { return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__A); }\nstatic struct xsm_ops flask_ops = { .a = flask_a, };",
		"class domain\n{\n\ta\n}\n")
	f.Add("struct xsm_ops {", "/*", "\"", "class {")
	pr, err := profile.Xen()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ops, dummy, hooks, vectors string) {
		text := map[string]string{
			"xen/include/xsm/xsm.h": ops, "xen/include/xsm/dummy.h": dummy, "xen/xsm/flask/hooks.c": hooks,
			"xen/xsm/flask/policy/access_vectors": vectors, "xen/common/domctl.c": "",
		}
		files := map[string]*refactor.File{}
		for p, s := range text {
			files[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
		}
		tree, err := refactor.NewTree("fuzz", files)
		if err != nil {
			t.Fatal(err)
		}
		if tabs, err := Read(tree, pr); err == nil && tabs == nil {
			t.Fatal("neither tables nor an error")
		}
	})
}
