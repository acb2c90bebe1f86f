package verify

import (
	"slices"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// TestParts: a hook's name that is several words of the code's names in one is split into these, the fewest; a word that the code has is not.
func TestParts(t *testing.T) {
	fn := &analyze.Fn{F: &ir.Func{}}
	var rs []*Region
	for _, l := range []string{"XEN_DOMCTL_max_mem", "XEN_DOMCTL_set_domain_handle", "HVMOP_set_mem_type", "XENPF_get_cpuinfo", "XENPF_set_processor_pminfo", "XENPF_settime", "X_fast_ax_me"} {
		rs = append(rs, &Region{Fn: fn, Labels: []string{l}})
	}
	w := newWords(rs, &profile.Profile{})
	for word, want := range map[string][]string{
		"setdomainmaxmem": {"set", "domain", "max", "mem"}, "getcpuinfo": {"get", "cpuinfo"}, "setpminfo": {"set", "pminfo"},
		"settime": nil, "perfcontrol": nil, "setmemory": nil, "set": nil,
	} {
		if got := w.parts(word); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", word, got, want)
		}
	}
	for _, tc := range [][3]string{
		{"setdomainmaxmem", "XEN_DOMCTL_max_mem", "HVMOP_set_mem_type"},
		{"setpminfo", "XENPF_set_processor_pminfo", "do_set_segment_base"},
		{"getcpuinfo", "XENPF_get_cpuinfo", "XENPF_set_processor_pminfo"},
	} {
		if a, b := w.like(tc[0], tc[1]), w.like(tc[0], tc[2]); a < b+0.1 {
			t.Errorf("%s fits %s by %.2f and %s by %.2f", tc[0], tc[1], a, tc[2], b)
		}
	}
}

// TestCommonWords: that a word starts with one which every name has says little.
func TestCommonWords(t *testing.T) {
	var rs []*Region
	for _, l := range []string{"OP_set_a", "OP_set_b", "OP_set_c", "OP_set_d", "OP_set_e", "OP_set_f", "OP_settimer", "OP_get_g"} {
		rs = append(rs, &Region{Fn: &analyze.Fn{F: &ir.Func{}}, Labels: []string{l}})
	}
	w := newWords(rs, &profile.Profile{})
	if a, b := w.like("settimer", "OP_set_a"), w.like("get", "OP_get_g"); a > b/2 {
		t.Errorf("settimer fits set_a by %.2f, get fits get_g by %.2f", a, b)
	}
}
