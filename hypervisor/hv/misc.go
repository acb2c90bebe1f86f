package hv

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// Sched is the argument of the sched_op commands.
type Sched struct {
	Dom    DomID  // of remote_shutdown
	Reason uint32 // SHUTDOWN_*
	ID     uint32 // of watchdog
	CPU    int32  // of pin_override
}

// schedYield and schedBlock are about the caller alone. Blocking does not stop
// the caller's goroutine; see VCPU.Wake.
func (h *Hypervisor) schedYield(*VCPU, *Sched) error { return nil }

func (h *Hypervisor) schedShutdown(v *VCPU, a *Sched) error {
	if a.Reason > abi.SHUTDOWN_MAX {
		return abi.EINVAL
	}
	v.dom.stop(a.Reason)
	return nil
}

func (h *Hypervisor) schedShutdownCode(v *VCPU, a *Sched) error {
	if a.Reason > abi.SHUTDOWN_MAX {
		return abi.EINVAL
	}
	v.dom.lock.Lock()
	defer v.dom.lock.Unlock()
	if v.dom.shutdown {
		return abi.EBUSY
	}
	v.dom.shutdownCode = a.Reason
	return nil
}

func (h *Hypervisor) schedRemoteShutdown(v *VCPU, a *Sched) error {
	d := h.lookup(a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.SchedOpShutdown(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	d.stop(a.Reason & 0xff)
	return nil
}

func (h *Hypervisor) schedWatchdog(v *VCPU, a *Sched) error {
	v.dom.lock.Lock()
	defer v.dom.lock.Unlock()
	switch {
	case a.ID > 2:
		return abi.EINVAL
	case a.ID == 0 && v.dom.watchdogs >= 2:
		return abi.ENOSPC
	case a.ID == 0:
		v.dom.watchdogs++
	}
	return nil
}

func (h *Hypervisor) schedPin(v *VCPU, a *Sched) error {
	if !h.isHardware(v.dom) {
		return abi.EPERM
	}
	if a.CPU >= 0 {
		v.affinity.Store(1 << (uint(a.CPU) % 64))
	}
	return nil
}

// ConsoleIO is the argument of console_io.
type ConsoleIO struct {
	Text string // in of a write, out of a read
	Max  int    // of a read; 0 for no limit
}

func (h *Hypervisor) consoleWrite(v *VCPU, a *ConsoleIO) error {
	if err := h.sec.ConsoleIO(v.sec(), &v.dom.Domain, abi.CONSOLEIO_write); err != nil {
		return err
	}
	h.platform.print(a.Text)
	return nil
}

func (h *Hypervisor) consoleRead(v *VCPU, a *ConsoleIO) error {
	if err := h.sec.ConsoleIO(v.sec(), &v.dom.Domain, abi.CONSOLEIO_read); err != nil {
		return err
	}
	a.Text = "" // the model has no serial input
	return nil
}

// Version is the argument of xen_version.
type Version struct {
	Text  string // out of those that answer with text; "<denied>" if refused
	Value uint64 // out of the others
}

const denied = "<denied>"

var versionTexts = map[uint32]string{
	abi.XENVER_extraversion: ".5-xsmpatch", abi.XENVER_compile_info: "go", abi.XENVER_capabilities: "xen-3.0-x86_64",
	abi.XENVER_changeset: "model", abi.XENVER_guest_handle: "", abi.XENVER_commandline: "placeholder=no",
}

// xenVersion makes the handler of one query. Text that is refused reads
// "<denied>"; only build_id fails.
func xenVersion(cmd uint32) func(*Hypervisor, *VCPU, *Version) error {
	return func(h *Hypervisor, v *VCPU, a *Version) error {
		deny := h.sec.XenVersion(v.sec(), cmd) != nil
		switch cmd {
		case abi.XENVER_version:
			a.Value = 4<<16 | 17
		case abi.XENVER_platform_parameters:
			a.Value = 0xffff800000000000
		case abi.XENVER_get_features:
			a.Value = 0x3
		case abi.XENVER_pagesize:
			if a.Value = pageSize; deny {
				a.Value = 0
			}
		case abi.XENVER_build_id:
			if deny {
				return abi.EPERM
			}
			a.Text = "00"
		default:
			if a.Text = versionTexts[cmd]; deny {
				a.Text = denied
			}
		}
		return nil
	}
}

// Profile is the argument of the xenoprof_op commands.
type Profile struct{ Value uint64 }

// profileOp makes the handler of one profiling command. All but five are for the
// primary profiler, which the hardware domain is.
func profileOp(cmd uint32) func(*Hypervisor, *VCPU, *Profile) error {
	guests := []uint32{abi.XENOPROF_init, abi.XENOPROF_enable_virq, abi.XENOPROF_disable_virq, abi.XENOPROF_get_buffer}
	return func(h *Hypervisor, v *VCPU, a *Profile) error {
		if !slices.Contains(guests, cmd) && !h.isHardware(v.dom) {
			return abi.EPERM
		}
		if err := h.sec.Profile(v.sec(), &v.dom.Domain, int(cmd)); err != nil {
			return err
		}
		v.dom.setAttr("xenoprof", cmd, a.Value+1)
		return nil
	}
}

// Kexec is the argument of the kexec_op commands.
type Kexec struct {
	Image uint32
	Value uint64
}

func kexecOp(cmd uint32) func(*Hypervisor, *VCPU, *Kexec) error {
	return func(h *Hypervisor, v *VCPU, a *Kexec) error {
		if err := h.sec.Kexec(v.sec()); err != nil {
			return err
		}
		p := &h.platform
		p.lock.Lock()
		defer p.lock.Unlock()
		_, loaded := p.kexec[a.Image]
		switch cmd {
		case abi.KEXEC_CMD_kexec_load:
			p.kexec[a.Image] = a.Value
		case abi.KEXEC_CMD_kexec_unload:
			delete(p.kexec, a.Image)
		case abi.KEXEC_CMD_kexec_status:
			a.Value = uint64(len(p.kexec))
		case abi.KEXEC_CMD_kexec_get_range:
			a.Value = 0
		case abi.KEXEC_CMD_kexec:
			if !loaded {
				return abi.ENOENT
			}
			p.attrs[attrKey{"kexec", a.Image}]++ // stands for starting the image
		}
		return nil
	}
}

// MCA is the argument of the machine check commands.
type MCA struct {
	CPU   uint32
	Value uint64
}

func mcaOp(cmd uint32) func(*Hypervisor, *VCPU, *MCA) error {
	return func(h *Hypervisor, v *VCPU, a *MCA) error {
		if err := h.sec.DoMCA(v.sec()); err != nil {
			return err
		}
		switch cmd {
		case abi.XEN_MC_fetch, abi.XEN_MC_physcpuinfo:
			a.Value = h.platform.get("mca", a.CPU)
		default:
			h.platform.set("mca", a.CPU, uint64(cmd)<<32|a.Value)
		}
		return nil
	}
}

// PMU is the argument of the xenpmu_op commands.
type PMU struct{ Value uint64 }

func pmuOp(cmd uint32) func(*Hypervisor, *VCPU, *PMU) error {
	return func(h *Hypervisor, v *VCPU, a *PMU) error {
		if v.dom.hvm {
			return abi.EOPNOTSUPP
		}
		if err := h.sec.PMUOp(v.sec(), &v.dom.Domain, cmd); err != nil {
			return err
		}
		switch cmd {
		case abi.XENPMU_mode_get, abi.XENPMU_feature_get:
			a.Value = h.platform.get("pmu", cmd|1)
		case abi.XENPMU_mode_set, abi.XENPMU_feature_set:
			h.platform.set("pmu", cmd, a.Value)
		default:
			v.dom.setAttr("pmu", uint32(v.id), uint64(cmd)+1)
		}
		return nil
	}
}

// HypFS is the argument of the hypfs_op commands.
type HypFS struct {
	Path  string
	Value string // in of a write, out of a read
}

func (h *Hypervisor) hypfsVersion(v *VCPU, a *HypFS) error {
	if err := h.sec.HypFSOp(v.sec()); err != nil {
		return abi.EPERM // Xen replaces the module's reason
	}
	a.Value = "1"
	return nil
}

func (h *Hypervisor) hypfsRead(v *VCPU, a *HypFS) error {
	if err := h.sec.HypFSOp(v.sec()); err != nil {
		return abi.EPERM
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	val, ok := h.platform.hypfs[a.Path]
	if !ok {
		return abi.ENOENT
	}
	a.Value = val
	return nil
}

func (h *Hypervisor) hypfsWrite(v *VCPU, a *HypFS) error {
	if err := h.sec.HypFSOp(v.sec()); err != nil {
		return abi.EPERM
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	switch _, ok := h.platform.hypfs[a.Path]; {
	case !ok:
		return abi.ENOENT
	case len(a.Path) < 8 || a.Path[:8] != "/params/":
		return abi.EACCES
	}
	h.platform.hypfs[a.Path] = a.Value
	return nil
}

// secOp makes the handler of one command of the security hypercall; the argument
// is the module's.
func (h *Hypervisor) secOp(v *VCPU, cmd uint32, arg any) error {
	return h.sec.DoXSMOp(v.sec(), &xsm.Op{Cmd: cmd, Arg: arg})
}

// secOpCompat is the same for 32-bit guests.
func (h *Hypervisor) secOpCompat(v *VCPU, cmd uint32, arg any) error {
	return h.sec.DoCompatOp(v.sec(), &xsm.Op{Cmd: cmd, Arg: arg})
}

// MulticallEntry is one hypercall of a multicall, with its result.
type MulticallEntry struct {
	Nr, Cmd uint32
	Arg     any
	Err     error // out
}

// Multicall is the argument of multicall.
type Multicall struct{ Calls []MulticallEntry }

func (h *Hypervisor) multicall(v *VCPU, a *Multicall) error {
	if len(a.Calls) > maxExtents {
		return abi.EINVAL
	}
	for i := range a.Calls {
		c := &a.Calls[i]
		if c.Nr == abi.HYPERVISOR_multicall {
			c.Err = abi.ENOSYS
			continue
		}
		c.Err = h.Call(v, c.Nr, c.Cmd, c.Arg)
	}
	return nil
}
