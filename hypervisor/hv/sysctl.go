package hv

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

func (h *Hypervisor) sysctlEnter(v *VCPU, cmd uint32, _ any) error {
	return h.sec.Sysctl(v.sec(), int(cmd))
}

// SysctlValue is the argument of most sysctl commands.
type SysctlValue struct {
	Op    uint32
	Index uint32
	Value uint64 // in of those that set, out of those that read
}

// sysctlSet and sysctlGet make the handlers of commands that, in this model,
// store or return a value.
func sysctlSet(name string) func(*Hypervisor, *VCPU, *SysctlValue) error {
	return func(h *Hypervisor, _ *VCPU, a *SysctlValue) error {
		h.platform.set(name, a.Index, uint64(a.Op)<<32|a.Value)
		return nil
	}
}

func sysctlGet(name string) func(*Hypervisor, *VCPU, *SysctlValue) error {
	return func(h *Hypervisor, _ *VCPU, a *SysctlValue) error {
		a.Value = h.platform.get(name, a.Index)
		return nil
	}
}

func (h *Hypervisor) sysctlHeap(_ *VCPU, a *SysctlValue) error {
	a.Value = h.frames.available()
	return nil
}

func (h *Hypervisor) sysctlPhysinfo(_ *VCPU, a *SysctlValue) error {
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	a.Value = 0
	for _, online := range h.platform.cpus {
		if online {
			a.Value++
		}
	}
	return nil
}

// ReadConsole is the argument of XEN_SYSCTL_readconsole.
type ReadConsole struct {
	Clear bool
	Text  string // out
}

func (h *Hypervisor) sysctlReadConsole(v *VCPU, a *ReadConsole) error {
	var clear uint32
	if a.Clear {
		clear = 1
	}
	if err := h.sec.ReadConsole(v.sec(), clear); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	a.Text = string(h.platform.console)
	if a.Clear {
		h.platform.console = nil
	}
	return nil
}

// DomainInfoList is the argument of XEN_SYSCTL_getdomaininfolist.
type DomainInfoList struct {
	First DomID
	Max   int          // 0 for no limit
	Infos []DomainInfo // out: the domains the caller may know of
}

func (h *Hypervisor) sysctlDomainInfoList(v *VCPU, a *DomainInfoList) error {
	a.Infos = nil
	for _, id := range h.ids() {
		d := h.lookup(id)
		if id < a.First || d == nil {
			continue
		}
		if a.Max > 0 && len(a.Infos) == a.Max {
			break
		}
		if err := h.sec.GetDomainInfo(v.sec(), &d.Domain); err != nil {
			continue // not an error: the list has those one may see
		}
		var info DomainInfo
		h.fillInfo(v, d, &info)
		a.Infos = append(a.Infos, info)
	}
	return nil
}

// DebugKeys is the argument of XEN_SYSCTL_debug_keys: 'e' prints event channels
// and 'i' interrupts, with their labels, on the console.
type DebugKeys struct{ Keys string }

func (h *Hypervisor) sysctlDebugKeys(v *VCPU, a *DebugKeys) error {
	for _, k := range a.Keys {
		switch k {
		case 'e':
			h.dumpEvtchns(v)
		case 'i':
			h.dumpIRQs(v)
		default:
			h.platform.print(fmt.Sprintf("'%c' pressed -> no handler\n", k))
		}
	}
	return nil
}

func (h *Hypervisor) dumpEvtchns(v *VCPU) {
	var b strings.Builder
	for _, id := range h.ids() {
		d := h.lookup(id)
		if d == nil {
			continue
		}
		d.evt.lock.RLock()
		for _, c := range d.evt.ports {
			if c.State == xsm.ECSFree || c.State == xsm.ECSReserved {
				continue
			}
			fmt.Fprintf(&b, "d%d port %d: state %d", id, c.Port, c.State)
			if s := h.sec.ShowSecurityEvtchn(v.sec(), &d.Domain, &c.Evtchn); s != "" {
				b.WriteString(" label " + s)
			}
			b.WriteByte('\n')
		}
		d.evt.lock.RUnlock()
	}
	h.platform.print(b.String())
}

func (h *Hypervisor) dumpIRQs(v *VCPU) {
	var b strings.Builder
	for irq := 1; irq < nrIRQs; irq++ {
		h.irqs.lock.Lock()
		d := h.irqs.users[irq]
		h.irqs.lock.Unlock()
		if d == nil {
			continue
		}
		fmt.Fprintf(&b, "irq %d: d%d", irq, d.ID)
		if s := h.sec.ShowIRQSID(v.sec(), irq); s != "" {
			b.WriteString(" label " + s)
		}
		b.WriteByte('\n')
	}
	h.platform.print(b.String())
}

func (h *Hypervisor) sysctlScheduler(v *VCPU, a *SysctlValue) error {
	if err := h.sec.SysctlSchedulerOp(v.sec(), int(a.Op)); err != nil {
		return err
	}
	switch a.Op {
	case abi.XEN_SYSCTL_SCHEDOP_putinfo:
		h.platform.set("sched", a.Index, a.Value)
	case abi.XEN_SYSCTL_SCHEDOP_getinfo:
		a.Value = h.platform.get("sched", a.Index)
	default:
		return abi.EINVAL
	}
	return nil
}

func (h *Hypervisor) sysctlHotplug(v *VCPU, a *SysctlValue) error {
	var err error
	plug := a.Op == abi.XEN_SYSCTL_CPU_HOTPLUG_ONLINE || a.Op == abi.XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE
	switch {
	case a.Op > abi.XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE:
		return abi.EOPNOTSUPP
	case plug:
		err = h.sec.ResourcePlugCore(v.sec())
	default:
		err = h.sec.ResourceUnplugCore(v.sec())
	}
	if err != nil {
		return err
	}
	return h.setCPU(a.Index, plug)
}

// PageOffline is the argument of XEN_SYSCTL_page_offline_op.
type PageOffline struct {
	Cmd    uint32 // sysctl_page_offline, _online or sysctl_query_page_offline
	MFN    uint64
	Status uint32 // out: bits of the frame
}

func (h *Hypervisor) sysctlPageOffline(v *VCPU, a *PageOffline) error {
	if err := h.sec.PageOffline(v.sec(), a.Cmd); err != nil {
		return err
	}
	p := h.frames.page(a.MFN)
	if p == nil {
		return abi.EINVAL
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	switch a.Cmd {
	case abi.Sysctl_page_offline:
		p.offline |= 1
	case abi.Sysctl_page_online:
		p.offline &^= 1
	case abi.Sysctl_query_page_offline:
	default:
		return abi.EINVAL
	}
	a.Status = p.offline
	return nil
}

func (h *Hypervisor) sysctlCPUPool(_ *VCPU, a *SysctlValue) error {
	switch a.Op {
	case abi.XEN_SYSCTL_CPUPOOL_OP_CREATE, abi.XEN_SYSCTL_CPUPOOL_OP_ADDCPU, abi.XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
		h.platform.set("cpupool", a.Index, uint64(a.Op)<<32|a.Value)
	case abi.XEN_SYSCTL_CPUPOOL_OP_DESTROY, abi.XEN_SYSCTL_CPUPOOL_OP_RMCPU:
		h.platform.set("cpupool", a.Index, 0)
	case abi.XEN_SYSCTL_CPUPOOL_OP_INFO, abi.XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
		a.Value = h.platform.get("cpupool", a.Index)
	default:
		return abi.ENOSYS
	}
	return nil
}
