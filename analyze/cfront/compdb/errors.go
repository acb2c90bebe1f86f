package compdb

import (
	"fmt"
	"strings"
)

// NotHypervisorError says that a tree holds no hypervisor that a profile knows.
type NotHypervisorError struct {
	Tree   string
	Looked []string // the files whose presence tells a hypervisor
}

// Error names the tree, what was looked for and what to do.
func (e *NotHypervisorError) Error() string {
	return fmt.Sprintf("%s: not a hypervisor source tree (looked for %s, also below xen/); give the tree's root or its xen/ folder",
		e.Tree, strings.Join(e.Looked, ", "))
}

// SourceError is a build description that cannot be read: where, why, and the remedy.
type SourceError struct {
	File   string // tree path
	Line   int    // from 1; 0 when the whole file is meant
	Msg    string
	Remedy string
}

// Error prints FILE:LINE: message (remedy).
func (e *SourceError) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Remedy == "" {
		return at + ": " + e.Msg
	}
	return fmt.Sprintf("%s: %s (%s)", at, e.Msg, e.Remedy)
}

// NoUnitsError says that a source of units exists and yields none for the architecture asked for. Why is what was left out.
type NoUnitsError struct {
	Tree, Source, Arch string
	Why                []Note
}

// Error names the tree, the source and the architecture, what was left out, and the remedy.
func (e *NoUnitsError) Error() string {
	arch := e.Arch
	if arch == "" {
		arch = "any architecture"
	}
	why := ""
	for _, n := range e.Why {
		why += "; " + n.String()
	}
	return fmt.Sprintf("%s: no translation units for %s from %s%s; choose another architecture or source", e.Tree, arch, e.Source, why)
}
