package ss

import "fmt"

// Errno is one of Xen's error numbers (xen/include/public/errno.h), positive.
// A hypercall returns its negative.
type Errno int

// Error numbers that Flask returns.
const (
	EPERM     Errno = 1
	ENOENT    Errno = 2
	ESRCH     Errno = 3
	ENOMEM    Errno = 12
	EACCES    Errno = 13
	EFAULT    Errno = 14
	EEXIST    Errno = 17
	EINVAL    Errno = 22
	ERANGE    Errno = 34
	ENOSYS    Errno = 38
	errReload Errno = -1 // the state changed underfoot: try again
)

var errnoText = map[Errno]string{
	EPERM: "operation not permitted", ENOENT: "no such entry", ESRCH: "no such domain",
	ENOMEM: "out of memory", EACCES: "permission denied", EFAULT: "bad address", EEXIST: "entry exists",
	EINVAL: "invalid argument", ERANGE: "result too large", ENOSYS: "not implemented",
}

func (e Errno) Error() string {
	if s, ok := errnoText[e]; ok {
		return s
	}
	return fmt.Sprintf("error %d", int(e))
}

// LoadError says why a policy was not loaded; the one before it stays. It
// unwraps to EINVAL and to its cause.
type LoadError struct {
	Reason string
	Cause  error // *policydb.FormatError, or nil
}

func (e *LoadError) Error() string { return "flask: policy not loaded: " + e.Reason }

func (e *LoadError) Unwrap() []error {
	if e.Cause != nil {
		return []error{EINVAL, e.Cause}
	}
	return []error{EINVAL}
}
