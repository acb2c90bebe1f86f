#ifndef __XEN_CONFIG_H__
#define __XEN_CONFIG_H__

#include <generated/autoconf.h>
#include <xen/compiler.h>
#include <asm/config.h>

#define KB(n) ((n) << 10)
#define MB(n) ((n) << 20)

#ifndef CONFIG_MAX_EVTCHNS
#define CONFIG_MAX_EVTCHNS 256
#endif

#endif
