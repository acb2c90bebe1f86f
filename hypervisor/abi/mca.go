package abi

// Machine check commands (public/arch-x86/xen-mca.h).
const (
	XEN_MC_fetch        = 1
	XEN_MC_notifydomain = 2
	XEN_MC_physcpuinfo  = 3
	XEN_MC_msrinject    = 4
	XEN_MC_mceinject    = 5
	XEN_MC_inject_v2    = 6
)
