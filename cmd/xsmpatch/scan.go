package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
	"golang.org/x/term"
)

// scanFlags are the options of every command that reads a C tree.
type scanFlags struct {
	arch, source, cache string
	configs             []string
	noCache             bool
	jobs                int
}

func (f *scanFlags) register(c *cobra.Command) {
	fs := c.Flags()
	fs.StringVar(&f.arch, "arch", "", "architecture: x86_64, aarch64, arm32, x86_32 (default: what the tree was built for)")
	fs.StringSliceVar(&f.configs, "config", nil, "configurations to read and merge, by name; several may be given (default: the tree's own)")
	fs.StringVar(&f.source, "source", "auto", "where compile commands come from: auto, json (compile_commands.json), cmd (kbuild), synth")
	fs.StringVar(&f.cache, "cache", "", "folder of the cache of facts (default: the user's cache folder)")
	fs.BoolVar(&f.noCache, "no-cache", false, "read everything anew and keep nothing")
	fs.IntVarP(&f.jobs, "jobs", "j", 0, "units read at a time (default: one per core)")
	complete(c, "arch", []string{"x86_64", "aarch64", "arm32", "x86_32"})
	complete(c, "source", []string{"auto", "json", "cmd", "synth"})
}

// options turns the flags into the analyzer's.
func (f *scanFlags) options(stderr io.Writer) (analyze.Options, error) {
	opt := analyze.Options{Workers: f.jobs, Progress: progress(stderr, "reading units")}
	if f.jobs < 0 {
		return opt, fmt.Errorf("-j %d: give a number of units from 1, or 0 for one a core", f.jobs)
	}
	names := f.configs
	if len(names) == 0 {
		names = []string{""}
	}
	for _, n := range names {
		opt.Configs = append(opt.Configs, compdb.Options{Arch: f.arch, Config: n, Source: f.source})
	}
	if f.noCache {
		return opt, nil
	}
	dir := f.cache
	if dir == "" {
		d, err := store.DefaultDir()
		if err != nil {
			return opt, nil // no home: work without a cache
		}
		dir = d
	}
	s, err := store.Open(dir)
	if err != nil && f.cache == "" {
		fmt.Fprintf(stderr, "no cache is kept: %s cannot be used: %v (choose another folder with --cache)\n", dir, cause(err))
		return opt, nil
	}
	if err != nil {
		return opt, fmt.Errorf("cache folder %s: %w (choose another with --cache, or --no-cache)", dir, err)
	}
	opt.Store = s
	return opt, nil
}

// progress draws one bar on a terminal and nothing elsewhere.
func progress(w io.Writer, what string) func(done, total int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil || bar.GetMax() != total {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
				progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
		}
		_ = bar.Set(done)
	}
}

