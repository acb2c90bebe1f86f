package refactor

import "testing"

func TestStyleOf(t *testing.T) {
	xen := "int f(int x)\n{\n    if ( x )\n    {\n        g();\n    }\n    for ( ; ; )\n        ;\n}\n"
	linux := "int f(int x)\n{\n\tif (x) {\n\t\tg();\n\t\th();\n\t} else if (y) {\n\t\tk();\n\t}\n}"
	two := "int f(int x) {\r\n  if(x) {\r\n    g();\r\n  }\r\n}\r\n"
	for name, c := range map[string]struct {
		src  string
		want Style
		head string
	}{
		"xen":   {xen, Style{false, 4, true, true, true, false, true, 80}, "if ( rc )"},
		"linux": {linux, Style{true, 8, false, false, true, false, false, 80}, "if (rc)"},
		"two":   {two, Style{false, 2, false, false, false, true, true, 80}, "if(rc)"},
		"empty": {"", Style{false, 4, true, true, true, false, true, 80}, "if ( rc )"},
	} {
		got := StyleOf([]byte(c.src))
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if h := got.Head("if", "rc"); h != c.head {
			t.Errorf("%s: head %q, want %q", name, h, c.head)
		}
	}
	if got := IndentAt([]byte(xen), 40); got != "        " && got != "    " {
		t.Errorf("indent %q", got)
	}
}
