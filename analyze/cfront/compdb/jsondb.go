package compdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// jsonName is the compilation database's file name in its specification.
const jsonName = "compile_commands.json"

// jsonEntry is one object of a JSON compilation database.
type jsonEntry struct {
	Directory string   `json:"directory"`
	File      string   `json:"file"`
	Command   string   `json:"command"`
	Arguments []string `json:"arguments"`
}

// unitsFromJSON reads the units of a JSON compilation database.
func (r *reader) unitsFromJSON(file string) ([]cpp.Unit, error) {
	data, err := r.tree.ReadFile(file)
	if err != nil {
		return nil, &SourceError{File: file, Msg: err.Error(), Remedy: "make it readable, or remove it"}
	}
	cmds, err := parseJSON(file, data)
	if err != nil {
		return nil, err
	}
	out, other := r.units(cmds)
	if other > 0 {
		r.notes.add(file, 0, "%d entries are not the hypervisor's (no -D%s, or outside the tree), not read", other, r.prof.Define)
	}
	return out, nil
}

// absJoin joins p to dir unless p is absolute.
func absJoin(dir, p string) string {
	if path.IsAbs(p) {
		return p
	}
	return path.Join(dir, p)
}

// parseJSON reads the commands of a compilation database; errors tell the line.
func parseJSON(file string, data []byte) ([]command, error) {
	fail := func(at int64, format string, args ...any) error {
		return &SourceError{File: file, Line: lineAt(data, at), Msg: fmt.Sprintf(format, args...),
			Remedy: "see clang.llvm.org/docs/JSONCompilationDatabase.html; write the file again, or choose another source of commands"}
	}
	var all json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil { // the decoder below loses count of syntax errors' offsets
		return nil, fail(jsonOffset(err), "%s", err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if tok, err := d.Token(); err != nil || tok != json.Delim('[') {
		return nil, fail(0, "not a JSON array of compile commands")
	}
	var out []command
	for d.More() {
		at := d.InputOffset()
		var e jsonEntry
		if err := d.Decode(&e); err != nil {
			return nil, fail(d.InputOffset(), "%s", err.Error())
		}
		at += int64(len(data[at:]) - len(bytes.TrimLeft(data[at:], ", \t\r\n")))
		args := e.Arguments
		if len(args) == 0 {
			var err error
			if args, err = SplitShell(e.Command); err != nil {
				return nil, fail(at, "%s in the command of %q", err.Error(), e.File)
			}
		}
		if len(args) == 0 || e.File == "" {
			return nil, fail(at, `entry needs "file", and "command" or "arguments"`)
		}
		out = append(out, command{dir: e.Directory, args: args, from: file, line: lineAt(data, at)})
	}
	return out, nil
}

// jsonOffset returns the byte offset that a syntax error tells, or 0.
func jsonOffset(err error) int64 {
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return s.Offset
	}
	return 0
}

// lineAt returns the line, from 1, of the byte at offset.
func lineAt(data []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(data)))
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}
