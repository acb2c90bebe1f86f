#ifndef __XEN_ERRNO_H__
#define __XEN_ERRNO_H__

#define EPERM        1
#define ENOENT       2
#define ESRCH        3
#define ENXIO        6
#define E2BIG        7
#define EAGAIN      11
#define ENOMEM      12
#define EACCES      13
#define EFAULT      14
#define EBUSY       16
#define EEXIST      17
#define EXDEV       18
#define ENODEV      19
#define EINVAL      22
#define ENOSPC      28
#define ERANGE      34
#define ENOSYS      38
#define EOPNOTSUPP  95
#define ERESTART    85

#define MAX_ERRNO 4095
#define IS_ERR(p)   ((unsigned long)(p) >= (unsigned long)-MAX_ERRNO)
#define PTR_ERR(p)  ((long)(p))
#define ERR_PTR(e)  ((void *)(long)(e))

#endif
