// Package testdata holds minixen, a small hypervisor in C that shows the tool and its tests
// what a tree looks like: hypercall tables, dispatchers with sub-commands, security hooks that are right
// and hooks that are not. minixen.expect.yaml lists the latter; the C says nothing about them.
//
// The go command leaves folders of this name out of ./... patterns, so the package's tests are in cmd/xsmpatch.
package testdata

import (
	"embed"
	"io/fs"
)

//go:embed all:minixen
var files embed.FS

// MiniXen returns the tree of minixen; the hypervisor itself is below xen/ as in Xen's own repository.
func MiniXen() fs.FS {
	sub, err := fs.Sub(files, "minixen")
	if err != nil {
		panic(err) // the path above is a constant that embed has checked
	}
	return sub
}

// Expect is the text of minixen.expect.yaml: the findings that a checker must report on minixen, and near misses
// that it must not.
//
//go:embed minixen.expect.yaml
var Expect []byte
