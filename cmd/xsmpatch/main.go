// Command xsmpatch finds, writes, splits and verifies authorization hooks in a hypervisor tree.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
