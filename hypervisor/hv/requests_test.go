package hv_test

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// request is one hypercall that succeeds in a fresh world, unless a hook refuses.
type request struct {
	by  *hv.VCPU
	arg any
}

// requests gives, for an operation, a request of each kind that its hooks tell
// apart; without an entry of its own the operation is asked with a zero argument
// about the HVM guest.
func (w *world) requests(op string) []request {
	call, cmd, _ := strings.Cut(op, "/")
	var args []any
	switch call {
	case "domctl", "paging_domctl_cont":
		args = w.domctls(cmd)
	case "sysctl", "platform_op":
		args = w.sysctls(cmd)
	case "memory_op":
		return w.memoryOps(cmd)
	case "mmu_update", "mmuext_op", "update_va_mapping", "update_va_mapping_otherdomain":
		return w.mmuOps(cmd, call)
	case "grant_table_op":
		args = w.grants(cmd)
	case "event_channel_op":
		return w.events(cmd)
	case "physdev_op", "trap":
		args = w.physdevs(cmd)
	case "hvm_op":
		return w.hvms(cmd)
	case "dm_op":
		return w.dms(cmd)
	case "argo_op":
		return w.argos(cmd)
	case "sched_op":
		args = []any{&hv.Sched{Dom: id(w.g), CPU: -1}}
	case "kexec_op":
		args = []any{&hv.Kexec{Value: 3}}
	case "hypfs_op":
		args = []any{&hv.HypFS{Path: "/params/vpmu", Value: "1"}}
	case "console_io":
		args = []any{&hv.ConsoleIO{Text: "hello\n"}}
	case "xsm_op", "xsm_op_compat":
		args = []any{nil}
	}
	if args == nil {
		o, err := hv.FindOp(op)
		if err != nil {
			w.t.Fatal(err)
		}
		args = []any{o.NewArg()}
	}
	var out []request
	for _, a := range args {
		out = append(out, request{w.dom0, a})
	}
	return out
}

