// Package boot holds the tests that boot a real Xen, built from the pinned source, under QEMU with a dom0 kernel of ours (testdata/), and
// compare it with the Go hypervisor. It has no code of its own; the tests need the build tag boot and
// XSMPATCH_XEN ("make test-boot").
package boot
