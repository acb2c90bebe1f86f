package abi

// Argo commands (public/argo.h).
const (
	XEN_ARGO_OP_register_ring   = 1
	XEN_ARGO_OP_unregister_ring = 2
	XEN_ARGO_OP_sendv           = 3
	XEN_ARGO_OP_notify          = 4
)
