// Package xsm is the reference hypervisor's security interface: the hooks a
// module answers, generated from the hook catalogue, and the objects hooks are
// given.
//
// The hypervisor embeds these objects in its own and passes pointers to them, so
// a module sees what Xen's modules see of a domain or an event channel and
// nothing else. Fields a hook may read while another processor writes them are
// atomic; modules take no locks of the hypervisor's.
//
// A hook's first parameter is the domain whose virtual processor asks, for Go
// has no per-processor "current". Refusals are abi.Errno values: EPERM from the
// dummy and SILO modules, EACCES from Flask and ACM.
package xsm

//go:generate go run github.com/xsmpatch/xsmpatch/hookgen/gogen/cmd ../..
