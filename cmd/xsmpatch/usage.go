package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is an error in how the command line is written: a reminder of that follows it.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// plainUsage makes the command tree say what is missing in words of its own: an argument by its name, a command of a group that does not exist.
func plainUsage(c *cobra.Command) {
	for _, sub := range c.Commands() {
		plainUsage(sub)
	}
	if c.HasParent() && c.HasSubCommands() && !c.Runnable() {
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			return &usageError{fmt.Errorf("unknown command %q for %q; it has %s", args[0], c.CommandPath(), strings.Join(names, ", "))}
		}
		c.Args = cobra.ArbitraryArgs
		c.Use += " COMMAND"
		c.DisableFlagsInUseLine = true
		return
	}
	if check := c.Args; check != nil && c.Runnable() {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err == nil {
				return nil
			}
			if want := wanted(c); len(args) < len(want) {
				return &usageError{fmt.Errorf("%s: missing %s", own(c), strings.Join(want[len(args):], ", "))}
			}
			return &usageError{fmt.Errorf("%s: too many arguments: %q", own(c), args)}
		}
	}
}

// own is a command's name as it is typed behind the program's.
func own(c *cobra.Command) string {
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
}

// wanted lists the arguments that a command's line of usage names outside brackets, flags with theirs left out.
func wanted(c *cobra.Command) (out []string) {
	depth, flag := 0, false
	for _, w := range strings.Fields(c.Use)[1:] {
		depth += strings.Count(w, "[") + strings.Count(w, "(")
		switch {
		case depth == 0 && strings.HasPrefix(w, "-"):
			flag = true
		case depth == 0 && !flag:
			if w = strings.TrimSuffix(w, "..."); w != "" {
				out = append(out, w)
			}
		default:
			flag = false
		}
		depth -= strings.Count(w, "]") + strings.Count(w, ")")
	}
	return out
}

// usageOf is the reminder that follows an error of the command line itself.
func usageOf(c *cobra.Command) string {
	if c == nil || !c.HasParent() {
		return "xsmpatch --help lists the commands"
	}
	return fmt.Sprintf("usage: %s %s\n%s --help tells more", c.Parent().CommandPath(), c.Use, c.CommandPath())
}

// readInput reads a file that the command line names; what says what it should be.
func readInput(file, what string) ([]byte, error) {
	text, err := os.ReadFile(file)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return nil, fmt.Errorf("%s: %w; give %s", file, pe.Err, what)
	}
	return text, err
}

// canWrite reports why a file could not be written, before the work for it is done: it is a directory, or its directory is not there or not
// writable. "" and "-" are no files.
func canWrite(file string) error {
	if file == "" || file == "-" {
		return nil
	}
	if st, err := os.Stat(file); err == nil {
		if st.IsDir() {
			return &exitError{exitUsage, fmt.Errorf("-o %s: is a directory; name a file in it", file)}
		}
		if !st.Mode().IsRegular() {
			return nil
		}
	}
	dir := filepath.Dir(file)
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return &exitError{exitUsage, fmt.Errorf("-o %s: there is no directory %s; make it, or name another file", file, dir)}
	}
	f, err := os.CreateTemp(dir, ".xsmpatch-*")
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("-o %s: nothing can be written in %s: %w", file, dir, cause(err))}
	}
	f.Close()
	os.Remove(f.Name())
	return nil
}

// cause is an error of the file system without the name of the file.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
