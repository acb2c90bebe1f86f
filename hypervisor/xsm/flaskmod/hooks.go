package flaskmod

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
)

// command asks about a command in a table; a command without a permission is
// unknown.
func (m *Module) command(t map[uint32]flask.Perm, what string, cmd uint32, ask func(flask.Perm) error) error {
	if p, ok := t[cmd]; ok {
		return ask(p)
	}
	return m.Unknown(what, int(cmd))
}

// Domctl asks about commands that have no hook of their own. A domain that is
// about to be made is known by its label only.
func (m *Module) Domctl(cur, d *xsm.Domain, cmd, ssidref uint32) error {
	switch {
	case cmd == abi.XEN_DOMCTL_createdomain:
		return m.CurrentHas(cur, flask.SID(ssidref), m.p.named["domain create"])
	case ownHooks[cmd]:
		return nil
	}
	return m.command(m.p.domctl, "domctl", cmd, func(p flask.Perm) error { return m.DomainHas(cur, cur, d, p) })
}

// GetDomainInfo asks domain:getdomaininfo.
func (m *Module) GetDomainInfo(cur, d *xsm.Domain) error { return m.on(cur, d, "domain getdomaininfo") }

// DomctlSchedulerOp asks about a domain's scheduling parameters.
func (m *Module) DomctlSchedulerOp(cur, d *xsm.Domain, cmd int) error {
	return m.command(m.p.domSched, "domctl_scheduler_op", uint32(cmd), func(p flask.Perm) error { return m.DomainHas(cur, cur, d, p) })
}

// SysctlSchedulerOp asks about the scheduler's parameters.
func (m *Module) SysctlSchedulerOp(cur *xsm.Domain, cmd int) error {
	return m.command(m.p.sysSched, "sysctl_scheduler_op", uint32(cmd), func(p flask.Perm) error { return m.XenHas(cur, cur, p) })
}

// Sysctl asks about commands that have no hook of their own.
func (m *Module) Sysctl(cur *xsm.Domain, cmd int) error {
	if ownSysctl[uint32(cmd)] {
		return nil
	}
	return m.command(m.p.sysctl, "sysctl", uint32(cmd), func(p flask.Perm) error { return m.XenHas(cur, cur, p) })
}

// PlatformOp asks about commands that have no hook of their own.
func (m *Module) PlatformOp(cur *xsm.Domain, op uint32) error {
	if ownPlatform[op] {
		return nil
	}
	return m.command(m.p.platform, "platform_op", op, func(p flask.Perm) error { return m.XenHas(cur, cur, p) })
}

// ReadConsole asks xen:readconsole, and clearconsole where the ring is cleared.
func (m *Module) ReadConsole(cur *xsm.Domain, clear uint32) error {
	p := m.p.readConsole
	if clear != 0 {
		p = both(p, m.p.clearConsole)
	}
	return m.XenHas(cur, cur, p)
}

// GrantMapRef asks for reading, and writing unless the mapping is read-only.
func (m *Module) GrantMapRef(cur, d1, d2 *xsm.Domain, flags uint32) error {
	p := m.p.mapRead
	if flags&abi.GNTMAP_readonly == 0 {
		p = both(p, m.p.mapWrite)
	}
	return m.DomainHas(cur, d1, d2, p)
}

// GrantUnmapRef asks grant:unmap.
func (m *Module) GrantUnmapRef(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.grantUnmap)
}

// GrantSetup asks grant:setup.
func (m *Module) GrantSetup(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.grantSetup)
}

// GrantTransfer asks grant:transfer.
func (m *Module) GrantTransfer(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.grantTransfer)
}

// GrantCopy asks grant:copy.
func (m *Module) GrantCopy(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.grantCopy)
}

// GrantQuerySize asks grant:query.
func (m *Module) GrantQuerySize(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.grantQuery)
}

// InitHardwareDomain asks domain2:create_hardware_domain.
func (m *Module) InitHardwareDomain(cur, d *xsm.Domain) error {
	return m.on(cur, d, "domain2 create_hardware_domain")
}

// GetPodTarget asks domain:getpodtarget.
func (m *Module) GetPodTarget(cur, d *xsm.Domain) error { return m.on(cur, d, "domain getpodtarget") }

// SetPodTarget asks domain:setpodtarget.
func (m *Module) SetPodTarget(cur, d *xsm.Domain) error { return m.on(cur, d, "domain setpodtarget") }

// MemoryExchange asks mmu:exchange.
func (m *Module) MemoryExchange(cur, d *xsm.Domain) error {
	return m.DomainHas(cur, cur, d, m.p.mmuExchange)
}

// MemoryAdjustReservation asks mmu:adjust.
func (m *Module) MemoryAdjustReservation(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.mmuAdjust)
}

