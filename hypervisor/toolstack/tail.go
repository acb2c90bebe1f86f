package toolstack

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
)

// MayTail asks whether a domain may read the console, as XEN_SYSCTL_readconsole
// does.
func (s *Stack) MayTail(by string) error {
	v, err := s.VCPU(by)
	if err != nil {
		return err
	}
	return s.h.Call(v, abi.HYPERVISOR_sysctl, abi.XEN_SYSCTL_readconsole, &hv.ReadConsole{})
}
