package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/acm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flaskmod"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/silo"
)

// Names lists the modules a scenario can run under; none has no hooks at all.
func Names() []string { return []string{"none", "dummy", "silo", "acm", "flask"} }

// Module is a security module by name, with what a toolstack needs of it.
type Module struct {
	Name  string
	Hooks xsm.Hooks        // nil for none
	Flask *flaskmod.Module // nil unless flask
	ACM   *acm.Module      // nil unless acm
}

// Options are a module's: a policy file, and for Flask the mode.
type Options struct {
	Policy     string // file; ACM: YAML; Flask: binary, or rules that checkpolicy compiles
	Permissive bool
	Counted    bool              // Flask counts cache hits, as Xen with AVC_STATS; slower than the look-up
	Log        func(line string) // Flask's console lines
}

// NewModule makes a module. Errors name the policy file.
func NewModule(name string, o Options) (*Module, error) {
	m := &Module{Name: name}
	var policy []byte
	if o.Policy != "" {
		var err error
		if policy, err = os.ReadFile(o.Policy); err != nil {
			return nil, err
		}
	}
	switch name {
	case "none":
	case "dummy":
		m.Hooks = dummy.Module{}
	case "silo":
		m.Hooks = silo.New()
	case "acm":
		if policy == nil {
			return nil, fmt.Errorf("module acm needs a policy")
		}
		p, err := acm.ParsePolicy(o.Policy, policy)
		if err != nil {
			return nil, err
		}
		m.ACM = acm.New(p)
		m.Hooks = m.ACM
	case "flask":
		if policy != nil && !flaskmod.IsBinary(policy) {
			var err error
			if policy, err = flaskmod.Compile(string(policy)); err != nil {
				return nil, fmt.Errorf("%s: %w", o.Policy, err)
			}
		}
		f, err := flaskmod.New(flaskmod.Options{Policy: policy, Permissive: o.Permissive, Uncounted: !o.Counted, Log: o.Log})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Policy, err)
		}
		m.Flask, m.Hooks = f, f
	default:
		return nil, fmt.Errorf("no module is called %q: there are %v", name, Names())
	}
	return m, nil
}

// SSIDRef turns a label into the module's number; modules without labels give 0.
func (m *Module) SSIDRef(label string) (uint32, error) {
	switch {
	case label == "":
		return 0, nil
	case m.Flask != nil:
		sid, err := m.Flask.Server().ContextToSID(label)
		if err != nil {
			return 0, fmt.Errorf("label %q: %w", label, err)
		}
		return uint32(sid), nil
	case m.ACM != nil:
		if ref := m.ACM.Policy().SSIDRef(label); ref != 0 {
			return ref, nil
		}
		return 0, fmt.Errorf("label %q is not in policy %s", label, m.ACM.Policy().Name)
	}
	return 0, nil
}

// Label is the reverse of SSIDRef; "" if the module has no such label.
func (m *Module) Label(ssidref uint32) string {
	switch {
	case m.Flask != nil:
		ctx, err := m.Flask.Server().SIDToContext(policydb.SID(ssidref))
		if err == nil {
			return ctx
		}
	case m.ACM != nil:
		if l := m.ACM.Policy().Labels; ssidref > 0 && int(ssidref) <= len(l) {
			return l[ssidref-1].Name
		}
	}
	return ""
}

// PolicyFile is the scenario's policy for a module, "" if it has none.
func (s *Scenario) PolicyFile(module string) string {
	if p, ok := s.Policies[module]; ok {
		return filepath.Join(s.dir, p)
	}
	return ""
}

// Playable lists the modules the scenario can run under: those it is about, and
// of ACM and Flask those it has a policy for.
func (s *Scenario) Playable() []string {
	var out []string
	for _, m := range Names() {
		needs := m == "acm" || m == "flask"
		if (len(s.Modules) == 0 || slices.Contains(s.Modules, m)) && (!needs || s.PolicyFile(m) != "") {
			out = append(out, m)
		}
	}
	return out
}
