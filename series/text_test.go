package series

import (
	"strings"
	"testing"
)

// TestKconfigBlocks: a choice and its end go together, and what is inside comes no earlier; a word of help text opens nothing.
func TestKconfigBlocks(t *testing.T) {
	base := treeOf(t, map[string]string{"Kconfig": "config A\n\tbool \"a\"\n\nconfig B\n\tbool \"b\"\n\nconfig C\n\tbool \"c\"\n\nconfig D\n\tbool \"d\"\n"})
	tip := treeOf(t, map[string]string{"Kconfig": "choice\n\tprompt \"one\"\n\nconfig A\n\tbool \"a\"\n\nconfig B\n\tbool \"b or\"\n\nconfig C\n\tbool \"c\"\nendchoice\n\nconfig D\n\tbool \"d\"\n\thelp\n\t  Say\n\t  choice of yours.\n"})
	s, err := graphOf(t, base, tip).Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	mails, err := s.Mails(MailOptions{})
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for _, m := range mails[1:] {
		if opens := strings.Contains(string(m.Data), "\n+choice"); opens != strings.Contains(string(m.Data), "\n+endchoice") {
			t.Errorf("half a choice:\n%s", m.Data)
		} else if opens {
			whole++
		}
	}
	if whole != 1 || len(s.Patches) != 3 {
		t.Errorf("%d patches with the choice, %d in all:\n%s", whole, len(s.Patches), s.Explain())
	}
}

// TestElseBranches: the #else of a header becomes a conditional with an #else of its own, which must be one step; gcc judges.
func TestElseBranches(t *testing.T) {
	base := treeOf(t, map[string]string{"a.h": "#ifdef A\nint one;\nint two;\nint three;\n#else\nint four;\nint five;\nint six;\n#endif\n"})
	tip := treeOf(t, map[string]string{"a.h": "#ifdef A\nint one;\nint two;\nint three;\n#endif\n\n#ifdef B\nint four;\nint five;\nint six;\n#else\nint seven;\n#if C\nint c;\n#else\nint d;\n#endif\n#endif\n"})
	s, err := graphOf(t, base, tip).Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Prove(t.Context(), ProveOptions{Command: "gcc -fsyntax-only a.h && gcc -DA -fsyntax-only a.h && gcc -DB -fsyntax-only a.h"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res {
		if !r.OK {
			t.Errorf("prefix %d: %s", r.Prefix, r.Output)
		}
	}
	mails, err := s.Mails(MailOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails[1:] {
		if text := string(m.Data); strings.Contains(text, "\n-#else") && !strings.Contains(text, "\n+#else\n") {
			t.Errorf("the two halves are apart:\n%s", text)
		}
	}
}

// TestCutConditional: text that takes the place of an #ifdef is cut at its definitions, but not between branches that it opens.
func TestCutConditional(t *testing.T) {
	base := treeOf(t, map[string]string{"a.h": "int z;\n#ifdef OLD\nint y;\n#endif\n"})
	tip := treeOf(t, map[string]string{"a.h": "int z;\n#ifndef NONE\n\n#ifdef A\n# define LIMIT 1\n#elif defined(B)\n# define LIMIT 2\n#else\n# define LIMIT 3\n#endif\n\n#ifndef LIMIT\n# error \"no limit\"\n#endif\nstatic int x[LIMIT];\nint y;\n#endif\n"})
	g := graphOf(t, base, tip)
	s, err := g.Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Prove(t.Context(), ProveOptions{Command: "gcc -fsyntax-only a.h && gcc -DA -fsyntax-only a.h && gcc -DNONE -fsyntax-only a.h"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res {
		if !r.OK {
			t.Errorf("prefix %d: %s\n%s", r.Prefix, r.Output, s.Explain())
		}
	}
	if len(s.Patches) < 2 {
		t.Errorf("not cut at all:\n%s", s.Explain())
	}
}

// TestPastedName: X86_FEATURE_NEW_THING exists once a header has NEW_THING for a macro to paste.
func TestPastedName(t *testing.T) {
	base := treeOf(t, map[string]string{"z/features.h": "FEATURE(OLD_THING, 1)\n", "a/use.c": "int f(void)\n{\n    return 0;\n}\n"})
	tip := treeOf(t, map[string]string{"z/features.h": "FEATURE(OLD_THING, 1)\nFEATURE(NEW_THING, 2)\n", "a/use.c": "int f(void)\n{\n    return has(X86_FEATURE_NEW_THING);\n}\n"})
	s, err := graphOf(t, base, tip).Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Patches) != 2 || !strings.HasPrefix(string(s.Graph.Changes[s.Patches[0].Changes[0]].ID), "z/features.h") {
		t.Errorf("the use comes first:\n%s", s.Explain())
	}
}
