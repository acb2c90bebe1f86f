package hookgen

import "testing"

// TestBuiltHeaders: the permission headers of a tree that keeps them learn the new permissions; where a makefile makes them, what lies there is a
// build's, and a series that changed it would not apply.
func TestBuiltHeaders(t *testing.T) {
	const header = "xen/xsm/flask/include/av_perm_to_string.h"
	for _, c := range []struct {
		rules   string
		changes bool
	}{
		{"", true},
		{"# av_perm_to_string.h is kept by hand\nobj-y += hooks.o\n", true},
		{"obj-y += hooks.o\nAV_H_FILES := av_perm_to_string.h\n", false},
	} {
		files := lotForms()["old"]
		files["xen/xsm/flask/Makefile"] = c.rules
		after, _, _ := lotGen(t, "old", files)
		src, err := after.ReadFile(header)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(src) != files[header]; got != c.changes {
			t.Errorf("with the rules %q the header is changed: %v, want %v", c.rules, got, c.changes)
		}
	}
}
