#ifndef __XEN_PUBLIC_PHYSDEV_H__
#define __XEN_PUBLIC_PHYSDEV_H__

#include <public/xen.h>

#define PHYSDEVOP_irq_status_query   5
#define PHYSDEVOP_set_iopl           6
#define PHYSDEVOP_apic_read          8
#define PHYSDEVOP_apic_write         9
#define PHYSDEVOP_eoi               12
#define PHYSDEVOP_map_pirq          13
#define PHYSDEVOP_unmap_pirq        14
#define PHYSDEVOP_setup_gsi         21
#define PHYSDEVOP_pci_device_add    25
#define PHYSDEVOP_pci_device_remove 26

struct physdev_eoi { uint32_t irq; };
struct physdev_irq_status_query { uint32_t irq, flags; };
struct physdev_set_iopl { uint32_t iopl; };
struct physdev_apic { unsigned long apic_physbase; uint32_t reg, value; };
struct physdev_map_pirq { domid_t domid; int type, index, pirq; };
struct physdev_unmap_pirq { domid_t domid; int pirq; };
struct physdev_setup_gsi { int gsi; uint8_t triggering, polarity; };
struct physdev_pci_device { uint32_t sbdf; };

#endif