func (w *world) domctls(cmd string) []any {
	g := id(w.g)
	switch strings.TrimPrefix(cmd, "XEN_DOMCTL_") {
	case "createdomain":
		return []any{&hv.CreateDomain{MaxVCPUs: 1}, &hv.CreateDomain{MaxVCPUs: 1, Hardware: true}}
	case "getdomaininfo":
		return []any{&hv.DomainInfo{Domain: g}}
	case "setdomainhandle":
		return []any{&hv.DomctlText{Domain: g, Text: "x"}}
	case "destroydomain", "pausedomain", "resumedomain":
		return []any{&hv.DomctlDomain{Domain: g}}
	case "unpausedomain":
		w.must(w.dom0, "XEN_DOMCTL_pausedomain", &hv.DomctlDomain{Domain: g})
		return []any{&hv.DomctlDomain{Domain: g}}
	case "soft_reset":
		return []any{&hv.DomctlDomain{Domain: id(w.idle)}}
	case "set_target":
		return []any{&hv.SetTarget{Domain: id(w.dm), Target: g}}
	case "irq_permission":
		return []any{&hv.IRQPermission{Domain: g, PIRQ: 9, Allow: true}, &hv.IRQPermission{Domain: g, PIRQ: 9}}
	case "iomem_permission":
		return []any{&hv.IORange{Domain: g, First: 0x2000, Count: 4, Allow: true}, &hv.IORange{Domain: g, First: 0x1000, Count: 4},
			&hv.IORange{Domain: id(w.idle), First: 0x2000, Count: 4, Allow: true}}
	case "ioport_permission":
		return []any{&hv.IORange{Domain: g, First: 0x400, Count: 4, Allow: true}, &hv.IORange{Domain: g, First: 0x300, Count: 4},
			&hv.IORange{Domain: id(w.idle), First: 0x400, Count: 4, Allow: true}}
	case "memory_mapping":
		return []any{&hv.IOMapping{Domain: g, First: 0x50, Machine: 0x1000, Count: 2, Add: true}, &hv.IOMapping{Domain: g, First: 0x60, Machine: 0x1004, Count: 2}}
	case "ioport_mapping":
		return []any{&hv.IOMapping{Domain: g, First: 0x50, Machine: 0x300, Count: 2, Add: true}, &hv.IOMapping{Domain: g, First: 0x60, Machine: 0x304, Count: 2}}
	case "bind_pt_irq":
		return []any{&hv.BindPTIRQ{Domain: g, MachineIRQ: 6}}
	case "unbind_pt_irq":
		return []any{&hv.BindPTIRQ{Domain: g, MachineIRQ: 5}}
	case "assign_device":
		return []any{&hv.AssignDevice{Domain: g, SBDF: 0x108}, &hv.AssignDevice{Domain: g, DTPath: "/eth"},
			&hv.AssignDevice{Domain: id(w.idle), SBDF: 0x108}, &hv.AssignDevice{Domain: id(w.idle), DTPath: "/eth"}}
	case "test_assign_device":
		return []any{&hv.AssignDevice{Domain: abi.DOMID_INVALID, SBDF: 0x108}, &hv.AssignDevice{Domain: g, DTPath: "/eth"},
			&hv.AssignDevice{Domain: abi.DOMID_INVALID, DTPath: "/eth"}}
	case "deassign_device":
		return []any{&hv.AssignDevice{Domain: g, SBDF: 0x100}, &hv.AssignDevice{Domain: g, DTPath: "/uart"}}
	case "get_device_group":
		return []any{&hv.DeviceGroup{Domain: g, SBDF: 0x100}}
	case "getvcpuinfo":
		return []any{&hv.VCPUInfo{Domain: g}}
	case "getpageframeinfo3":
		return []any{&hv.PageInfo{Domain: id(w.p), MFN: w.mfn[1]}}
	case "shadow_op":
		return []any{
			&hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION, Value: 9},
			&hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SHADOW_OP_OFF}, &hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SHADOW_OP_CLEAN},
		}
	case "scheduler_op":
		return []any{&hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SCHEDOP_putinfo, Value: 7}, &hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SCHEDOP_getinfo}}
	case "vm_event_op":
		return []any{&hv.DomctlOp{Domain: g, Mode: abi.XEN_DOMCTL_VM_EVENT_OP_SHARING, Op: abi.XEN_VM_EVENT_ENABLE}}
	case "monitor_op":
		return []any{&hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_MONITOR_OP_ENABLE}}
	case "gdbsx_guestmemio":
		return []any{&hv.DomctlValue{Domain: g, VCPU: 1}}
	default:
		return []any{&hv.DomctlValue{Domain: g, Value: 2}}
	}
}

func (w *world) sysctls(cmd string) []any {
	switch cmd {
	case "XEN_SYSCTL_readconsole":
		return []any{&hv.ReadConsole{}, &hv.ReadConsole{Clear: true}}
	case "XEN_SYSCTL_getdomaininfolist":
		return []any{&hv.DomainInfoList{}}
	case "XEN_SYSCTL_debug_keys":
		return []any{&hv.DebugKeys{Keys: "ei"}}
	case "XEN_SYSCTL_cpu_hotplug":
		return []any{
			&hv.SysctlValue{Op: abi.XEN_SYSCTL_CPU_HOTPLUG_OFFLINE, Index: 1},
			&hv.SysctlValue{Op: abi.XEN_SYSCTL_CPU_HOTPLUG_ONLINE, Index: 2},
		}
	case "XEN_SYSCTL_page_offline_op":
		return []any{&hv.PageOffline{Cmd: abi.Sysctl_page_offline, MFN: 3}, &hv.PageOffline{Cmd: abi.Sysctl_page_online, MFN: 3},
			&hv.PageOffline{Cmd: abi.Sysctl_query_page_offline, MFN: 3}}
	case "XEN_SYSCTL_scheduler_op":
		return []any{&hv.SysctlValue{Op: abi.XEN_SYSCTL_SCHEDOP_putinfo, Value: 5}, &hv.SysctlValue{Op: abi.XEN_SYSCTL_SCHEDOP_getinfo}}
	case "XEN_SYSCTL_cpupool_op":
		return []any{&hv.SysctlValue{Op: abi.XEN_SYSCTL_CPUPOOL_OP_CREATE, Value: 5}}
	case "XENPF_cpu_online":
		return []any{&hv.PlatformCPU{CPU: 2}}
	case "XENPF_cpu_offline":
		return []any{&hv.PlatformCPU{CPU: 1}}
	case "XENPF_cpu_hotadd":
		return []any{&hv.PlatformCPU{CPU: 77}}
	case "XENPF_mem_hotadd":
		return []any{&hv.MemHotadd{First: 1 << 20, Last: 1 << 21}}
	}
	return nil
}

