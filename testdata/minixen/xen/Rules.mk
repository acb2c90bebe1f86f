# Read once for each folder, with obj set to it: compiles what the folder's Makefile lists, into FOLDER/built_in.o.
ifndef obj
$(error obj is not set: the top Makefile reads this file for each folder)
endif

-include include/config/auto.conf

obj-y :=
extra-y :=
include $(obj)/Makefile

# A name that ends with a slash is a folder.
obj-y := $(addprefix $(obj)/,$(patsubst %/,%/built_in.o,$(obj-y)))
extra-y := $(addprefix $(obj)/,$(extra-y))
folders := $(filter %/built_in.o,$(obj-y))

c_flags = $(XEN_CFLAGS) $(CFLAGS-y)

# The linker refuses to make something of nothing.
$(obj)/built_in.o: $(obj-y) FORCE
	$(Q)$(if $(strip $(obj-y)),$(LD) -m elf_x86_64 -r -o $@ $(obj-y),$(CC) -m64 -x assembler -Wa,--noexecstack -c -o $@ /dev/null)

$(folders): FORCE
	@$(MAKE) -f Rules.mk obj=$(@D) $@

$(obj)/%.o: $(obj)/%.c include/generated/autoconf.h $(extra-y)
	@echo '  CC  $@'
	$(Q)$(CC) $(c_flags) -MMD -MP -MF $(@D)/.$(@F).d -c -o $@ $<
	@echo 'cmd_$@ := $(CC) $(c_flags) -c -o $@ $<' > $(@D)/.$(@F).cmd

-include $(wildcard $(obj)/.*.o.d)

.PHONY: FORCE
