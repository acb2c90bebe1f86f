#ifndef __ERRNO_H__
#define __ERRNO_H__

#define EPERM    1
#define ESRCH    3
#define EAGAIN  11
#define EFAULT  14
#define EINVAL  22
#define ENOSPC  28
#define ENOSYS  38

#endif
