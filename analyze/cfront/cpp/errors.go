package cpp

import (
	"errors"
	"fmt"
)

// ErrLimit is wrapped by the errors that say a bound of [Options] was exceeded.
var ErrLimit = errors.New("limit exceeded")

// ErrInclude is wrapped by the errors that say an included file was not found or includes itself without end.
var ErrInclude = errors.New("cannot include")

// ErrDirective is wrapped by the error of an #error directive that was reached.
var ErrDirective = errors.New("#error")

// Severity grades a [Diag].
type Severity uint8

// The severities: an Error is something GCC refuses, a Warning something it accepts.
const (
	Warning Severity = iota
	SevError
)

// Diag is a located problem of one unit.
type Diag struct {
	File     FileID
	Off      int32
	Severity Severity
	Msg      string
}

// Error is why a unit could not be preprocessed: a place and a cause. It wraps one of [ErrLimit], [ErrInclude],
// [ErrDirective], an error of the read function, or the context's error.
type Error struct {
	Path      string
	Line, Col int
	Msg       string
	Err       error
}

// Error returns "path:line:col: message".
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Col, e.Msg)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FormatDiag renders d as "path:line:col: error: message".
func (s *Session) FormatDiag(d Diag) string {
	line, col := s.Position(d.File, d.Off)
	word := "warning"
	if d.Severity == SevError {
		word = "error"
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", s.FileName(d.File), line, col, word, d.Msg)
}

// fail stops the unit with a located error. The first failure wins.
func (p *pp) fail(file FileID, off int32, cause error, format string, args ...any) {
	if p.err != nil {
		return
	}
	line, col := p.s.Position(file, off)
	p.err = &Error{Path: p.s.FileName(file), Line: line, Col: col, Msg: fmt.Sprintf(format, args...), Err: cause}
}

// diag records a problem that does not stop the unit.
func (p *pp) diag(sev Severity, file FileID, off int32, format string, args ...any) {
	const most = 1000
	if len(p.diags) < most {
		p.diags = append(p.diags, Diag{File: file, Off: off, Severity: sev, Msg: fmt.Sprintf(format, args...)})
	}
}

// failOrDiag is fail, or with [Options.Tolerant] a diagnostic.
func (p *pp) failOrDiag(file FileID, off int32, cause error, format string, args ...any) {
	if p.s.opt.Tolerant {
		p.diag(SevError, file, off, format, args...)
		return
	}
	p.fail(file, off, cause, format, args...)
}
