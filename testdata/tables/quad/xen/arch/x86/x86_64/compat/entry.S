#include <public/xen.h>

        .section .rodata, "a", @progbits

ENTRY(compat_hypercall_table)
        .quad do_ni_hypercall           /*  0 */
        .quad do_mmu_update
        .quad do_ni_hypercall
        .quad compat_memory_op
        .quad do_event_channel_op
        .quad do_domctl                 /*  5 */
        .rept NR_hypercalls-((.-compat_hypercall_table)/8)
        .quad do_ni_hypercall
        .endr
