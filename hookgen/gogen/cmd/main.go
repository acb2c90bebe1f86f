// Command cmd writes the generated files under the module root given (the
// current directory without one), from the built-in catalogue.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/gogen"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(root string) error {
	c, err := catalog.Builtin("xen-4.17")
	if err != nil {
		return err
	}
	files, err := gogen.Generate(c)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(root, f.Path)
		if err := os.WriteFile(path+".tmp", f.Text, 0o644); err != nil {
			return err
		}
		if err := os.Rename(path+".tmp", path); err != nil {
			return err
		}
	}
	return nil
}
