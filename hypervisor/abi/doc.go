// Package abi holds the numbers of Xen 4.17's public interface that the
// reference hypervisor speaks: hypercalls, commands, flags, error codes.
//
// Constants keep the spelling of Xen's public headers, as golang.org/x/sys/unix
// keeps the kernel's; a leading underscore is dropped and a leading lower-case
// letter is raised, so that every name is exported. A test behind the build tag
// xen has gcc print each value from the headers and compares.
package abi
