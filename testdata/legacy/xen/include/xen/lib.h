#ifndef __LIB_H__
#define __LIB_H__

#include <xen/compiler.h>
#include <xen/types.h>

int printk(const char *format, ...);
void panic(const char *format, ...);

#endif
