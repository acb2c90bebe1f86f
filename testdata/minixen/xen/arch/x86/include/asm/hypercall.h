#ifndef __X86_HYPERCALL_H__
#define __X86_HYPERCALL_H__

#include <xen/types.h>

typedef unsigned long hypercall_fn_t(unsigned long, unsigned long,
                                     unsigned long, unsigned long,
                                     unsigned long);

struct cpu_user_regs {
    unsigned long rax, rdi, rsi, rdx, r10, r8;
    bool compat;
};

typedef struct {
    hypercall_fn_t *native;
#ifdef CONFIG_COMPAT
    hypercall_fn_t *compat;
#endif
} hypercall_table_t;

extern const hypercall_table_t pv_hypercall_table[];
extern const hypercall_table_t hvm_hypercall_table[];

void pv_hypercall(struct cpu_user_regs *regs);
int hvm_hypercall(struct cpu_user_regs *regs);

#endif
