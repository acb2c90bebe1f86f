# Stands in for the repository's Config.mk when the tree is the hypervisor's folder alone: what its makefiles need of it.
CFLAGS += $(if $(filter x86_64,$(XEN_TARGET_ARCH)),-m64) -fno-strict-aliasing -std=gnu99 -DBUILD_ID
EMBEDDED_EXTRA_CFLAGS := -fno-pie -fno-stack-protector -fno-exceptions -fno-asynchronous-unwind-tables
CC = gcc
LD = ld
gcc := y
clang := n
comma := ,
open := (
close := )
squote := '
empty :=
space := $(empty) $(empty)
CONFIG_Linux := y
CONFIG_$(if $(filter x86%,$(XEN_TARGET_ARCH)),X86,ARM) := y
build_id_linker := --build-id=sha1
