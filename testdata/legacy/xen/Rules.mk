XEN_ROOT=$(BASEDIR)/..
include $(XEN_ROOT)/Config.mk

verbose ?= n

TARGET := $(BASEDIR)/xen

HDRS := $(wildcard $(BASEDIR)/include/xen/*.h)
HDRS += $(wildcard $(BASEDIR)/include/public/*.h)
HDRS += $(wildcard $(BASEDIR)/include/asm-x86/*.h)

# Note that link order matters!
ALL_OBJS-y               += $(BASEDIR)/common/built_in.o
ALL_OBJS-y               += $(BASEDIR)/arch/x86/built_in.o

CFLAGS-y                += -D__XEN__ -m64 -nostdinc -ffreestanding -fno-pie -fno-stack-protector
CFLAGS-$(QUOTA_SECURITY) += -DQUOTA_SECURITY
CFLAGS-$(verbose)       += -DVERBOSE
CFLAGS-y                += -I$(BASEDIR)/include

CFLAGS := $(strip $(CFLAGS) $(CFLAGS-y))
AFLAGS := -D__ASSEMBLY__ $(patsubst -std=gnu%,,$(CFLAGS))

include Makefile

obj-y += $(patsubst %,%/built_in.o,$(subdir-y))

built_in.o: $(obj-y)
	$(LD) -r -o $@ $^

%/built_in.o: FORCE
	$(MAKE) -f $(BASEDIR)/Rules.mk -C $* built_in.o

%.o: %.c $(HDRS) Makefile
	$(CC) $(CFLAGS) -c $< -o $@

%.o: %.S $(HDRS) Makefile
	$(CC) $(AFLAGS) -c $< -o $@

.PHONY: FORCE clean
FORCE:
clean::
	rm -f *.o
