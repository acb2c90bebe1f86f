//go:build boot

package boot

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
)

// guestID is the domain that dom0 makes and then works on.
const guestID = 1

// bootCase is one operation in the form of the Go model and in that of Xen.
type bootCase struct {
	op   string     // as hv.FindOp knows it
	arg  func() any // a fresh argument for the model
	real probe
}

const (
	domctlVersion   = 0x15
	sysctlVersion   = 0x15
	platformVersion = 0x03000001
	flaskVersion    = 1
)

// pad is n bytes of padding.
func pad(n int) []byte { return make([]byte, n) }

func domctl(op string, cmd uint32, arg func() any, values ...any) bootCase {
	return bootCase{op, arg, control(36, cmd, domctlVersion, uint16(guestID), pad(6), bytesOf(values...))}
}

// onGuest is a domctl without further arguments.
func onGuest(op string, cmd uint32) bootCase {
	return domctl(op, cmd, func() any { return &hv.DomctlDomain{Domain: guestID} })
}

// valueOf is a domctl on a number.
func valueOf(op string, cmd uint32, n uint64, values ...any) bootCase {
	return domctl(op, cmd, func() any { return &hv.DomctlValue{Domain: guestID, Value: n} }, values...)
}

func sysctl(op string, cmd uint32, values ...any) bootCase {
	return bootCase{op, func() any { return &hv.SysctlValue{} }, control(35, cmd, sysctlVersion, values...)}
}

func platform(op string, cmd uint32, values ...any) bootCase {
	return bootCase{op, func() any { return &hv.PlatformValue{} }, control(7, cmd, platformVersion, values...)}
}

func memory(op string, cmd uint32, arg func() any, values ...any) bootCase {
	return bootCase{op, arg, command(12, cmd, values...)}
}

func eventChannel(op string, cmd uint32, arg func() any, values ...any) bootCase {
	return bootCase{op, arg, command(32, cmd, values...)}
}

func physdev(op string, cmd uint32, arg func() any, values ...any) bootCase {
	return bootCase{op, arg, command(33, cmd, values...)}
}

func grant(op string, cmd, statusAt uint32, arg func() any, values ...any) bootCase {
	return bootCase{op, arg, grantOp(cmd, statusAt, values...)}
}

func version(op string, cmd uint32) bootCase {
	p := command(17, cmd)
	p.data = pad(2048)
	return bootCase{op, func() any { return &hv.Version{} }, p}
}

// bootCases lists what dom0 asks for, in an order in which no answer depends on whether an earlier one was refused.
func bootCases() []bootCase {
	var out []bootCase
	for _, part := range [][]bootCase{versionCases(), domctlCases(), sysctlCases(), platformCases(), memoryCases(), eventCases(), grantCases(), physdevCases(), otherCases()} {
		out = append(out, part...)
	}
	for i := range out {
		_, name, found := strings.Cut(out[i].op, "/")
		if !found {
			name = out[i].op
		}
		out[i].real.name = name[:min(len(name), probeName-1)]
	}
	return out
}

func versionCases() []bootCase {
	return []bootCase{
		version("XENVER_version", 0), version("XENVER_extraversion", 1), version("XENVER_compile_info", 2), version("XENVER_capabilities", 3),
		version("XENVER_changeset", 4), version("XENVER_pagesize", 7), version("XENVER_commandline", 9),
	}
}

