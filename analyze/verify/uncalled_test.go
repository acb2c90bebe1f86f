package verify

import "testing"

// TestAnswers: a module's function that asks the default one for the same hook is no use of the hook; a handler of the framework that asks it is.
func TestAnswers(t *testing.T) {
	for src, want := range map[string]bool{
		"static int silo_map(struct domain *a) { return same(a) ? xsm_map(a) : -EPERM; }": true,
		"long do_op(int cmd) { return xsm_map(current); }":                                false,
		"static int silo_remap(struct domain *a) { return xsm_map(a); }":                  false,
	} {
		if got := answers(callRE.FindAllSubmatch([]byte(src), -1), "xsm_", "xsm_map"); got != want {
			t.Errorf("%q: answers says %v", src, got)
		}
	}
}
