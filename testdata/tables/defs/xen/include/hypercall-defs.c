/* Read by the preprocessor first: conditional lines are gone when the rest is read. */

#ifdef CONFIG_COMPAT
rettype: compat int
#define PREFIX_compat compat
#else
#define PREFIX_compat
#endif

defhandle: mmu_update_t

prefix: do PREFIX_compat
memory_op(unsigned long cmd, void *arg)

prefix: do
event_channel_op(int cmd, void *arg)
domctl(xen_domctl_t *u_domctl)
#ifdef CONFIG_PV
mmu_update(mmu_update_t *ureqs, unsigned int count, unsigned int *pdone, unsigned int foreigndom)
#endif
#ifdef CONFIG_HVM
hvm_op(unsigned long op, void *arg)
#endif

#ifdef CONFIG_PV
caller: pv64
#ifdef CONFIG_PV32
caller: pv32
#endif
#endif
#ifdef CONFIG_HVM
caller: hvm64
#endif

table:              pv32       pv64     hvm64
mmu_update          do:1       do:1     -
memory_op           compat     do       do
event_channel_op    do:1       do:1     do:1
domctl              do         do       do
#ifdef CONFIG_HVM
hvm_op              do         do       do
#endif
