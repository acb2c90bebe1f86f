#include <public/xen.h>

.data

ENTRY(hypercall_table)
        .long do_ni_hypercall           /*  0 */
        .long do_mmu_update
        .long do_ni_hypercall
        .long do_memory_op
        .rept NR_hypercalls-((.-hypercall_table)/4)
        .long do_ni_hypercall
        .endr
