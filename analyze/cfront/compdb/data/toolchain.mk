# What the toolchain answers when a tree's makefiles ask, instead of running it: a GNU toolchain of 2022 (gcc 12,
# binutils 2.40) that takes every option and instruction it is asked about. "override" keeps the tree's own definitions out.
override cc-option = $(2)
override cc-option-add = $(eval $(1) += $(3))
override cc-options-add = $(foreach o,$(3),$(eval $(1) += $(o)))
override cc-ver = $(if $(filter lt le,$(2)),n,y)
override cc-ver-check =
override cc-ifversion = $(if $(filter -lt -le,$(1)),$(4),$(3))
override clang-ifversion = $(4)
override gcc-ver = n
override as-insn = $(3)
override as-insn-check = $(eval $(1) += $(4))
# an instruction text with .error asks for the opposite
override as-option-add = $(eval $(1) += $(if $(findstring .error,$(3)),$(5),$(4)))
override ld-option = y
override ld-ver-build-id = y
override if-success = $(2)
override success = y
override failure = n
override PYTHON = python3
override MAKEFLAGS = rR
