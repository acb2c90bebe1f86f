// Command cmd regenerates a catalogue from a Xen tree:
//
//	go run ./hookgen/catalog/importer/cmd TREE FLAVOUR [OLD.yaml] > NEW.yaml
//
// Operations are kept from OLD.yaml.
package main

import (
	"fmt"
	"os"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog/importer"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: cmd TREE FLAVOUR [OLD.yaml]")
	}
	var keep *catalog.Catalog
	if len(args) == 3 {
		src, err := os.ReadFile(args[2])
		if err != nil {
			return err
		}
		if keep, err = catalog.Parse(args[2], src); err != nil {
			return err
		}
	}
	c, err := importer.Import(os.DirFS(args[0]), args[1], keep)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(c.Format())
	return err
}
