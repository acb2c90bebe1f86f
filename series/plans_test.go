package series

import (
	"strings"
	"testing"
)

// TestPlanXSM splits a small security framework the way its first submission was.
func TestPlanXSM(t *testing.T) {
	base := treeOf(t, map[string]string{
		"xen/common/domctl.c":         "long do_domctl(int op)\n{\n    return 0;\n}\n",
		"xen/common/event.c":          "long do_event(int op)\n{\n    return 0;\n}\n",
		"xen/common/vsprintf.c":       "int vsprintf(char *s)\n{\n    return 0;\n}\n",
		"xen/include/xen/lib.h":       "int vsprintf(char *s);\n",
		"xen/acm/acm_policy.c":        "int acm_policy(void)\n{\n    return 0;\n}\n",
		"xen/acm/Makefile":            "# The policy and what it decides about.\nobj-y += acm_policy.o\nobj-y += acm_core.o\n",
		"xen/include/acm/acm_hooks.h": "#define acm_pre_hook(x) 0\n",
		"xen/common/acm_ops.c":        "long do_acm_op(int op)\n{\n    return op;\n}\n",
		"xen/arch/x86/domctl.c":       "long arch_do_domctl(int op)\n{\n    return 0;\n}\n",
		"xen/arch/x86/mm/p2m/set.c":   "long set(int op)\n{\n    return 0;\n}\n",
		"xen/Makefile":                "subdirs += common\n",
		"tools/libxc/xc_domain.c":     "int xc_domain(void)\n{\n    return 0;\n}\n",
		"docs/misc/other.txt":         "text\n",
		"xen/common/legacy_hook.h":    "#define legacy 1\n",
	})
	tip := treeOf(t, map[string]string{
		"xen/common/domctl.c":         "#include <xsm/xsm.h>\n\nlong do_domctl(int op)\n{\n    if ( xsm_domctl(op) )\n        return -1;\n    return 0;\n}\n",
		"xen/common/event.c":          "#include <xsm/xsm.h>\n\nlong do_event(int op)\n{\n    if ( xsm_event(op) )\n        return -1;\n    return 0;\n}\n",
		"xen/common/vsprintf.c":       "int vsprintf(char *s)\n{\n    return 0;\n}\n\nint sscanf(const char *s)\n{\n    return 0;\n}\n",
		"xen/include/xen/lib.h":       "int vsprintf(char *s);\nint sscanf(const char *s);\n",
		"xen/xsm/acm/acm_policy.c":    "int acm_policy(void)\n{\n    return 0;\n}\n",
		"xen/xsm/acm/Makefile":        "# The policy and what it decides about.\nobj-y += acm_policy.o\nobj-y += acm_core.o\nobj-y += acm_xsm_hooks.o\n",
		"xen/xsm/acm/acm_xsm_hooks.c": "#include <xsm/xsm.h>\n\nint acm_init(void)\n{\n    return xsm_event(0);\n}\n",
		"xen/arch/x86/domctl.c":       "#include <xsm/xsm.h>\n\nlong arch_do_domctl(int op)\n{\n    if ( xsm_domctl(op) )\n        return -1;\n    return 0;\n}\n",
		"xen/arch/x86/mm/p2m/set.c":   "#include <xsm/xsm.h>\n\nlong set(int op)\n{\n    if ( xsm_event(op) )\n        return -1;\n    return 0;\n}\n",
		"xen/include/xsm/xsm.h":       "int xsm_domctl(int op);\nint xsm_event(int op);\n",
		"xen/xsm/xsm_core.c":          "#include <xsm/xsm.h>\n\nint xsm_domctl(int op)\n{\n    return 0;\n}\n\nint xsm_event(int op)\n{\n    return 0;\n}\n",
		"xen/xsm/flask/hooks.c":       "#include <xen/lib.h>\n\nint flask_init(void)\n{\n    return sscanf(\"x\");\n}\n",
		"xen/Makefile":                "subdirs += common\nsubdirs += xsm\n",
		"tools/flask/loadpolicy.c":    "int main(void)\n{\n    return 0;\n}\n",
		"tools/libxc/xc_domain.c":     "int xc_domain(void)\n{\n    return 1;\n}\n",
		"docs/misc/xsm.txt":           "About XSM.\n",
		"docs/misc/other.txt":         "text\n",
		"xen/common/legacy_hook.h":    "#define legacy 1\n",
	})
	s, err := graphOf(t, base, tip).Split(Rules{Plan: PlanXSM})
	if err != nil {
		t.Fatal(err)
	}
	all, at := patchOf(s)
	for _, order := range [][2]string{
		{"xen/include/xsm/xsm.h", "xen/xsm/acm/acm_xsm_hooks.c"},
		{"tools/flask/loadpolicy.c", "xen/xsm/acm/acm_xsm_hooks.c"},    // ACM: enabled,
		{"xen/xsm/acm/acm_xsm_hooks.c", "xen/include/acm/acm_hooks.h"}, // rid of its old interfaces,
		{"xen/include/acm/acm_hooks.h", "xen/xsm/acm/acm_policy.c"},    // and moved
		{"xen/xsm/acm/acm_policy.c", "tools/libxc/xc_domain.c"},
		{"xen/include/xsm/xsm.h", "xen/common/domctl.c"},
		{"xen/xsm/xsm_core.c", "xen/common/event.c"},
		{"xen/common/vsprintf.c", "xen/xsm/flask/hooks.c"}, // support code in a patch of its own
		{"xen/xsm/flask/hooks.c", "tools/flask/loadpolicy.c"},
		{"tools/flask/loadpolicy.c", "tools/libxc/xc_domain.c"},
		{"tools/libxc/xc_domain.c", "docs/misc/xsm.txt"},
	} {
		if at[order[0]] == 0 || at[order[0]] >= at[order[1]] {
			t.Errorf("%s (patch %d) does not come before %s (patch %d):\n%s", order[0], at[order[0]], order[1], at[order[1]], all)
		}
	}
	if at["xen/common/domctl.c"] == at["xen/common/event.c"] {
		t.Errorf("hooks of two hypercalls are in one patch:\n%s", all)
	}
	if at["xen/common/domctl.c"] != at["xen/arch/x86/domctl.c"] || at["xen/common/acm_ops.c"] != at["xen/include/acm/acm_hooks.h"] {
		t.Errorf("hooks of one hypercall, or what goes of ACM, are in two patches:\n%s", all)
	}
	for _, want := range []string{"xsm: add the security module infrastructure", "xsm/flask: add the Flask module", "tools/flask: add the userland of Flask",
		"xsm: add hooks to domctl", "xsm: add hooks to p2m/set", "xsm/acm: enable the ACM module", "acm: remove the legacy ACM interfaces", "xsm/acm: move ACM to xsm/acm"} {
		if !strings.Contains(all, want) {
			t.Errorf("no patch %q:\n%s", want, all)
		}
	}
	amEveryPrefix(t, s, MailOptions{})
}

func TestRulesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"plan: nope\n":                                                    `unknown plan "nope"`,
		"groups:\n  - paths: [x]\n":                                       "group 1 has no name",
		"groups:\n  - name: a\n":                                          "matches nothing",
		"groups:\n  - {name: a, paths: [x], by: day}\n":                   "file or component",
		"groups:\n  - {name: a, paths: [\"[\"]}\n":                        "syntax error in pattern",
		"groups:\n  - {name: a, kinds: [x]}\n":                            "move, delete, create or edit",
		"grups: []\n":                                                     "grups",
		"groups:\n  - {name: a, paths: [x]}\n  - {name: a, paths: [y]}\n": "two groups",
	} {
		if _, err := ReadRules("rules.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rules.yaml") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// patchOf lists a series' subjects, a line each, and gives each path the number of the last patch that touches it, from 1.
func patchOf(s *Series) (subjects string, at map[string]int) {
	at = map[string]int{}
	for i, p := range s.Patches {
		subjects += p.Subject + "\n"
		for _, c := range p.Changes {
			for _, q := range pathsOf(s.Graph.Changes[c]) {
				at[q] = i + 1
			}
		}
	}
	return subjects, at
}
