package main

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// excerpts shows lines of a tree's source.
type excerpts struct {
	t     *refactor.Tree
	files map[string][]string
}

func newExcerpts(t *refactor.Tree) *excerpts { return &excerpts{t, map[string][]string{}} }

// lines are the lines of a file, nil when it cannot be read.
func (e *excerpts) lines(file string) []string {
	lines, ok := e.files[file]
	if !ok {
		if src, err := e.t.ReadFile(file); err == nil {
			lines = strings.Split(string(src), "\n")
		}
		e.files[file] = lines
	}
	return lines
}

// at shows a line with so many around it on each side; nothing when the file cannot be read.
func (e *excerpts) at(file string, line, around int) string {
	lines := e.lines(file)
	var b strings.Builder
	for n := max(1, line-around); n <= line+around && n <= len(lines); n++ {
		mark := " "
		if n == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "  %s %5d | %s\n", mark, n, lines[n-1])
	}
	return b.String()
}
