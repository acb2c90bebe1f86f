// Package kconfig reads Kconfig files and computes the configuration that they imply: what `conf --defconfig`,
// --allyesconfig or --allnoconfig would write, without running it and without a compiler.
//
// The language and its semantics are those of Linux's Documentation/kbuild/kconfig-language.rst and
// kconfig-macro-language.rst, as read by scripts/kconfig: visibility of prompts, defaults in order, select as a lower
// bound, imply as a weak one, choices, "visible if", ranges. Questions to a toolchain, such as $(cc-option,-fx) or
// $(shell,...), are put to [Source].Answer.
package kconfig
