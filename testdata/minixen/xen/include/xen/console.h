#ifndef __XEN_CONSOLE_H__
#define __XEN_CONSOLE_H__

#include <xen/types.h>
#include <public/xen.h>
#include <public/sysctl.h>

void console_puts(const char *s, size_t len);
long read_console_ring(struct xen_sysctl_readconsole *op);
long guest_console_write(XEN_GUEST_HANDLE_PARAM(char) buffer,
                         unsigned int count);
void handle_keypress(char key);

#endif
