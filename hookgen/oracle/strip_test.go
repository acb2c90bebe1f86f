package oracle

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestStrip takes calls of every form out: what is left is the function without the hook, and the place is where the call stood.
func TestStrip(t *testing.T) {
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, in, out, before, args string }{
		{"assigned and tested", "    rc = xsm_a(XSM_PRIV, d);\n    if ( rc )\n        goto out;\n    act(d);\n", "    act(d);\n", "act(d);", "d"},
		{"tested", "    if ( xsm_a(XSM_PRIV, d) )\n        return -EPERM;\n    act(d);\n", "    act(d);\n", "act(d);", "d"},
		{"assigned in the test", "    if ( (rc = xsm_a(XSM_PRIV, d)) != 0 )\n        goto out;\n    act(d);\n", "    act(d);\n", "act(d);", "d"},
		{"refused where others leave too", "    if ( xsm_a(XSM_PRIV, d) )\n    {\n        rc = -EPERM;\n unlock:\n        put(d);\n        return rc;\n    }\n    act(d);\n", "if ( 0 )\n    {\n        rc = -EPERM;\n unlock:\n", "if ( 0 )", "d"},
		{"in a loop", "    for ( ; ; )\n    {\n        if ( xsm_a(XSM_HOOK, d) )\n            continue;\n        act(d);\n    }\n", "    for ( ; ; )\n    {\n        act(d);\n    }\n", "act(d);", "d"},
		{"one of two reasons", "    if ( !ok(d) || xsm_a(XSM_HOOK, d, s + 1) )\n        rc = -EPERM;\n", "    if ( !ok(d)  )\n        rc = -EPERM;\n", "if (", "d|s + 1"},
		{"asked on an occasion", "    if ( d != e && xsm_a(XSM_HOOK, d) )\n        return -EPERM;\n    act(d);\n", "    act(d);\n", "act(d);", "d"},
		{"notify", "    act(d);\n    xsm_n(d);\n    end(d);\n", "    act(d);\n    end(d);\n", "end(d);", "d"},
		{"returned", "    return xsm_a(XSM_PRIV, d);\n", "    return 0;\n", "return", "d"},
		{"wanted before going on", "    rc = xsm_a(XSM_PRIV, d);\n    if ( !rc )\n        rc = act(d);\n", "rc = act(d);", "rc = act", "d"},
		{"one arm of a chain", "    if ( !ok(d) )\n        rc = -EINVAL;\n    else if ( d->x )\n        rc = xsm_a(XSM_HOOK, d);\n    if ( !rc )\n        act(d);\n", "rc = -EINVAL;\n    if ( !rc )", "if ( !rc )", "d"},
		{"each arm another hook", "    if ( d->x )\n        rc = xsm_a(XSM_PRIV, d);\n    else\n        rc = xsm_b(XSM_PRIV, d);\n    if ( rc )\n        return rc;\n    act(d);\n", "    act(d);\n", "act(d);", "d"},
		{"either of two hooks", "    rc = up ? xsm_a(XSM_HOOK) : xsm_b(XSM_HOOK);\n    if ( rc )\n        return rc;\n    act(d);\n", "    act(d);\n", "act(d);", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			head := "int f(struct domain *d)\n{\n    int rc = 0;\n\n"
			tree, err := refactor.NewTree("t", map[string]*refactor.File{
				"xen/common/f.c": refactor.NewFile(0o100644, []byte(head+tc.in+"    return rc;\n}\n"))})
			if err != nil {
				t.Fatal(err)
			}
			out, sites, err := Strip(tree, pr)
			if err != nil {
				t.Fatal(err)
			}
			src, _ := out.ReadFile("xen/common/f.c")
			if strings.Contains(string(src), "xsm_") || !strings.Contains(string(src), tc.out) {
				t.Errorf("left:\n%s\nwant it to contain:\n%s", src, tc.out)
			}
			if len(sites) == 0 {
				t.Fatal("no site")
			}
			s := sites[0]
			if rest := strings.TrimLeft(string(src[s.Offset:]), " \n"); !strings.HasPrefix(rest, tc.before) {
				t.Errorf("the place is before %.20q, want %q", rest, tc.before)
			}
			if got := strings.Join(s.Args, "|"); got != tc.args {
				t.Errorf("args %q, want %q", got, tc.args)
			}
		})
	}
}
