#include <public/xen.h>

        .section .rodata, "a", @progbits

ENTRY(hypercall_table)
        .quad do_ni_hypercall           /*  0 */
        .quad do_mmu_update
        .quad do_ni_hypercall
        .quad do_memory_op
        .quad do_event_channel_op
        .quad do_domctl                 /*  5 */
        .rept NR_hypercalls-((.-hypercall_table)/8)
        .quad do_ni_hypercall
        .endr

ENTRY(hypercall_args_table)
        .byte 0 /* do_ni_hypercall      */  /*  0 */
        .byte 4 /* do_mmu_update        */
        .byte 0 /* do_ni_hypercall      */
        .byte 2 /* do_memory_op         */
        .byte 2 /* do_event_channel_op  */
        .byte 1 /* do_domctl            */  /*  5 */
        .rept NR_hypercalls-(.-hypercall_args_table)
        .byte 0
        .endr
