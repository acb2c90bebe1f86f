package compdb

import (
	"bytes"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// cmdFiles returns the paths of kbuild's saved commands for objects, sorted.
func (r *reader) cmdFiles() []string {
	var out []string
	for _, p := range r.tree.Paths() {
		if b := path.Base(p); strings.HasPrefix(b, ".") && strings.HasSuffix(b, ".o.cmd") {
			out = append(out, p)
		}
	}
	return out
}

// unitsFromCmd reads the units of every saved command below the tree.
func (r *reader) unitsFromCmd(files []string) ([]cpp.Unit, error) {
	var cmds []command
	for _, f := range files {
		data, err := r.tree.ReadFile(f)
		if err != nil {
			return nil, &SourceError{File: f, Msg: err.Error(), Remedy: "make it readable, or remove it"}
		}
		c, ok, err := parseCmd(f, data, "-D"+r.prof.Define)
		if err != nil {
			return nil, err
		}
		if ok {
			cmds = append(cmds, c)
		}
	}
	us, _ := r.units(cmds)
	return us, nil
}

// units makes the units of commands, and counts those that compile none of the hypervisor's.
func (r *reader) units(cmds []command) (out []cpp.Unit, other int) {
	for _, c := range cmds {
		for _, a := range c.args {
			if isSource(a) {
				r.learnOrigin(absJoin(c.dir, a))
			}
		}
	}
	for _, c := range cmds {
		if u, ok := r.unit(c); ok {
			out = append(out, u)
		} else {
			other++
		}
	}
	return out, other
}

// rebuild is the remedy for a saved command that cannot be read.
const rebuild = "remove it and build again, or choose another source of commands"

// parseCmd reads one saved command, "cmd_TARGET := WORDS" or "savedcmd_TARGET := WORDS" (Linux scripts/Kbuild.include,
// fixdep.c), when its text holds want; ok is false for other commands. The command ran in the folder that TARGET is relative to.
func parseCmd(file string, data []byte, want string) (c command, ok bool, err error) {
	for n := 1; len(data) > 0; n++ {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		target, text, found := cutCmdLine(string(line))
		if !found {
			if n == 1 && !isCmdText(line) {
				return c, false, &SourceError{File: file, Line: n, Msg: "not a saved command (want cmd_TARGET := ...)", Remedy: rebuild}
			}
			continue
		}
		if !strings.Contains(text, want) {
			return c, false, nil
		}
		text = strings.NewReplacer("$(pound)", "#", "$$", "$", `\#`, "#").Replace(text)
		args, err := SplitShell(firstCommand(text))
		if err != nil {
			return c, false, &SourceError{File: file, Line: n, Msg: err.Error() + " in the saved command", Remedy: rebuild}
		}
		if len(args) == 0 {
			return c, false, nil
		}
		return command{dir: cmdFolder(file, target), args: args, from: file, line: n}, true, nil
	}
	return c, false, nil
}

// isCmdText tells whether a line may stand in a saved command's file before the command: blank, comment, printable text.
func isCmdText(line []byte) bool {
	if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
		return true
	}
	return bytes.Contains(line, []byte(":=")) && bytes.IndexByte(line, 0) < 0
}

// cutCmdLine splits "cmd_TARGET := TEXT".
func cutCmdLine(line string) (target, text string, ok bool) {
	name, text, ok := strings.Cut(line, ":=")
	if !ok {
		return "", "", false
	}
	name = strings.TrimSpace(name)
	for _, p := range []string{"savedcmd_", "cmd_"} {
		if t, found := strings.CutPrefix(name, p); found {
			return t, text, true
		}
	}
	return "", "", false
}

// cmdFolder returns the folder a saved command ran in: that of its file, less the folder part of its target.
func cmdFolder(file, target string) string {
	dir := path.Dir(file)
	if path.IsAbs(target) {
		return dir
	}
	up := path.Dir(path.Clean(target))
	if up == "." {
		return dir
	}
	if dir == up {
		return ""
	}
	if d, ok := strings.CutSuffix(dir, "/"+up); ok {
		return d
	}
	return dir
}