// newScan is "xsmpatch scan".
func newScan() *cobra.Command {
	var f scanFlags
	var out string
	c := &cobra.Command{
		Use:   "scan TREE",
		Short: "inventory: hypercalls, sub-commands, objects, hooks, and what could not be read",
		Long: `Scan reads every translation unit of a hypervisor tree and writes an inventory: the hypercalls and their sub-commands
through nested dispatchers, the objects each looks up from guest-supplied values, the state it reads and writes, copies to and from the guest,
locks, hooks with their arguments and what becomes of their result, legacy checks; what could not be read, and what no configuration compiles.

TREE is a directory, or REPO@REV to read a revision from git without a checkout. A built tree is read with the compile commands of
its build; for an unbuilt one they are worked out from the makefiles and Kconfig, and what that loses is listed.

Exit status: 0 everything was read, 2 the tree cannot be used, 3 something is degraded (the inventory is written all the same).`,
		Example: "  xsmpatch scan ~/src/xen -o facts.json\n  xsmpatch scan ~/src/xen@RELEASE-4.17.0 --config default,wide -o facts.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return runScan(c.Context(), args[0], out, &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	c.Flags().StringVarP(&out, "output", "o", "", "file to write the inventory to (JSON; default: a summary only)")
	return c
}

// scanTree opens and scans a tree.
func scanTree(ctx context.Context, arg string, f *scanFlags, stderr io.Writer) (*analyze.Facts, []*analyze.Scanned, error) {
	t, err := openInput(arg)
	if err != nil {
		return nil, nil, &exitError{exitUsage, err}
	}
	return scanOpened(ctx, t, f, stderr)
}

// scanOpened scans a tree that is open.
func scanOpened(ctx context.Context, t *refactor.Tree, f *scanFlags, stderr io.Writer) (*analyze.Facts, []*analyze.Scanned, error) {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	opt, err := f.options(stderr)
	if err != nil {
		return nil, nil, &exitError{exitUsage, err}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	facts, read, err := analyze.Scan(ctx, t, opt)
	if err != nil {
		return nil, nil, &exitError{exitUsage, err}
	}
	return facts, read, nil
}

func runScan(ctx context.Context, tree, out string, f *scanFlags, stdout, stderr io.Writer) error {
	if err := canWrite(out); err != nil {
		return err
	}
	facts, _, err := scanTree(ctx, tree, f, stderr)
	if err != nil {
		return err
	}
	if out != "" {
		b, err := indented(facts)
		if err == nil {
			err = writeAtomic(out, append(b, '\n'))
		}
		if err != nil {
			return &exitError{exitUsage, err}
		}
	}
	summary(stdout, facts)
	if len(facts.Degraded) > 0 {
		return &exitError{exitInternal, fmt.Errorf("%d places could not be read (listed above and under \"degraded\")", len(facts.Degraded))}
	}
	return nil
}

// maxListed bounds the lists that a summary prints; the file has all.
const maxListed = 20

// summary prints the rates and counts of a scan.
func summary(w io.Writer, f *analyze.Facts) {
	for _, c := range f.Configs {
		fmt.Fprintf(w, "%s (%s, %s): %d units: %d preprocessed, %d parsed, %d type-checked; %d functions, %d degraded, %d read by the tolerant parser\n",
			c.Name, c.Arch, c.Source, c.Units, c.Preprocessed, c.Parsed, c.Strict, c.Functions, c.Degraded, c.Tolerant)
		list(w, "  loss: ", c.Loss)
	}
	outside := 0
	for _, s := range f.Sites {
		if len(s.Ops) > 0 {
			outside++
		}
	}
	fmt.Fprintf(w, "%d hypercall handlers, %d operations, %d hook call sites (%d reached from a handler), %d regions in no configuration\n",
		len(f.Entries), len(f.Ops), len(f.Sites), outside, len(f.Uncovered))
	var lines []string
	for _, d := range f.Degraded {
		what := d.Function
		if what == "" {
			what = "(unit)"
		}
		lines = append(lines, fmt.Sprintf("%s:%d: %s: %s", d.File, d.Line, what, d.Reason))
	}
	list(w, "degraded: ", lines)
	list(w, "no definition of handler ", f.Missing)
}

// list prints lines behind a prefix, at most maxListed.
func list(w io.Writer, prefix string, lines []string) {
	for i, l := range lines {
		if i == maxListed {
			fmt.Fprintf(w, "%s(and %d more)\n", prefix, len(lines)-i)
			return
		}
		fmt.Fprintf(w, "%s%s\n", prefix, strings.TrimSpace(l))
	}
}

// writeJSON writes v to file, whole or not at all. The standard output is "-".
func writeJSON(file string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return writeAtomic(file, append(b, '\n'))
}

// writeAtomic writes data to a temporary file beside file and renames it; "-" is the standard output. What is there and no file,
// a device or a pipe, is written to as it is.
func writeAtomic(file string, data []byte) error {
	if file == "-" {
		_, err := os.Stdout.Write(data)
		return err
	}
	if st, err := os.Stat(file); err == nil && !st.Mode().IsRegular() {
		return os.WriteFile(file, data, 0o644)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".xsmpatch-*")
	if err != nil {
		return fmt.Errorf("%s: nothing can be written in %s: %w", file, filepath.Dir(file), cause(err))
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
