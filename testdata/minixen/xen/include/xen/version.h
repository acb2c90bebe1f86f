#ifndef __XEN_VERSION_H__
#define __XEN_VERSION_H__

const char *xen_extra_version(void);
const char *xen_changeset(void);
const char *xen_deny(void);
extern char saved_cmdline[128];

#endif
