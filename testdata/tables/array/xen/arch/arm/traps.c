#include <public/xen.h>

typedef unsigned long fn_t(unsigned long, unsigned long);
typedef struct { fn_t *fn; int nr_args; } arm_hypercall_t;

fn_t do_memory_op, do_domctl;

#define HYPERCALL(name, nr) [ __HYPERVISOR_ ## name ] = { .fn = do_ ## name, .nr_args = nr }

arm_hypercall_t arm_hypercall_table[] = {
    HYPERCALL(memory_op, 2),
    HYPERCALL(domctl, 1),
};