func domctlCases() []bootCase {
	return []bootCase{
		domctl("XEN_DOMCTL_getdomaininfo", 5, func() any { return &hv.DomainInfo{Domain: guestID} }),
		onGuest("XEN_DOMCTL_pausedomain", 3), onGuest("XEN_DOMCTL_unpausedomain", 4),
		valueOf("XEN_DOMCTL_max_mem", 11, 8192, uint64(8192)),
		valueOf("XEN_DOMCTL_max_vcpus", 15, 1, uint32(1)),
		domctl("XEN_DOMCTL_getvcpuinfo", 14, func() any { return &hv.VCPUInfo{Domain: guestID} }, uint32(0)),
		valueOf("XEN_DOMCTL_getvcpuaffinity", 25, 0, uint32(0), uint32(0)),
		valueOf("XEN_DOMCTL_settimeoffset", 24, 0, int64(0)),
		domctl("XEN_DOMCTL_setdomainhandle", 17, func() any { return &hv.DomctlText{Domain: guestID, Text: "probed"} }, pad(16)),
		valueOf("XEN_DOMCTL_setdebugging", 18, 0, uint8(0)),
		valueOf("XEN_DOMCTL_gettscinfo", 59, 0),
		valueOf("XEN_DOMCTL_get_address_size", 36, 0),
		domctl("XEN_DOMCTL_iomem_permission", 20, func() any { return &hv.IORange{Domain: guestID, First: 0xa0, Count: 1, Allow: true} }, uint64(0xa0), uint64(1), uint8(1)),
		domctl("XEN_DOMCTL_ioport_permission", 21, func() any { return &hv.IORange{Domain: guestID, First: 0x378, Count: 1, Allow: true} }, uint32(0x378), uint32(1), uint8(1)),
		valueOf("XEN_DOMCTL_getnodeaffinity", 69, 0),
		valueOf("XEN_DOMCTL_set_access_required", 64, 0, uint8(0)),
		onGuest("XEN_DOMCTL_resumedomain", 27),
		domctl("XEN_DOMCTL_set_target", 46, func() any { return &hv.SetTarget{Domain: guestID, Target: 0} }, uint16(0)),
		valueOf("XEN_DOMCTL_set_broken_page_p2m", 67, 0, uint64(0)),
	}
}

func sysctlCases() []bootCase {
	return []bootCase{
		sysctl("XEN_SYSCTL_physinfo", 3), sysctl("XEN_SYSCTL_sched_id", 4), sysctl("XEN_SYSCTL_tbuf_op", 2), sysctl("XEN_SYSCTL_getcpuinfo", 8),
		sysctl("XEN_SYSCTL_availheap", 9), sysctl("XEN_SYSCTL_cputopoinfo", 16), sysctl("XEN_SYSCTL_numainfo", 17),
		{"XEN_SYSCTL_debug_keys", func() any { return &hv.DebugKeys{} }, control(35, 7, sysctlVersion)},
		{"XEN_SYSCTL_readconsole", func() any { return &hv.ReadConsole{} }, control(35, 1, sysctlVersion)},
		{"XEN_SYSCTL_getdomaininfolist", func() any { return &hv.DomainInfoList{} }, control(35, 6, sysctlVersion)},
	}
}

func platformCases() []bootCase {
	return []bootCase{
		platform("XENPF_getidletime", 53), platform("XENPF_get_cpuinfo", 55), platform("XENPF_get_cpu_version", 48),
		platform("XENPF_firmware_info", 50), platform("XENPF_read_memtype", 33), platform("XENPF_platform_quirk", 39),
		{"XENPF_cpu_online", func() any { return &hv.PlatformCPU{CPU: 0} }, control(7, 56, platformVersion, uint32(0))},
	}
}

func memoryCases() []bootCase {
	stat := func() any { return &hv.MemoryStat{Dom: guestID} }
	reservation := bytesOf(uint64(0), uint64(0), uint32(0), uint32(0), uint16(guestID))
	none := func() any { return &hv.Reservation{Dom: guestID} }
	return []bootCase{
		memory("XENMEM_current_reservation", 3, stat, uint16(guestID)), memory("XENMEM_maximum_reservation", 4, stat, uint16(guestID)),
		memory("XENMEM_maximum_gpfn", 14, stat, uint16(guestID)),
		memory("XENMEM_populate_physmap", 6, none, reservation), memory("XENMEM_decrease_reservation", 1, none, reservation),
		memory("XENMEM_claim_pages", 24, func() any { return &hv.ClaimPages{Dom: guestID} }, reservation),
		memory("XENMEM_machine_memory_map", 10, func() any { return &hv.MemoryMap{} }, uint32(0)),
		memory("XENMEM_remove_from_physmap", 15, func() any { return &hv.RemoveFromPhysmap{Dom: guestID, GFN: 5} }, uint16(guestID), pad(6), uint64(5)),
	}
}

