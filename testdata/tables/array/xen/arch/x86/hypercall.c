#include <public/xen.h>

typedef unsigned long fn_t(unsigned long, unsigned long);
typedef struct { fn_t *native, *compat; } hypercall_table_t;

fn_t do_memory_op, compat_memory_op, do_domctl, do_mca;

#define HYPERCALL(x)   [ __HYPERVISOR_ ## x ] = { do_ ## x, do_ ## x }
#define COMPAT_CALL(x) [ __HYPERVISOR_ ## x ] = { do_ ## x, compat_ ## x }

const hypercall_table_t pv_hypercall_table[NR_hypercalls] = {
    COMPAT_CALL(memory_op),
    HYPERCALL(domctl),
    HYPERCALL(mca),
};
