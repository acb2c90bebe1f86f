#include <public/xen.h>

#define ENTRY(name) .globl name; name:
#define NR_hypercalls 64

        .data

ENTRY(hypercall_table)
        .quad do_domctl             /*  0 */
        .quad do_ni_hypercall
        .quad do_event_channel_op
        .rept NR_hypercalls-((.-hypercall_table)/8)
        .quad do_ni_hypercall
        .endr

ENTRY(hypercall_args_table)
        .byte 1 /* do_domctl            */  /*  0 */
        .byte 0 /* do_ni_hypercall      */
        .byte 2 /* do_event_channel_op  */
        .rept NR_hypercalls-(.-hypercall_args_table)
        .byte 0 /* do_ni_hypercall      */
        .endr

        .section .note.GNU-stack,"",@progbits
