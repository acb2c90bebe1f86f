package hv

import (
	"errors"
	"fmt"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// ErrNotRunning is returned for a hypercall of a processor that is down, or whose
// domain is paused, shut down or being destroyed. On a real machine there would
// be nobody to make the call.
var ErrNotRunning = errors.New("hv: the virtual processor is not running")

// Entries into the hypervisor that are no hypercalls, numbered beyond them.
const (
	NrTrap  = 0x100 // emulated instructions
	NrGuest = 0x101 // what guests do to memory they share with the hypervisor
)

// entry is one operation of the dispatch table.
type entry struct {
	name   string // "EVTCHNOP_send"
	newArg func() any
	run    func(h *Hypervisor, v *VCPU, arg any) error
}

// group is one hypercall. enter runs before the operation is looked at, raw
// instead of one.
type group struct {
	name  string // "event_channel_op"
	enter func(h *Hypervisor, v *VCPU, cmd uint32, arg any) error
	raw   func(h *Hypervisor, v *VCPU, cmd uint32, arg any) error
	ops   map[uint32]entry
}

// op makes a table entry; a is the argument's type.
func op[A any](name string, f func(*Hypervisor, *VCPU, *A) error) entry {
	return entry{
		name:   name,
		newArg: func() any { return new(A) },
		run: func(h *Hypervisor, v *VCPU, arg any) error {
			a, ok := arg.(*A)
			if !ok || a == nil {
				return abi.EFAULT
			}
			return f(h, v, a)
		},
	}
}

// domctlOp makes the table entry of a domctl.
func domctlOp[A any, P interface {
	*A
	domctlArg
}](name string, cmd uint32, f func(*Hypervisor, *VCPU, *Domain, P) error) entry {
	g := domctl[A, P](cmd, f)
	return op(name, func(h *Hypervisor, v *VCPU, a *A) error { return g(h, v, P(a)) })
}

// Call makes a hypercall: number, command (0 where there is none) and argument,
// a pointer to the command's type. It returns nil or the error the guest would
// see: an abi.Errno, a GrantStatus, ENOSYS for what does not exist, EFAULT for an
// argument of the wrong type, ErrNotRunning.
func (h *Hypervisor) Call(v *VCPU, nr, cmd uint32, arg any) error {
	if !v.runnable() {
		return ErrNotRunning
	}
	g := dispatch[nr]
	if g == nil {
		return abi.ENOSYS
	}
	if g.raw != nil {
		return g.raw(h, v, cmd, arg)
	}
	if g.enter != nil {
		if err := g.enter(h, v, cmd, arg); err != nil {
			return err
		}
	}
	e, ok := g.ops[cmd]
	if !ok {
		return abi.ENOSYS
	}
	return e.run(h, v, arg)
}

// OpInfo describes one operation of the dispatch table.
type OpInfo struct {
	Name    string // hypercall/COMMAND, as in the hook catalogue
	Nr, Cmd uint32
	NewArg  func() any // a fresh argument
}

// Ops lists the dispatch table, in no particular order. The security hypercall's
// commands are the module's and not listed.
func Ops() []OpInfo {
	var out []OpInfo
	for nr, g := range dispatch {
		for cmd, e := range g.ops {
			out = append(out, OpInfo{g.name + "/" + e.name, nr, cmd, e.newArg})
		}
	}
	return out
}

// FindOp finds an operation by its name, or by its command's name alone.
func FindOp(name string) (OpInfo, error) {
	for _, o := range Ops() {
		if o.Name == name {
			return o, nil
		}
		if g := dispatch[o.Nr]; g.name+"/"+name == o.Name {
			return o, nil
		}
	}
	return OpInfo{}, fmt.Errorf("hv: no operation is called %q", name)
}
