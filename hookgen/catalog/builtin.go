package catalog

import (
	"embed"
	"fmt"
)

//go:embed data/*.yaml
var data embed.FS

// Builtin returns the catalogue that comes with the tool for a flavour such as
// "xen-4.17".
func Builtin(flavour string) (*Catalog, error) {
	name := "data/" + flavour + ".yaml"
	src, err := data.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("no built-in catalogue for %q: %w", flavour, err)
	}
	return Parse(name, src)
}
