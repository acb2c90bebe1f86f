// Package hv is a reference hypervisor: what Xen 4.17 keeps for its guests, as
// Go data under locks, changed only through hypercalls. It exists so that a hook,
// a security module or a policy can be exercised without booting anything.
//
// # What it models
//
// Domains, event channels, grant tables, memory and page tables, I/O resources,
// HVM parameters and device models, the control hypercalls, argo, and the
// security hypercall. Hypercalls have Xen's numbers and typed arguments; one
// table dispatches them (see table.go). Errors are Xen's: abi.Errno for most
// hypercalls, GrantStatus for grant table operations. Where Xen hides a refusal
// from the guest (an extent count, a text of "<denied>", all-ones from
// configuration space) so does this package.
//
// Operations whose effect lies outside the model (CPU policies, machine checks,
// livepatches, ...) have their argument checks and hooks and then store or return
// a value, so that they are visible in the state digest.
//
// # Hooks
//
// Every operation the hook catalogue lists calls its hook where Xen does: after
// the objects are found, before the first side effect. A Hypervisor made without
// a module has no hooks at all; it is the unmodified baseline of measurements.
//
// # Concurrency
//
// Each VCPU belongs to one goroutine at a time; any number of them run at once.
// Locks are taken in this order, and never the other way round:
//
//	Hypervisor.domctl         one control operation at a time
//	grantTable.lock           never two at once
//	evtchns.lock              two domains: lower domain number first
//	argoRings.lock            every ring
//	irqTable.lock             every interrupt
//	page.lock                 never two at once
//	Domain.lock               counters, parameters, processors
//	memory.lock               two domains: lower domain number first
//	frames.lock               the free list
//	Hypervisor.domlist        changes of the table of domains; readers take none
//	platform.lock             the machine: devices, console, values
//
// Hooks are called with the locks held that Xen holds there (the domain's event
// lock for event channels, none for most); modules must not call back.
//
// A refused operation leaves the state as it was: Digest before and after are
// equal. Batches keep what was done before the refusal, as Xen's do.
package hv
