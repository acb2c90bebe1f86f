package ss

import (
	"errors"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// errReload says that the state changed underfoot: try again with the new one.
var errReload = errors.New("the policy was replaced")

// LoadError says why a policy was not loaded; the one before it stays. It
// unwraps to abi.EINVAL and to its cause.
type LoadError struct {
	Reason string
	Cause  error // *policydb.FormatError, or nil
}

func (e *LoadError) Error() string { return "flask: policy not loaded: " + e.Reason }

func (e *LoadError) Unwrap() []error {
	if e.Cause != nil {
		return []error{abi.EINVAL, e.Cause}
	}
	return []error{abi.EINVAL}
}
