package verify

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

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

// TestOpposites: a name that undoes what another does is no abbreviation of it.
func TestOpposites(t *testing.T) {
	w := newWords(nil, &profile.Profile{})
	for _, tc := range [][3]string{
		{"map_pirq", "PHYSDEVOP_map_pirq", "PHYSDEVOP_unmap_pirq"},
		{"unmap_pirq", "PHYSDEVOP_unmap_pirq", "PHYSDEVOP_map_pirq"},
		{"assign_device", "XEN_DOMCTL_assign_device", "XEN_DOMCTL_deassign_device"},
	} {
		if same, other := w.like(tc[0], tc[1]), w.like(tc[0], tc[2]); same < other+0.15 {
			t.Errorf("%s fits %s by %.2f and %s by %.2f", tc[0], tc[1], same, tc[2], other)
		}
	}
	if v := w.like("config", "conf"); v < 0.7 {
		t.Errorf("config and conf are alike by %.2f only", v)
	}
}
