// Package synth makes the headers that a hypervisor's build generates, from the same inputs, in Go: what the tree's
// awk, sed, shell and Python scripts mean, not what they are. Each function turns the bytes of input files into the
// text of a header whose macros, types and prototypes equal the script's; spacing and comments may differ.
//
// Tests hold each against the files of a real build, macro by macro.
package synth