func (w *world) by(v *hv.VCPU, args ...any) []request {
	var out []request
	for _, a := range args {
		out = append(out, request{v, a})
	}
	return out
}

func (w *world) memoryOps(cmd string) []request {
	g := id(w.g)
	switch strings.TrimPrefix(cmd, "XENMEM_") {
	case "increase_reservation":
		return w.by(w.dom0, &hv.Reservation{Dom: id(w.p), Count: 1})
	case "populate_physmap":
		return w.by(w.dom0, &hv.Reservation{Dom: g, Count: 1, GFNs: []uint64{20}})
	case "decrease_reservation":
		return w.by(w.dom0, &hv.Reservation{Dom: g, Count: 1, GFNs: []uint64{4}})
	case "exchange":
		return w.by(w.g, &hv.MemoryExchange{Dom: self, In: []uint64{4}, Out: []uint64{9}})
	case "current_reservation", "maximum_reservation", "maximum_gpfn":
		return w.by(w.dom0, &hv.MemoryStat{Dom: g})
	case "add_to_physmap":
		return w.by(w.dom0, &hv.AddToPhysmap{Dom: g, Space: abi.XENMAPSPACE_gmfn, Idxs: []uint64{4}, GFNs: []uint64{9}})
	case "add_to_physmap_batch":
		return w.by(w.dom0, &hv.AddToPhysmap{Dom: g, Space: abi.XENMAPSPACE_gmfn_foreign, Foreign: id(w.p), Idxs: []uint64{1}, GFNs: []uint64{9}})
	case "remove_from_physmap":
		return w.by(w.dom0, &hv.RemoveFromPhysmap{Dom: g, GFN: 4})
	case "claim_pages":
		return w.by(w.dom0, &hv.ClaimPages{Dom: g, Pages: 3})
	case "set_pod_target", "get_pod_target":
		return w.by(w.dom0, &hv.PODTarget{Dom: g, Target: 3})
	case "set_memory_map":
		return w.by(w.dom0, &hv.MemoryMap{Dom: g, Entries: []uint64{9}})
	case "machine_memory_map":
		return w.by(w.dom0, &hv.MemoryMap{})
	case "get_vnumainfo":
		return w.by(w.dom0, &hv.VNUMAInfo{Dom: g})
	case "acquire_resource":
		return w.by(w.dom0, &hv.AcquireResource{Dom: g, Type: abi.XENMEM_resource_grant_table, Frame: 1})
	case "access_op":
		return w.by(w.dom0, &hv.MemAccess{Dom: g, GFN: 1, Access: 1})
	case "paging_op":
		return w.by(w.dom0, &hv.MemPaging{Dom: g, GFN: 1})
	case "sharing_op":
		return w.by(w.dom0, &hv.MemSharing{Dom: g, Cmd: abi.XENMEM_sharing_op_share, GFN: 2, Client: id(w.dm), ClientGFN: 7})
	}
	return nil
}

