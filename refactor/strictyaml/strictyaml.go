// Package strictyaml reads the YAML files that people edit: unknown fields are errors, and every error names the file.
package strictyaml

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Unmarshal reads data, the content of the file called name, into v. A field that v does not have is an error.
// The library panics on some malformed documents (a tag without a value where a list is wanted); that is an error too.
func Unmarshal(name string, data []byte, v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: not readable as YAML (%v)", name, r)
		}
	}()
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
