package compdb

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// flagMacros maps a compiler option to the macros it defines or undefines against the compiler's defaults
// (GCC manual, "Common Predefined Macros" and the option descriptions).
type flagMacros map[string][]cpp.Define

// loadFlagMacros reads the embedded table.
func loadFlagMacros() flagMacros {
	data, _ := dataFS.ReadFile("data/gccflags.txt") // embedded: cannot fail
	m := flagMacros{}
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		for _, w := range f[1:] {
			w = strings.ReplaceAll(w, `\_`, " ")
			if name, undef := strings.CutPrefix(w, "!"); undef {
				m[f[0]] = append(m[f[0]], cpp.Define{Name: name, Undef: true})
			} else {
				m[f[0]] = append(m[f[0]], define(w))
			}
		}
	}
	return m
}
