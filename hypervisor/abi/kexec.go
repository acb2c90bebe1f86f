package abi

// Kexec commands (public/kexec.h).
const (
	KEXEC_CMD_kexec           = 0
	KEXEC_CMD_kexec_load_v1   = 1
	KEXEC_CMD_kexec_unload_v1 = 2
	KEXEC_CMD_kexec_get_range = 3
	KEXEC_CMD_kexec_load      = 4
	KEXEC_CMD_kexec_unload    = 5
	KEXEC_CMD_kexec_status    = 6
)
