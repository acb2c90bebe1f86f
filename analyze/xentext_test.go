//go:build xen

package analyze_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source is one C file read without the analyzer: text has comments, strings and character constants blanked, byte for byte.
type source struct {
	path  string
	raw   string
	text  string
	lines []string // of text
}

// outside lists the folders that are no part of the x86 hypervisor proper: modules, hook declarations, other architectures, host tools.
var outside = []string{"xen/xsm", "xen/include/xsm", "xen/arch/arm", "xen/arch/riscv", "xen/tools", "xen/test", "xen/scripts"}

// hypervisorSources reads the .c and .h files of the x86 hypervisor outside the security modules.
func hypervisorSources(t *testing.T, root string) []*source {
	t.Helper()
	return sourcesBelow(t, root, "xen", outside...)
}

// sourcesBelow reads the .c and .h files below dir, without the folders in skip. Paths are relative to root.
func sourcesBelow(t *testing.T, root, dir string, skip ...string) []*source {
	t.Helper()
	var out []*source
	err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skip, rel) {
				return fs.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(p); ext != ".c" && ext != ".h" || !d.Type().IsRegular() {
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		s := &source{path: rel, raw: string(raw), text: blank(string(raw))}
		s.lines = strings.Split(s.text, "\n")
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var uncode = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`)

// blank overwrites comments, strings and character constants with spaces; newlines stay, and what continues a line.
func blank(s string) string {
	return uncode.ReplaceAllStringFunc(s, func(m string) string {
		b := []byte(m)
		for i := range b {
			if b[i] != '\n' && !strings.HasPrefix(m[i:], "\\\n") {
				b[i] = ' '
			}
		}
		return string(b)
	})
}

var (
	headEnd  = regexp.MustCompile(`(?:^|[};]|\n\s*\n)[^{};]*$`)
	headName = regexp.MustCompile(`\b([A-Za-z_]\w*)\)?\s*\(\s*(\w*)`)
)

// notNames are identifiers that stand before a parenthesis ahead of a function's name.
var notNames = map[string]bool{"__attribute__": true, "__section": true, "__aligned": true, "typeof": true, "__typeof__": true}

// function returns the name of the function that line (from 1) is in: what stands before the last brace in column 0 above it.
// A name made by a macro, DO(xen_version)(...), is the macro's argument.
func (s *source) function(line int) string {
	for i := line - 1; i >= 0; i-- {
		if !strings.HasPrefix(s.lines[i], "{") {
			continue
		}
		head := strings.Join(s.lines[max(0, i-12):i], "\n")
		for _, l := range regexp.MustCompile(`(?m)^#.*$`).FindAllString(head, -1) {
			head = strings.Replace(head, l, ";", 1)
		}
		for _, m := range headName.FindAllStringSubmatch(headEnd.FindString(head), -1) {
			switch {
			case notNames[m[1]]:
			case strings.ToUpper(m[1]) == m[1]:
				return m[2]
			default:
				return m[1]
			}
		}
		return ""
	}
	return ""
}