func (w *world) mmuOps(cmd, call string) []request {
	read, write := xsm.PTE(w.mfn[4]<<12)|1, xsm.PTE(w.mfn[4]<<12)|3
	switch {
	case cmd == "MMU_MACHPHYS_UPDATE":
		return w.by(w.p, &hv.MMUUpdate{PTDom: self, Dom: self, Reqs: []hv.MMUReq{{MFN: w.mfn[4], Val: 30}}})
	case call == "mmu_update":
		lent := xsm.PTE(w.own[0]<<12) | 1 // dom0's frame, lent by another to p
		return append(w.by(w.p, &hv.MMUUpdate{PTDom: self, Dom: self, Reqs: []hv.MMUReq{{MFN: w.mfn[0], Val: write}}}),
			w.by(w.dom0, &hv.MMUUpdate{PTDom: id(w.p), Dom: id(w.dm), Reqs: []hv.MMUReq{{MFN: w.mfn[0], Val: lent}}})...)
	case call == "update_va_mapping":
		return w.by(w.p, &hv.VAMapping{MFN: w.mfn[0], Val: read}, &hv.VAMapping{MFN: w.mfn[0], Val: write})
	case call == "update_va_mapping_otherdomain":
		return w.by(w.p, &hv.VAMapping{Dom: 0, MFN: w.mfn[0], Val: xsm.PTE(w.own[0]<<12) | 1})
	case cmd == "MMUEXT_UNPIN_TABLE":
		return w.by(w.p, &hv.MMUExt{Dom: self, MFN: w.mfn[1]})
	case cmd == "MMUEXT_NEW_BASEPTR":
		return w.by(w.p, &hv.MMUExt{Dom: self, MFN: w.mfn[2]})
	default:
		return w.by(w.p, &hv.MMUExt{Dom: self, MFN: w.mfn[4], Src: w.mfn[3]})
	}
}

func (w *world) grants(cmd string) []any {
	p := id(w.p)
	switch strings.TrimPrefix(cmd, "GNTTABOP_") {
	case "map_grant_ref":
		return []any{&hv.GrantMap{Dom: p, Ref: 1, Flags: abi.GNTMAP_host_map}}
	case "unmap_grant_ref", "unmap_and_replace":
		return []any{&hv.GrantUnmap{Handle: w.handles[1]}}
	case "setup_table":
		return []any{&hv.GrantSetup{Dom: p, Frames: 3}}
	case "get_status_frames":
		w.must(w.g, "GNTTABOP_set_version", &hv.GrantSetVersion{Version: 2})
		return []any{&hv.GrantSetup{Dom: id(w.g), Frames: 1}}
	case "transfer":
		return []any{&hv.GrantTransfer{Frame: w.own[0], Dom: p, Ref: 5}}
	case "copy":
		return []any{&hv.GrantCopy{Src: hv.GrantCopyEnd{Dom: p, Gref: true, Ref: 1}, Dst: hv.GrantCopyEnd{Dom: self, Frame: w.own[0]}, Len: 8}}
	default:
		return []any{&hv.GrantQuery{Dom: p}}
	}
}

// events are made where the next port needs new channels, so that each
// allocation of a port also allocates labels.
func (w *world) events(cmd string) []request {
	w.fillPorts(w.p)
	w.fillPorts(w.dom0)
	switch strings.TrimPrefix(cmd, "EVTCHNOP_") {
	case "alloc_unbound":
		return w.by(w.p, &hv.EvtchnAllocUnbound{Dom: self, RemoteDom: 0})
	case "bind_interdomain":
		return w.by(w.dom0, &hv.EvtchnBindInterdomain{RemoteDom: id(w.p), RemotePort: w.unbound})
	case "bind_virq":
		return w.by(w.p, &hv.EvtchnBindVIRQ{})
	case "bind_ipi":
		return w.by(w.p, &hv.EvtchnBindIPI{})
	case "bind_pirq":
		return w.by(w.dom0, &hv.EvtchnBindPIRQ{PIRQ: 9})
	case "status":
		return w.by(w.dom0, &hv.EvtchnStatus{Dom: id(w.p), Port: w.unbound})
	case "reset":
		return w.by(w.dom0, &hv.EvtchnReset{Dom: self})
	default:
		return w.by(w.dom0, &hv.EvtchnPort{Port: w.port})
	}
}

