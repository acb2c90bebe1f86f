package abi

// Hypercall numbers (public/xen.h).
const (
	HYPERVISOR_set_trap_table                = 0
	HYPERVISOR_mmu_update                    = 1
	HYPERVISOR_set_gdt                       = 2
	HYPERVISOR_stack_switch                  = 3
	HYPERVISOR_set_callbacks                 = 4
	HYPERVISOR_fpu_taskswitch                = 5
	HYPERVISOR_platform_op                   = 7
	HYPERVISOR_set_debugreg                  = 8
	HYPERVISOR_get_debugreg                  = 9
	HYPERVISOR_update_descriptor             = 10
	HYPERVISOR_memory_op                     = 12
	HYPERVISOR_multicall                     = 13
	HYPERVISOR_update_va_mapping             = 14
	HYPERVISOR_set_timer_op                  = 15
	HYPERVISOR_xen_version                   = 17
	HYPERVISOR_console_io                    = 18
	HYPERVISOR_grant_table_op                = 20
	HYPERVISOR_vm_assist                     = 21
	HYPERVISOR_update_va_mapping_otherdomain = 22
	HYPERVISOR_iret                          = 23
	HYPERVISOR_vcpu_op                       = 24
	HYPERVISOR_set_segment_base              = 25
	HYPERVISOR_mmuext_op                     = 26
	HYPERVISOR_xsm_op                        = 27
	HYPERVISOR_nmi_op                        = 28
	HYPERVISOR_sched_op                      = 29
	HYPERVISOR_callback_op                   = 30
	HYPERVISOR_xenoprof_op                   = 31
	HYPERVISOR_event_channel_op              = 32
	HYPERVISOR_physdev_op                    = 33
	HYPERVISOR_hvm_op                        = 34
	HYPERVISOR_sysctl                        = 35
	HYPERVISOR_domctl                        = 36
	HYPERVISOR_kexec_op                      = 37
	HYPERVISOR_argo_op                       = 39
	HYPERVISOR_xenpmu_op                     = 40
	HYPERVISOR_dm_op                         = 41
	HYPERVISOR_hypfs_op                      = 42
	HYPERVISOR_arch_0                        = 48
)
