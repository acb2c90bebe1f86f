#ifndef __X86_ALTERNATIVE_H__
#define __X86_ALTERNATIVE_H__

/* Indirect calls that a larger hypervisor would patch into direct ones. */
#define alternative_call(func, args...)  ((func)(args))
#define alternative_vcall(func, args...) ((void)(func)(args))

#endif
