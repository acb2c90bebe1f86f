#ifndef __COMPILER_H__
#define __COMPILER_H__

#define always_inline __inline__ __attribute__ ((always_inline))
#define __init __attribute__ ((__section__ (".init.text")))

#endif
