/*
 * A paravirtual dom0 kernel for tests: the notes by which Xen's builder knows it, its entry, and the hypercall page.
 * The notes are those of Xen's public elfnote.h.
 */
#define NOTE_ENTRY           1
#define NOTE_HYPERCALL_PAGE  2
#define NOTE_VIRT_BASE       3
#define NOTE_PADDR_OFFSET    4
#define NOTE_XEN_VERSION     5
#define NOTE_GUEST_OS        6
#define NOTE_LOADER          8
#define NOTE_FEATURES       10

    .macro note type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
    .endm

    note NOTE_ENTRY, .quad start
    note NOTE_HYPERCALL_PAGE, .quad hypercall_page
    note NOTE_VIRT_BASE, .quad base
    note NOTE_PADDR_OFFSET, .quad 0
    note NOTE_XEN_VERSION, .asciz "xen-3.0"
    note NOTE_GUEST_OS, .asciz "probe"
    note NOTE_LOADER, .asciz "generic"
    note NOTE_FEATURES, .asciz ""

    .text
    .globl start
start:                                  /* Xen enters with the start_info page's address in rsi */
    lea     stack_end(%rip), %rsp
    mov     %rsi, %rdi
    call    kernel
    ud2

    .balign 4096
    .globl hypercall_page
hypercall_page:                         /* filled by Xen: 32 bytes a hypercall */
    .skip   4096

    .bss
    .balign 16
    .skip   16384
stack_end:

    .section .note.GNU-stack, "", @progbits
