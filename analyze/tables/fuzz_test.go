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
			"xen/xsm/flask/policy/access_vectors": vectors, "xen/common/domctl.c": hooks,
		}
		files := map[string]*refactor.File{}
		for p, s := range text {
			files[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
		}
		tree, err := refactor.NewTree("fuzz", files)
		if err != nil {
			t.Fatal(err)
		}
		tabs, err := Read(tree, pr)
		if err != nil {
			return
		}
		for _, h := range tabs.Hooks {
			tabs.AsksOf(h)
			tabs.Switches(h)
			for _, s := range []refactor.Span{h.Ops, h.Wrapper, h.Dummy, h.DummyOp, h.FlaskOp, h.Flask} {
				if s.Path != "" && (s.Start < 0 || s.End < s.Start || s.End > len(text[s.Path])) {
					t.Fatalf("%s: span %+v of %d bytes", h.Name, s, len(text[s.Path]))
				}
			}
		}
		tabs.Asks()
		tabs.MissingCases()
		for _, c := range tabs.Calls() {
			c.Commands()
		}
	})
}

// FuzzExpand writes catalogues out: it returns, and what it says of its text's places lies in the files.
func FuzzExpand(f *testing.F) {
	c := catalogueForm()
	f.Add(c["xen/include/xsm/hooks.h"], c["xen/include/xsm/xsm.h"])
	f.Add("H(a)\nH(b)\nH(c)\n", "#define H(x) H(x) H(x)\n#include \"hooks.h\"\n")
	f.Fuzz(func(t *testing.T, catalogue, user string) {
		if !isCatalogue(blank(catalogue)) {
			return
		}
		s := expand("u.h", user, blank(user), func(string, string) (string, string) { return "hooks.h", blank(catalogue) })
		for i := 0; i <= len(s.text); i += 1 + len(s.text)/64 {
			sp := s.span(i, min(i+3, len(s.text)))
			size := len(user)
			if sp.Path == "hooks.h" {
				size = len(catalogue)
			}
			if sp.Start < 0 || sp.End < sp.Start || sp.End > size+3 {
				t.Fatalf("span %+v of %d bytes", sp, size)
			}
		}
	})
}
