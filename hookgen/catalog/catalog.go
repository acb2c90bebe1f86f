// Package catalog is the one hook catalogue: what a hypervisor's authorization
// hooks are called, what they are given, what they decide by default, which
// permissions Flask asks for and which operations they mediate.
//
// The C tables, the Go interface and the policy are all generated from it. It is
// a leaf: it reads, checks, prints and compares catalogues and knows nothing of C
// trees or of the code made from it.
//
// A catalogue is a YAML file:
//
//	version: 1
//	flavour: xen-4.17
//	hooks:
//	  - name: evtchn_send
//	    phase: authorize
//	    params: ["struct domain *d", "struct evtchn *chn"]
//	    action: XSM_HOOK
//	    subject: d
//	    vectors: [event:send]
//	    operations: [event_channel_op/EVTCHNOP_send]
//
// subject and object name the parties of the default action ("current" is the
// calling domain, an absent object is none). rules replace the action by the
// first match when the default depends on arguments. guard is the configuration
// in which the hook exists.
package catalog

import "strings"

// Catalog is a set of hooks in file order, with unique names.
type Catalog struct {
	Flavour string // the hypervisor version it describes, e.g. "xen-4.17"
	Hooks   []*Hook
}

// Hook is one authorization or notification hook. Its name has no prefix
// (evtchn_send, not xsm_evtchn_send).
type Hook struct {
	Name    string
	Phase   Phase
	Params  []Param
	Result  string // C result type; "int" for a decision
	Action  Action
	Subject string // parameter, or "current", or "" where no default is computed
	Object  string // parameter, or "" for none
	Rules   []Rule // first match wins; used with XSM_OTHER
	Vectors []Vector
	Guard   Guard
	Ops     []OpRef
	Line    int // where the catalogue file has it; 0 if made by a program
}

// Phase says when in an object's life a hook runs. Authorize and alloc hooks can
// refuse; notify and free hooks cannot.
type Phase string

// The phases. An alloc hook is undone by its free hook.
const (
	Authorize Phase = "authorize"
	Notify    Phase = "notify"
	Alloc     Phase = "alloc"
	Free      Phase = "free"
)

// Param is one C parameter: a type as C spells it, and a name.
type Param struct{ Type, Name string }

// String gives the declaration, e.g. "struct domain *d".
func (p Param) String() string {
	if strings.HasSuffix(p.Type, "*") {
		return p.Type + p.Name
	}
	if base, ok := strings.CutSuffix(p.Type, "[]"); ok {
		return base + " " + p.Name + "[]"
	}
	return p.Type + " " + p.Name
}

// Action is a default action of Xen (xsm/xsm.h, enum xsm_default), or None for a
// hook that has no default check.
type Action string

// The default actions. XSMOther means that the hook's rules decide.
const (
	XSMHook   Action = "XSM_HOOK"
	XSMTarget Action = "XSM_TARGET"
	XSMPriv   Action = "XSM_PRIV"
	XSMDMPriv Action = "XSM_DM_PRIV"
	XSMXSPriv Action = "XSM_XS_PRIV"
	XSMOther  Action = "XSM_OTHER"
	None      Action = "none"
	Deny      Action = "deny" // in rules only: refused whoever asks
)

// Rule gives the default action where every condition holds.
type Rule struct {
	When   []Cond
	Action Action
}

// Cond holds when the parameter (or a flag of it, "d.is_console") has one of the
// values, given as C constants.
type Cond struct {
	Param string
	In    []string
}

// Vector is one permission of a Flask class that the hook may ask for.
type Vector struct{ Class, Perm string }

// String gives class:perm.
func (v Vector) String() string { return v.Class + ":" + v.Perm }

// Guard is a C preprocessor condition, e.g. "CONFIG_X86"; empty if unconditional.
type Guard string

// OpRef names an operation: the hypercall and its sub-command,
// e.g. "domctl/XEN_DOMCTL_pausedomain".
type OpRef string

// Hook finds a hook by name.
func (c *Catalog) Hook(name string) (*Hook, bool) {
	for _, h := range c.Hooks {
		if h.Name == name {
			return h, true
		}
	}
	return nil, false
}

// Void reports whether the hook returns nothing.
func (h *Hook) Void() bool { return h.Result == "void" }