func eventCases() []bootCase {
	return []bootCase{
		eventChannel("EVTCHNOP_alloc_unbound", 6, func() any { return &hv.EvtchnAllocUnbound{Dom: abi.DOMID_SELF, RemoteDom: guestID} }, uint16(abi.DOMID_SELF), uint16(guestID)),
		eventChannel("EVTCHNOP_status", 5, func() any { return &hv.EvtchnStatus{Dom: guestID, Port: 1} }, uint16(guestID), pad(2), uint32(1)),
		eventChannel("EVTCHNOP_reset", 10, func() any { return &hv.EvtchnReset{Dom: guestID} }, uint16(guestID)),
		eventChannel("EVTCHNOP_bind_ipi", 7, func() any { return &hv.EvtchnBindIPI{} }, uint32(0)),
	}
}

func grantCases() []bootCase {
	return []bootCase{
		grant("GNTTABOP_query_size", 6, 12, func() any { return &hv.GrantQuery{Dom: guestID} }, uint16(guestID)),
		grant("GNTTABOP_setup_table", 2, 8, func() any { return &hv.GrantSetup{Dom: guestID} }, uint16(guestID), pad(2), uint32(0)),
		grant("GNTTABOP_map_grant_ref", 0, 18, func() any { return &hv.GrantMap{Dom: guestID, Ref: 9, Flags: 2} },
			uint64(0), uint32(2), uint32(9), uint16(guestID)),
	}
}

func physdevCases() []bootCase {
	return []bootCase{
		physdev("PHYSDEVOP_map_pirq", 13, func() any { return &hv.MapPIRQ{Dom: guestID, Type: 1, Index: 9, PIRQ: 9} },
			uint16(guestID), pad(2), int32(1), int32(9), int32(9)),
		physdev("PHYSDEVOP_unmap_pirq", 14, func() any { return &hv.UnmapPIRQ{Dom: guestID, PIRQ: 9} }, uint16(guestID), pad(2), int32(9)),
		memory("XENMEM_add_to_physmap", 7, func() any { return &hv.AddToPhysmap{Dom: guestID, Space: 1, Idxs: []uint64{0}, GFNs: []uint64{5}} },
			uint16(guestID), pad(2), uint32(1), uint64(0), uint64(5)),
		physdev("PHYSDEVOP_irq_status_query", 5, func() any { return &hv.EOI{IRQ: 9} }, uint32(9)),
		physdev("PHYSDEVOP_apic_read", 8, func() any { return &hv.APIC{} }, uint64(0xfec00000), uint32(0)),
	}
}

func otherCases() []bootCase {
	hello := probe{nr: 18, arg: [5]uint64{0, 6, 0}, pointers: 4, data: []byte("probe\n")}
	pin := probe{nr: 26, arg: [5]uint64{0, 1, 0, guestID}, pointers: 1, data: padded(bytesOf(uint32(0), pad(4), uint64(1)), 64)}
	return []bootCase{
		{"CONSOLEIO_write", func() any { return &hv.ConsoleIO{Text: "probe\n"} }, hello},
		{"MMUEXT_PIN_L1_TABLE", func() any { return &hv.MMUExt{Dom: guestID, MFN: 1} }, pin},
		{"SCHEDOP_remote_shutdown", func() any { return &hv.Sched{Dom: guestID} }, command(29, 4, uint16(guestID), pad(2), uint32(0))},
	}
}
