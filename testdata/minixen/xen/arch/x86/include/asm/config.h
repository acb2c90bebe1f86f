#ifndef __X86_CONFIG_H__
#define __X86_CONFIG_H__

#define PAGE_SHIFT  12
#define PAGE_SIZE   (1UL << PAGE_SHIFT)
#define PAGE_MASK   (~(PAGE_SIZE - 1))
#define NR_CPUS     16

#endif
