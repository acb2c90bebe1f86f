// Package flask is the Flask module's core: the label of each domain and event
// channel, permission checks through the access vector cache, and the commands
// of the security hypercall.
//
// Three kinds of labels:
//
//   - Domains and event channels carry SIDs that the hypervisor manages. A domain
//     has three: its own, the one it has as its own target (self), and the one
//     its target has for it (target), so that a policy can tell "on itself" and
//     "on the domain it is device model for" from "on another of the same type".
//   - Interrupts, IO memory, IO ports, PCI devices and device tree nodes have the
//     SIDs that the policy gives them; ADD_OCONTEXT and its kin change them until
//     the next policy is loaded. See [Module.Server].
//   - Pages have the SID of their owner.
//
// A [Module] has the methods of xsm.Hooks that handle labels and event channels
// and the security hypercall; a module adapter embeds it and adds the hooks that
// only name a permission, each a call of [Module.CurrentHas] or
// [Module.DomainHas]. The semantics are those of xen/xsm/flask/hooks.c and
// flask_op.c of Xen 4.17.
//
// Packages below: policydb reads policies, vectors reads the hypervisor's
// permissions, ss decides, avc remembers, policytest serves tests.
package flask
