// Package tap is a module between the hypervisor and another module: it shows
// every hook call to a function, which may see and change the decision. Traces,
// lists of denials, learning and fault injection are made of it.
package tap

import "github.com/xsmpatch/xsmpatch/hypervisor/xsm"

// Call is one call of a hook: its name in the catalogue, who asks, and the other
// parameters in order.
type Call struct {
	Hook string
	Cur  *xsm.Domain
	Args []any
}

// Domains lists the domains among the parameters, nil ones left out.
func (c Call) Domains() []*xsm.Domain {
	var out []*xsm.Domain
	for _, a := range c.Args {
		if d, ok := a.(*xsm.Domain); ok && d != nil {
			out = append(out, d)
		}
	}
	return out
}

// Module is the tap. Next decides; nil allows everything and answers the
// security hypercall with ENOSYS. The functions may be nil; they are called from
// many goroutines, with the hypervisor's locks held, and must not call back.
type Module struct {
	Next   xsm.Hooks
	Around func(c Call, next func() error) error // replaces a decision
	Saw    func(c Call)                          // hooks that do not decide
}

var _ xsm.Hooks = (*Module)(nil)

// Attach passes the look-up on to a module that wants it.
func (m *Module) Attach(l xsm.Lookup) {
	if a, ok := m.Next.(xsm.Attacher); ok {
		a.Attach(l)
	}
}

// AttachPeers passes the finder of peers on to a module that wants it.
func (m *Module) AttachPeers(p xsm.Peer) {
	if a, ok := m.Next.(xsm.PeerAttacher); ok {
		a.AttachPeers(p)
	}
}

func (m *Module) around(c Call, next func() error) error {
	if m.Around == nil {
		return next()
	}
	return m.Around(c, next)
}

func (m *Module) saw(c Call) {
	if m.Saw != nil {
		m.Saw(c)
	}
}