func (w *world) physdevs(cmd string) []any {
	switch strings.TrimPrefix(cmd, "PHYSDEVOP_") {
	case "map_pirq":
		return []any{
			&hv.MapPIRQ{Dom: id(w.g), Type: abi.MAP_PIRQ_TYPE_GSI, Index: 11, PIRQ: 11},
			&hv.MapPIRQ{Dom: id(w.idle), Type: abi.MAP_PIRQ_TYPE_GSI, Index: 11, PIRQ: 11},
			&hv.MapPIRQ{Dom: id(w.g), Type: abi.MAP_PIRQ_TYPE_MSI, SBDF: 0x100, PIRQ: -1},
		}
	case "unmap_pirq":
		return []any{&hv.UnmapPIRQ{Dom: id(w.g), PIRQ: 7}}
	case "manage_pci_add", "manage_pci_add_ext", "pci_device_add":
		return []any{&hv.PCIOp{SBDF: 0x200}}
	case "manage_pci_remove", "pci_device_remove", "prepare_msix", "release_msix", "restore_msi", "restore_msi_ext":
		return []any{&hv.PCIOp{SBDF: 0x108}}
	case "setup_gsi":
		return []any{&hv.SetupGSI{GSI: 4, Triggering: 1}}
	case "pci_config_read":
		return []any{&hv.PCIConfig{SBDF: 0x100, Reg: 4, Size: 4}}
	case "pci_config_write":
		return []any{&hv.PCIConfig{SBDF: 0x100, Reg: 4, Size: 4, Value: 5}, &hv.PCIConfig{SBDF: 0x100, Reg: 0x10, Size: 4, Value: 5}}
	case "apic_write":
		return []any{&hv.APIC{Reg: 3, Value: 9}}
	}
	return nil
}

func (w *world) hvms(cmd string) []request {
	g := id(w.g)
	switch cmd {
	case "HVMOP_set_param":
		return w.by(w.dom0, &hv.HVMParam{Dom: g, Index: abi.HVM_PARAM_STORE_PFN, Value: 9},
			&hv.HVMParam{Dom: g, Index: abi.HVM_PARAM_ALTP2M, Value: abi.XEN_ALTP2M_mixed})
	case "HVMOP_get_param":
		return w.by(w.dom0, &hv.HVMParam{Dom: g, Index: abi.HVM_PARAM_ALTP2M})
	case "HVMOP_get_mem_type":
		return w.by(w.dom0, &hv.MemType{Dom: g, GFN: 99})
	case "HVMOP_pagetable_dying":
		return w.by(w.g, &hv.PagetableDying{Dom: self, GPA: 5})
	default:
		return w.by(w.dom0, &hv.AltP2M{Dom: g, Cmd: abi.HVMOP_altp2m_switch_p2m, Value: 4})
	}
}

func (w *world) dms(cmd string) []request {
	a := &hv.DMOp{Dom: id(w.g), First: 0x40, Last: 0x4f, Value: 3}
	if cmd == "XEN_DMOP_unmap_io_range_from_ioreq_server" {
		a.First, a.Last = 0x10, 0x1f
	}
	return w.by(w.dom0, a)
}

func (w *world) argos(cmd string) []request {
	switch cmd {
	case "XEN_ARGO_OP_register_ring":
		return w.by(w.p, &hv.ArgoRing{Port: 2, Partner: 0, Size: 4096}, &hv.ArgoRing{Port: 2, Partner: abi.DOMID_INVALID, Size: 4096})
	case "XEN_ARGO_OP_unregister_ring":
		return w.by(w.dom0, &hv.ArgoRing{Port: 1, Partner: abi.DOMID_INVALID})
	case "XEN_ARGO_OP_sendv":
		return w.by(w.p, &hv.ArgoSend{Dom: 0, Port: 1, Data: []byte("hi")})
	default:
		return w.by(w.p, &hv.ArgoNotify{Dom: 0, Port: 1})
	}
}

// fillPorts uses up the channels that are allocated.
func (w *world) fillPorts(v *hv.VCPU) {
	for port := uint32(0); port%64 != 63; {
		a := &hv.EvtchnAllocUnbound{Dom: self, RemoteDom: id(w.idle)}
		w.must(v, "EVTCHNOP_alloc_unbound", a)
		port = a.Port
	}
}
