package abi

// Hypervisor file system commands (public/hypfs.h).
const (
	XEN_HYPFS_OP_get_version    = 0
	XEN_HYPFS_OP_read           = 1
	XEN_HYPFS_OP_write_contents = 2
)
