#ifndef __X86_IO_H__
#define __X86_IO_H__

#include <xen/sched.h>

int guest_io_write(unsigned int port, uint32_t val);
int guest_io_read(unsigned int port, uint32_t *val);
void do_general_protection(struct vcpu *v, unsigned int port, bool write,
                           uint32_t *data);

#endif
