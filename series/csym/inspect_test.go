package csym

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInspectAgreesWithGcc gives both a sound file and one with a flaw: gcc must reject the second alone, and Inspect must find something in it, by
// the name, that the first has not.
func TestInspectAgreesWithGcc(t *testing.T) {
	const head = "#include <stddef.h>\nint g(int n);\n"
	for _, c := range []struct{ name, sound, flawed string }{
		{"unused", "int f(int a)\n{\n    int unused = a;\n\n    return unused;\n}\n", "int f(int a)\n{\n    int unused = a;\n\n    return a;\n}\n"},
		{"rc", "int f(int a)\n{\n    int rc = g(a);\n\n    return rc;\n}\n", "int f(int a)\n{\n    g(a);\n\n    return rc;\n}\n"},
		{"out", "int f(int a)\n{\n    if ( a )\n        goto out;\n    g(a);\n out:\n    return a;\n}\n", "int f(int a)\n{\n    if ( a )\n        goto out;\n    g(a);\n    return a;\n}\n"},
		{"done", "int f(int a)\n{\n    if ( a )\n        goto done;\n    g(a);\n done:\n    return a;\n}\n", "int f(int a)\n{\n    g(a);\n done:\n    return a;\n}\n"},
		{"f", "void f(int a)\n{\n    g(a);\n    return;\n}\n", "void f(int a)\n{\n    g(a);\n    return a;\n}\n"},
		{"f", "int f(int a)\n{\n    return a;\n}\n", "int f(int a)\n{\n    g(a);\n    return;\n}\n"},
		{"f", "int f(int a)\n{\n    return g(a);\n}\n", "int f(int a)\n{\n    g(a);\n}\n"},
		{"late", "int f(int a)\n{\n    int late = a;\n\n    g(a);\n    return late;\n}\n", "int f(int a)\n{\n    g(a);\n    int late = a;\n\n    return late;\n}\n"},
		{"again", "int f(int a)\n{\n    int again = a;\n\n    return again;\n}\n", "int f(int a)\n{\n    int again = a;\n    int again;\n\n    again = a;\n    return again;\n}\n"},
		{"f", "int f(int a)\n{\n    if ( a )\n        return 1;\n    g(a);\n    return 0;\n}\n", "int f(int a)\n{\n    if ( a )\n        return 1;\n    g(a);\n}\n"},
		{"g", "int g(int k);\n", "void g(int n);\n"},
		{"rc", "int f(int a)\n{\n    int rc;\n\n    if ( a )\n        rc = g(a);\n    else\n        rc = 0;\n    return rc;\n}\n", "int f(int a)\n{\n    int rc;\n\n    if ( a )\n        rc = g(a);\n    return rc;\n}\n"},
		{"rc", "int f(int a)\n{\n    int rc;\n\n    if ( a < 0 )\n        goto out;\n    rc = g(a);\n    if ( rc )\n        return rc;\n out:\n    return 0;\n}\n", "int f(int a)\n{\n    int rc;\n\n    g(a);\n    if ( rc )\n        return rc;\n    return 0;\n}\n"},
		{"k", "int f(int a)\n{\n    int k;\n\n    switch ( a )\n    {\n    case 1:\n        k = g(a);\n        break;\n    default:\n        return 0;\n    }\n    return k;\n}\n", "int f(int a)\n{\n    int k;\n\n    switch ( a )\n    {\n    case 1:\n        if ( k )\n            g(a);\n        break;\n    default:\n        return 0;\n    }\n    return a;\n}\n"},
		{"n", "int f(int a)\n{\n    int n;\n\n    n = g(a);\n    if ( n )\n    {\n        int n = g(1);\n\n        return n;\n    }\n    return 0;\n}\n", "int f(int a)\n{\n    int n;\n\n    if ( a )\n    {\n        int n = g(1);\n\n        return n;\n    }\n    return 0;\n}\n"},
		{"f", "int f(int a)\n{\n    switch ( a )\n    {\n    case 1:\n        return g(a);\n    default:\n        return 0;\n    }\n}\n", "int f(int a)\n{\n    switch ( a )\n    {\n    case 1:\n        g(a);\n        break;\n    default:\n        return 0;\n    }\n}\n"},
		{"f", "int f(int a)\n{\n    for ( ; ; )\n    {\n        if ( g(a) )\n            return 1;\n    }\n}\n", "int f(int a)\n{\n    for ( ; ; )\n    {\n        if ( g(a) )\n            break;\n    }\n}\n"},
		{"f", "int f(int a)\n{\n    if ( a )\n        return 1;\n    else\n        return g(a);\n}\n", "int f(int a)\n{\n    if ( a )\n        return 1;\n    else if ( g(a) )\n        return g(a);\n}\n"},
		{"twice", "int twice(int a)\n{\n    return a;\n}\n", "int twice(int a)\n{\n    return a;\n}\n\nint twice(int a)\n{\n    return a;\n}\n"},
		{"lonely", "static int lonely(int a)\n{\n    return a;\n}\n\nint f(int a)\n{\n    return lonely(a);\n}\n", "static int lonely(int a)\n{\n    return a;\n}\n\nint f(int a)\n{\n    return a;\n}\n"},
		{"early", "static int early(int a)\n{\n    return a;\n}\n\nint f(int a)\n{\n    return early(a);\n}\n", "int f(int a)\n{\n    return early(a);\n}\n\nstatic int early(int a)\n{\n    return a;\n}\n"},
		{"else", "#ifdef A\nint a;\n#else\nint b;\n#endif\n", "#ifdef A\nint a;\n#else\nint b;\n#else\nint c;\n#endif\n"},
		{"if", "#ifdef A\nint a;\n#endif\n", "#ifdef A\nint a;\n"},
		{"endif", "#ifdef A\nint a;\n#endif\n", "int a;\n#endif\n"},
		{"{}", "int f(int a)\n{\n    if ( a )\n    {\n        g(a);\n    }\n    return a;\n}\n", "int f(int a)\n{\n    if ( a )\n    {\n        g(a);\n    return a;\n}\n"},
	} {
		dir := t.TempDir()
		seen := map[Flaw]bool{}
		for _, f := range Inspect("a.c", []byte(head+c.sound)).Flaws {
			f.Line = 0
			seen[f] = true
		}
		found := false
		for _, f := range Inspect("a.c", []byte(head+c.flawed)).Flaws {
			f.Line = 0
			found = found || !seen[f] && f.Name == c.name
		}
		if !found {
			t.Errorf("%s: nothing is found in\n%s", c.name, c.flawed)
		}
		for text, want := range map[string]bool{c.sound: true, c.flawed: false} {
			file := filepath.Join(dir, "a.c")
			if err := os.WriteFile(file, []byte(head+text), 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("gcc", "-std=gnu99", "-O1", "-Wall", "-Wdeclaration-after-statement", "-Werror", "-c", "-o", filepath.Join(dir, "a.o"), file).CombinedOutput()
			if (err == nil) != want {
				t.Errorf("%s: gcc says %v\n%s%s", c.name, err, out, text)
			}
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add("int f(int a)\n{\n    goto x;\n#if A\n    return g(a, (b), {c});\n#else\n}\n")
	f.Add("static struct { int a; } *p(void (*q)(int), ...) { for (;;) { int x = { 1, }; } x: }")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n")
		for _, x := range Inspect("a.c", []byte(text)).Flaws {
			if x.Line < 0 || x.Line > lines || !strings.Contains(x.What, "%s") {
				t.Errorf("%+v in %d lines", x, lines)
			}
		}
	})
}
