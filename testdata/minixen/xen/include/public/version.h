#ifndef __XEN_PUBLIC_VERSION_H__
#define __XEN_PUBLIC_VERSION_H__

#define XENVER_version       0
#define XENVER_extraversion  1
#define XENVER_changeset     4
#define XENVER_commandline   9
#define XENVER_get_features  6

typedef char xen_extraversion_t[16];
typedef char xen_changeset_info_t[64];

#endif
