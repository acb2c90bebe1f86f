#ifndef __XEN_PCI_H__
#define __XEN_PCI_H__

#include <xen/sched.h>

#define MAX_PDEV 16

struct pci_dev {
    uint32_t sbdf;
    bool present;
    struct domain *domain;
};

struct pci_dev *pci_get_pdev(uint32_t sbdf);
int pci_add_device(uint32_t sbdf);
int pci_remove_device(uint32_t sbdf);

#endif
