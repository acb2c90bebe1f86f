// Package policydb reads the binary policies that `checkpolicy -t Xen` writes.
//
// A policy is a string of little-endian words without an index: every section
// is found only by reading the one before it. [Read] goes through them in order
// (header, eight symbol tables, access vector table, conditionals, role rules,
// filename transitions, object contexts, range transitions, type-attribute map)
// and returns an immutable [Policy], or a [*FormatError] that names the section
// and the byte. It never allocates from a count that it has not paid for: lists
// grow as their elements are read, so a truncated file with a count of four
// billion costs no more than the bytes that are there.
//
// Versions 24 and 30 are read, the two that Xen 4.17 loads (POLICY_VER_LIST_HV
// in tools/flask/policy/Makefile.common); the format is that of
// xen/xsm/flask/ss/policydb.c and libsepol's policydb.c.
//
// What is refused here although Xen's reader takes it, because a hypervisor
// would later crash or mislabel on it:
//
//  1. a context whose user, role, type, sensitivity or category has no name;
//  2. overlapping or inverted iomem and ioport ranges, duplicate irqs, PCI
//     devices and device tree paths (checkpolicy writes none);
//  3. constraint operands and operators that Xen meets with BUG();
//  4. empty names and names with blanks, colons or control bytes, which would
//     forge contexts and audit lines;
//  5. initial SIDs above 65535 and tables of more than 65535 values.
package policydb
