package scenario_test

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
)

const small = `
name: small
domains:
  - {name: a, frames: [1]}
steps:
  - {by: a, do: XEN_DOMCTL_pausedomain, args: {domain: dom0}, expect: {dummy: deny, "*": EINVAL}}
  - {by: a, do: SCHEDOP_yield, expect: allow}
`

func run(t *testing.T, src, module string) (*scenario.Report, error) {
	t.Helper()
	s, err := scenario.Parse("s.yaml", []byte(src))
	if err != nil {
		return nil, err
	}
	m, err := scenario.NewModule(module, scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return scenario.Run(s, m)
}

func TestExpectations(t *testing.T) {
	r, err := run(t, small, "dummy")
	if err != nil || !r.OK() || r.Results[0].Refused[0] != "domctl" {
		t.Errorf("report %+v, error %v", r, err)
	}
	for what, change := range map[string][2]string{
		"allow where it is denied": {"dummy: deny", "dummy: allow"},
		"deny where it is allowed": {"SCHEDOP_yield, expect: allow", "SCHEDOP_yield, expect: deny"},
	} {
		r, err := run(t, strings.Replace(small, change[0], change[1], 1), "dummy")
		if err != nil || r.OK() {
			t.Errorf("%s was accepted: %+v, error %v", what, r, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct{ old, new, want string }{
		{"by: a,", "by: nobody,", `step 1: by "nobody"`},
		{"XEN_DOMCTL_pausedomain", "XEN_DOMCTL_pause", "no operation is called"},
		{"domain: dom0", "dommain: dom0", "has no field dommain"},
		{"domain: dom0", "domain: zed", "no domain is called zed"},
		{"domain: dom0", "domain: 99999999", "does not fit"},
		{"domain: dom0", "domain: [1]", "takes no list"},
		{"name: a,", "name: dom0,", "two domains are called dom0"},
		{"name: small", "name: small\nmodules: [sand]", `no module is called "sand"`},
		{"steps:", "stepps:", "stepps"},
	} {
		src := strings.Replace(small, tc.old, tc.new, 1)
		if src == small {
			t.Fatalf("%q is not in the scenario", tc.old)
		}
		if _, err := run(t, src, "none"); err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "s.yaml") {
			t.Errorf("%s: error %v, want %q", tc.new, err, tc.want)
		}
	}
}

func TestLearn(t *testing.T) {
	rules := scenario.Learn([]string{
		"avc:  denied  { pause } for current=d1 scontext=u:r:a_t tcontext=u:r:b_t tclass=domain",
		"avc:  denied  { unpause pause } for current=d1 scontext=u:r:a_t tcontext=u:r:b_t tclass=domain",
		"avc:  granted  { destroy } for current=d1 scontext=u:r:a_t tcontext=u:r:b_t tclass=domain",
		"Flask:  Starting in permissive mode.",
		"avc:  denied  { send } for current=d1 scontext=u:r:a_t:s0 tcontext=u:r:e_t:s0 tclass=event",
	})
	want := "allow a_t b_t:domain { pause unpause };|allow a_t e_t:event send;"
	if got := strings.Join(rules, "|"); got != want {
		t.Errorf("learned %s, want %s", got, want)
	}
}

// TestNoYAML: what makes the YAML library panic is an error that names the file.
func TestNoYAML(t *testing.T) {
	for _, bad := range [...]string{"domains: !x ", "domains: [", "\x00", "modules: !x "} {
		if s, err := scenario.Parse("f.yaml", []byte(bad)); s != nil || err == nil || !strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%q: %v, %v", bad, s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := scenario.Parse("fuzz", src)
		if err != nil {
			return
		}
		m, err := scenario.NewModule("dummy", scenario.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s.Machine.Pages = 64
		_, _ = scenario.Run(s, m)
	})
}