// MemoryStatReservation asks mmu:stat.
func (m *Module) MemoryStatReservation(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.mmuStat)
}

// MemoryPinPage asks mmu:pinpage.
func (m *Module) MemoryPinPage(cur, d1, d2 *xsm.Domain, _ *xsm.Page) error {
	return m.DomainHas(cur, d1, d2, m.p.mmuPin)
}

// AddToPhysmap asks mmu:physmap.
func (m *Module) AddToPhysmap(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.mmuPhysmap)
}

// RemoveFromPhysmap asks mmu:physmap.
func (m *Module) RemoveFromPhysmap(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.mmuPhysmap)
}

// MapGmfnForeign asks for reading and writing.
func (m *Module) MapGmfnForeign(cur, d, t *xsm.Domain) error {
	return m.DomainHas(cur, d, t, both(m.p.mmuRead, m.p.mmuWrite))
}

// ClaimPages asks domain2:setclaim.
func (m *Module) ClaimPages(cur, d *xsm.Domain) error { return m.on(cur, d, "domain2 setclaim") }

// ConsoleIO asks xen:readconsole or writeconsole.
func (m *Module) ConsoleIO(cur, d *xsm.Domain, cmd int) error {
	return m.command(m.p.console, "console_io", uint32(cmd), func(p flask.Perm) error { return m.XenHas(cur, d, p) })
}

// Profile asks xen:nonprivprofile or privprofile.
func (m *Module) Profile(cur, d *xsm.Domain, op int) error {
	return m.command(m.p.profile, "xenoprof op", uint32(op), func(p flask.Perm) error { return m.XenHas(cur, d, p) })
}

// Kexec asks xen:kexec.
func (m *Module) Kexec(cur *xsm.Domain) error { return m.xen(cur, "xen kexec") }

// SchedOpShutdown asks domain:shutdown.
func (m *Module) SchedOpShutdown(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.p.named["domain shutdown"])
}

// HypFSOp asks xen:hypfs_op.
func (m *Module) HypFSOp(cur *xsm.Domain) error { return m.xen(cur, "xen hypfs_op") }

// HVMParam asks hvm:setparam, getparam or hvmctl.
func (m *Module) HVMParam(cur, d *xsm.Domain, op uint64) error {
	switch op {
	case abi.HVMOP_set_param:
		return m.on(cur, d, "hvm setparam")
	case abi.HVMOP_get_param:
		return m.on(cur, d, "hvm getparam")
	}
	return m.on(cur, d, "hvm hvmctl")
}

// HVMParamAltP2MHVM asks hvm:altp2mhvm.
func (m *Module) HVMParamAltP2MHVM(cur, d *xsm.Domain) error { return m.on(cur, d, "hvm altp2mhvm") }

// HVMAltP2MHVMOp asks hvm:altp2mhvm_op; a domain on itself is refused with EPERM
// where the mode keeps it to others.
func (m *Module) HVMAltP2MHVMOp(cur, d *xsm.Domain, mode uint64, op uint32) error {
	external := mode == abi.XEN_ALTP2M_external || mode == abi.XEN_ALTP2M_limited && op != abi.HVMOP_altp2m_vcpu_enable_notify
	if external && d == cur {
		return abi.EPERM
	}
	return m.on(cur, d, "hvm altp2mhvm_op")
}

// GetVNUMAInfo asks domain2:get_vnumainfo.
func (m *Module) GetVNUMAInfo(cur, d *xsm.Domain) error { return m.on(cur, d, "domain2 get_vnumainfo") }

// VMEventControl asks domain2:vm_event.
func (m *Module) VMEventControl(cur, d *xsm.Domain, _, _ int) error {
	return m.on(cur, d, "domain2 vm_event")
}

// MemAccess asks domain2:mem_access.
func (m *Module) MemAccess(cur, d *xsm.Domain) error { return m.on(cur, d, "domain2 mem_access") }

// MemPaging asks domain2:mem_paging.
func (m *Module) MemPaging(cur, d *xsm.Domain) error { return m.on(cur, d, "domain2 mem_paging") }

// MemSharing asks domain2:mem_sharing.
func (m *Module) MemSharing(cur, d *xsm.Domain) error { return m.on(cur, d, "domain2 mem_sharing") }

// MemSharingOp asks the caller for hvm:mem_sharing on the client, and the owner
// for hvm:share_mem.
func (m *Module) MemSharingOp(cur, d, cd *xsm.Domain, _ int) error {
	if err := m.on(cur, cd, "hvm mem_sharing"); err != nil {
		return err
	}
	return m.DomainHas(cur, d, cd, m.p.named["hvm share_mem"])
}

// DoMCA asks xen:mca_op.
func (m *Module) DoMCA(cur *xsm.Domain) error { return m.xen(cur, "xen mca_op") }

