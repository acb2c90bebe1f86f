package compdb

import (
	"fmt"
	"sort"
)

// Note is one thing that the database lacks or guessed, and where.
type Note struct {
	File string // tree path, or "" for the whole tree
	Line int    // from 1, or 0
	Text string
}

// String prints FILE:LINE: TEXT.
func (n Note) String() string {
	switch {
	case n.File == "":
		return n.Text
	case n.Line == 0:
		return n.File + ": " + n.Text
	}
	return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text)
}

// notes collects notes; a text is kept once, at the first place that said it, with a count of the others.
type notes struct {
	list  []Note
	count map[string]int // by text; value is index+1
	more  []int
}

// add records a note.
func (n *notes) add(file string, line int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if i := n.count[text]; i > 0 {
		n.more[i-1]++
		return
	}
	if n.count == nil {
		n.count = map[string]int{}
	}
	n.list = append(n.list, Note{File: file, Line: line, Text: text})
	n.more = append(n.more, 0)
	n.count[text] = len(n.list)
}

// sorted returns the notes by file, line and text.
func (n *notes) sorted() []Note {
	out := make([]Note, len(n.list))
	for i, x := range n.list {
		if n.more[i] > 0 {
			x.Text += fmt.Sprintf(" (and at %d more places)", n.more[i])
		}
		out[i] = x
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].File != out[j].File {
			return out[i].File < out[j].File
		}
		if out[i].Line != out[j].Line {
			return out[i].Line < out[j].Line
		}
		return out[i].Text < out[j].Text
	})
	return out
}
