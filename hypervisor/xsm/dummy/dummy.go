// Package dummy is the module in force when no other is: every hook does its
// default action, which is what Xen without XSM does (xsm/dummy.h).
//
// The decisions are generated from the catalogue; the few that an action table
// cannot express are here.
package dummy

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// Module is the dummy module; the zero value is ready. It has no state.
type Module struct{}

var _ xsm.Hooks = Module{}

// SetSystemActive takes the privilege of the booting idle domain.
func (Module) SetSystemActive(cur *xsm.Domain) error {
	if cur.ID != abi.DOMID_IDLE {
		return abi.EPERM
	}
	cur.SetControl(false)
	return nil
}

// MMUUpdate asks for the owner of the frame, unless it is I/O memory, and for
// the owner of the page table where that is another domain.
func (Module) MMUUpdate(_, d, t, f *xsm.Domain, _ uint32) error {
	if f == nil || f.ID != abi.DOMID_IO {
		if err := xsm.DefaultAction(xsm.XSMTarget, d, f); err != nil {
			return err
		}
	}
	if t == nil {
		return nil
	}
	return xsm.DefaultAction(xsm.XSMTarget, d, t)
}

// DoXSMOp answers that there is no security server.
func (Module) DoXSMOp(*xsm.Domain, *xsm.Op) error { return abi.ENOSYS }

// DoCompatOp answers that there is no security server.
func (Module) DoCompatOp(*xsm.Domain, *xsm.Op) error { return abi.ENOSYS }
