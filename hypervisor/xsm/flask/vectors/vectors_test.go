package vectors

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func source(name, text string) Source { return Source{name, strings.NewReader(text)} }

const (
	someClasses = "# classes\nclass xen\nclass file # the second\nclass bare\n"
	someSIDs    = "sid kernel\nsid unlabeled\n"
	someVectors = `common io
{
	read # reading
	write }
class xen { settime
	readconsole }
class file inherits io { link }
class bare inherits io
`
)

func TestParse(t *testing.T) {
	d, err := Parse(source("classes", someClasses), source("sids", someSIDs), source("vectors", someVectors))
	if err != nil {
		t.Fatal(err)
	}
	if d.Class("file") != 2 || d.Class("none") != 0 || d.SID("unlabeled") != 2 || d.SID("none") != 0 {
		t.Errorf("%+v", d)
	}
	if d.Perm("file", "write") != 2 || d.Perm("file", "link") != 4 || d.Perm("xen", "readconsole") != 2 || d.Perm("bare", "read") != 1 || d.Perm("xen", "link") != 0 {
		t.Errorf("%+v", d.Classes)
	}
	names, rest := d.PermNames(2, 0x80000005)
	if !slices.Equal(names, []string{"read", "link"}) || rest != 0x80000000 {
		t.Errorf("%v %#x", names, rest)
	}
}

func TestErrorsAreLocated(t *testing.T) {
	for _, c := range []struct {
		classes, sids, vectors string
		file                   string
		line                   int
		words                  string
	}{
		{"class xen\nclass xen\n", "", "", "classes", 2, "twice"},
		{"class", "", "", "classes", 1, "and a name"},
		{"klass xen", "", "", "classes", 1, `"class"`},
		{"class x\ny", "", "", "classes", 2, `"class"`},
		{"", "sid a\n\nsid a", "", "sids", 3, "twice"},
		{"class a", "", "class b { x }", "vectors", 1, "not among"},
		{"class a", "", "class a { x }\nclass a { y }", "vectors", 2, "twice"},
		{"class a", "", "class a { x\nx }", "vectors", 2, "twice"},
		{"class a", "", "class a {\nx", "vectors", 2, "instead of a permission"},
		{"class a", "", "class a\nx }", "vectors", 2, "instead of {"},
		{"class a", "", "\nclass a inherits b", "vectors", 2, "unknown common"},
		{"class a", "", "}", "vectors", 1, "instead of a class"},
		{"class a", "", "class a { x\x00 }", "vectors", 1, "not a name"},
		{"class a", "", "class a {\n" + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyzABCDEFG", ""), "\n") + "}", "vectors", 34, "at most 32"},
		{strings.Repeat("#", maxSource+1), "", "", "classes", 1, "more than"},
	} {
		_, err := Parse(source("classes", c.classes), source("sids", c.sids), source("vectors", c.vectors))
		var e *SyntaxError
		if !errors.As(err, &e) || e.File != c.file || e.Line != c.line || !strings.Contains(e.Reason, c.words) {
			t.Errorf("%.40q %.40q: %v, want %s:%d %s", c.classes, c.vectors, err, c.file, c.line, c.words)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(someClasses, someSIDs, someVectors)
	f.Add("class a", "", "class a { x\nx }")
	f.Fuzz(func(t *testing.T, classes, sids, vectors string) {
		d, err := Parse(source("c", classes), source("s", sids), source("v", vectors))
		if err != nil {
			return
		}
		for _, c := range d.Classes {
			if len(c.Perms) > 32 || d.Class(c.Name) == 0 {
				t.Errorf("%+v", c)
			}
			for i, p := range c.Perms {
				if d.Perm(c.Name, p) != 1<<i {
					t.Errorf("permission %s of %s is not bit %d", p, c.Name, i)
				}
			}
		}
	})
}
