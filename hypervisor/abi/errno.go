package abi

import "fmt"

// Errno is one of Xen's error numbers (public/errno.h), held positive; a
// hypercall returns its negative. The zero value is not an error: functions
// return a nil error for success. Values below 256 do not allocate when
// converted to an error.
type Errno uint8

// Xen's error numbers (public/errno.h).
const (
	EPERM        Errno = 1   // operation not permitted
	ENOENT       Errno = 2   // no such object
	ESRCH        Errno = 3   // no such domain
	EINTR        Errno = 4   // interrupted
	EIO          Errno = 5   // input or output error
	ENXIO        Errno = 6   // no such device or address
	E2BIG        Errno = 7   // argument too long
	EBADF        Errno = 9   // bad handle
	EAGAIN       Errno = 11  // try again
	ENOMEM       Errno = 12  // out of memory
	EACCES       Errno = 13  // permission denied
	EFAULT       Errno = 14  // bad address
	EBUSY        Errno = 16  // busy
	EEXIST       Errno = 17  // exists already
	EXDEV        Errno = 18  // across devices
	ENODEV       Errno = 19  // no such device
	EINVAL       Errno = 22  // invalid argument
	ENOSPC       Errno = 28  // no space left
	EROFS        Errno = 30  // read-only
	ERANGE       Errno = 34  // out of range
	EDEADLK      Errno = 35  // would deadlock
	ENOSYS       Errno = 38  // not implemented
	ENODATA      Errno = 61  // no data
	EOVERFLOW    Errno = 75  // value too large
	EILSEQ       Errno = 84  // ill-formed sequence
	ERESTART     Errno = 85  // to be restarted
	EMSGSIZE     Errno = 90  // message too long
	EOPNOTSUPP   Errno = 95  // operation not supported
	EADDRINUSE   Errno = 98  // address in use
	ENOBUFS      Errno = 105 // no buffer space
	EISCONN      Errno = 106 // already connected
	ENOTCONN     Errno = 107 // not connected
	ETIMEDOUT    Errno = 110 // timed out
	ECONNREFUSED Errno = 111 // connection refused
)

var errnoNames = map[Errno]string{
	EPERM:        "EPERM",
	ENOENT:       "ENOENT",
	ESRCH:        "ESRCH",
	EINTR:        "EINTR",
	EIO:          "EIO",
	ENXIO:        "ENXIO",
	E2BIG:        "E2BIG",
	EBADF:        "EBADF",
	EAGAIN:       "EAGAIN",
	ENOMEM:       "ENOMEM",
	EACCES:       "EACCES",
	EFAULT:       "EFAULT",
	EBUSY:        "EBUSY",
	EEXIST:       "EEXIST",
	EXDEV:        "EXDEV",
	ENODEV:       "ENODEV",
	EINVAL:       "EINVAL",
	ENOSPC:       "ENOSPC",
	EROFS:        "EROFS",
	ERANGE:       "ERANGE",
	EDEADLK:      "EDEADLK",
	ENOSYS:       "ENOSYS",
	ENODATA:      "ENODATA",
	EOVERFLOW:    "EOVERFLOW",
	EILSEQ:       "EILSEQ",
	ERESTART:     "ERESTART",
	EMSGSIZE:     "EMSGSIZE",
	EOPNOTSUPP:   "EOPNOTSUPP",
	EADDRINUSE:   "EADDRINUSE",
	ENOBUFS:      "ENOBUFS",
	EISCONN:      "EISCONN",
	ENOTCONN:     "ENOTCONN",
	ETIMEDOUT:    "ETIMEDOUT",
	ECONNREFUSED: "ECONNREFUSED",
}

// Error gives the symbolic name with a minus sign, as Xen's sources write it.
func (e Errno) Error() string {
	if n, ok := errnoNames[e]; ok {
		return "-" + n
	}
	return fmt.Sprintf("-E%d", uint8(e))
}