// ShadowControl asks about paging assistance.
func (m *Module) ShadowControl(cur, d *xsm.Domain, op uint32) error {
	return m.command(m.p.shadow, "shadow_control", op, func(p flask.Perm) error { return m.DomainHas(cur, cur, d, p) })
}

// Apic asks xen:readapic or writeapic.
func (m *Module) Apic(cur, d *xsm.Domain, cmd int) error {
	return m.command(m.p.apic, "apic", uint32(cmd), func(p flask.Perm) error { return m.XenHas(cur, d, p) })
}

// MachineMemoryMap asks mmu:memorymap on the hypervisor.
func (m *Module) MachineMemoryMap(cur *xsm.Domain) error { return m.XenHas(cur, cur, m.p.mmuMemoryMap) }

// DomainMemoryMap asks mmu:memorymap.
func (m *Module) DomainMemoryMap(cur, d *xsm.Domain) error {
	return m.DomainHas(cur, cur, d, m.p.mmuMemoryMap)
}

// MMUUpdate asks about foreign page tables, and about the frames mapped.
func (m *Module) MMUUpdate(cur, d, t, f *xsm.Domain, flags uint32) error {
	if t != nil && d != t {
		if err := m.DomainHas(cur, d, t, m.p.mmuRemap); err != nil {
			return err
		}
	}
	p := flask.Perm{Class: m.p.mmuRead.Class}
	if flags&xsm.MMUUpdateRead != 0 {
		p = both(p, m.p.mmuRead)
	}
	if flags&xsm.MMUUpdateWrite != 0 {
		p = both(p, m.p.mmuWrite)
	}
	if flags&xsm.MMUMachphysUpdate != 0 {
		p = both(p, m.p.mmuMP)
	}
	if p.AV == 0 {
		return nil
	}
	return m.DomainHas(cur, d, f, p)
}

// MMUExtOp asks mmu:mmuext_op.
func (m *Module) MMUExtOp(cur, d, f *xsm.Domain) error { return m.DomainHas(cur, d, f, m.p.mmuExt) }

// UpdateVAMapping asks about the frame mapped; an absent entry maps none.
func (m *Module) UpdateVAMapping(cur, d, f *xsm.Domain, pte xsm.PTE) error {
	if pte&xsm.PTEPresent == 0 {
		return nil
	}
	p := m.p.mmuRead
	if pte&xsm.PTEWrite != 0 {
		p = both(p, m.p.mmuWrite)
	}
	return m.DomainHas(cur, d, f, p)
}

// PrivMapping asks mmu:target_hack.
func (m *Module) PrivMapping(cur, d, t *xsm.Domain) error {
	return m.DomainHas(cur, d, t, m.p.mmuTargetHack)
}

// PMUOp asks xen2:pmu_ctrl or pmu_use; other commands are refused with EPERM.
func (m *Module) PMUOp(cur, d *xsm.Domain, op uint32) error {
	if p, ok := m.p.pmu[op]; ok {
		return m.XenHas(cur, d, p)
	}
	return abi.EPERM
}

// DMOp asks hvm:dm.
func (m *Module) DMOp(cur, d *xsm.Domain) error { return m.on(cur, d, "hvm dm") }

// XenVersion asks about a query; three are everybody's, unknown ones refused
// with EPERM.
func (m *Module) XenVersion(cur *xsm.Domain, op uint32) error {
	switch op {
	case abi.XENVER_version, abi.XENVER_platform_parameters, abi.XENVER_get_features:
		return nil
	}
	if p, ok := m.p.version[op]; ok {
		return m.XenHas(cur, cur, p)
	}
	return abi.EPERM
}

// DomainResourceMap asks domain2:resource_map.
func (m *Module) DomainResourceMap(cur, d *xsm.Domain) error {
	return m.on(cur, d, "domain2 resource_map")
}

// ArgoEnable asks argo:enable.
func (m *Module) ArgoEnable(cur, d *xsm.Domain) error {
	return m.XenHas(cur, d, m.p.named["argo enable"])
}

// ArgoRegisterSingleSource asks argo:register_single_source.
func (m *Module) ArgoRegisterSingleSource(cur, d, t *xsm.Domain) error {
	return m.DomainHas(cur, d, t, m.p.named["argo register_single_source"])
}

// ArgoRegisterAnySource asks argo:register_any_source.
func (m *Module) ArgoRegisterAnySource(cur, d *xsm.Domain) error {
	return m.XenHas(cur, d, m.p.named["argo register_any_source"])
}

// ArgoSend asks argo:send.
func (m *Module) ArgoSend(cur, d, t *xsm.Domain) error {
	return m.DomainHas(cur, d, t, m.p.named["argo send"])
}
