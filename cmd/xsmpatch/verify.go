package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// verifyFlags are the options of verify beside those of a scan.
type verifyFlags struct {
	scanFlags
	formats       []string
	out, reviewed string
	minConfidence float64
	only          []string
}

// newVerify is "xsmpatch verify".
func newVerify() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify TREE",
		Short: "check that hooks are there, in time, obeyed, and about the right object",
		Long: `Verify scans a tree and judges its authorization hooks: operations without one, hooks that come too late, whose answer is ignored, whose denial
leaks a lock, that ask about the wrong object, or that a sibling path goes round. "xsmpatch explain CHECK" says what each check proves.

A finding is accepted by a comment with a reason on its line or the line above, /* xsmpatch: XSM1002: reason */, or by an entry of the file
given with --reviewed. Findings below --min-confidence are left out.

Exit status: 0 clean, 1 findings, 2 the command line or the tree cannot be used, 3 code of a hypercall could not be read (findings are printed all the same).`,
		Example: "  xsmpatch verify ~/src/xen\n  xsmpatch verify ~/src/xen --format json -o findings.json --min-confidence 0.7",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return runVerify(c.Context(), args[0], &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	fs := c.Flags()
	fs.StringSliceVar(&f.formats, "format", []string{"text"}, "text, json, sarif; with -o several may be given, each in a file of its own (NAME.text, NAME.json, NAME.sarif)")
	fs.StringVarP(&f.out, "output", "o", "-", "file to write")
	fs.StringVar(&f.reviewed, "reviewed", "", "file of accepted findings with reasons (YAML)")
	fs.Float64Var(&f.minConfidence, "min-confidence", 0.5, "leave findings below this out (0 to 1)")
	fs.StringSliceVar(&f.only, "check", nil, "run only these checks: ids or beginnings of ids, such as XSM1002 or XSM1")
	return c
}

// options turns the flags into the checks'.
func (f *verifyFlags) checkOptions() (check.Options, error) {
	opt := check.Options{MinConfidence: f.minConfidence, Only: f.only}
	if f.minConfidence < 0 || f.minConfidence > 1 {
		return opt, fmt.Errorf("--min-confidence %v: give a number from 0 to 1", f.minConfidence)
	}
	for _, o := range f.only {
		if !knownCheck(o) {
			return opt, fmt.Errorf("--check %s: no such check; \"xsmpatch explain\" lists them", o)
		}
	}
	for _, n := range f.formats {
		if verifyFormats[n] == nil {
			return opt, fmt.Errorf("--format %s: give text, json or sarif", n)
		}
	}
	if len(f.formats) > 1 && f.out == "-" {
		return opt, fmt.Errorf("--format %s: several formats need -o NAME", strings.Join(f.formats, ","))
	}
	if f.reviewed == "" {
		return opt, nil
	}
	data, err := os.ReadFile(f.reviewed)
	if err != nil {
		return opt, fmt.Errorf("--reviewed: %w", err)
	}
	opt.Reviewed, err = check.ReadReviewed(f.reviewed, data)
	return opt, err
}

func knownCheck(prefix string) bool {
	for _, c := range check.Checks() {
		if strings.HasPrefix(c.ID, prefix) {
			return true
		}
	}
	return false
}

func runVerify(ctx context.Context, arg string, f *verifyFlags, stdout, stderr io.Writer) error {
	opt, err := f.checkOptions()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	facts, read, err := scanTree(ctx, arg, &f.scanFlags, stderr)
	if err != nil {
		return err
	}
	t, err := openInput(arg)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	rep := check.Run(t, facts, read, opt)
	for _, w := range rep.Warnings {
		fmt.Fprintln(stderr, "xsmpatch: warning:", w)
	}
	for _, n := range f.formats {
		data, err := verifyFormats[n](rep, t)
		if err != nil {
			return &exitError{exitInternal, err}
		}
		if err := emit(f, n, data, stdout); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	return verdict(rep, facts)
}

// emit writes one format to the standard output or its file.
func emit(f *verifyFlags, format string, data []byte, stdout io.Writer) error {
	switch {
	case f.out == "-":
		_, err := stdout.Write(data)
		return err
	case len(f.formats) == 1:
		return writeAtomic(f.out, data)
	}
	return writeAtomic(f.out+"."+format, data)
}

// verdict is the exit status of a report.
func verdict(rep *check.Report, facts *analyze.Facts) error {
	switch {
	case len(facts.Entries) == 0:
		return &exitError{exitInternal, fmt.Errorf("no hypercall handler was found: nothing was verified")}
	case rep.InScope > 0:
		return &exitError{exitInternal, fmt.Errorf("%d places that hypercalls reach could not be read: nothing is known of them", rep.InScope)}
	case len(rep.Findings) > 0:
		return &exitError{exitFindings, fmt.Errorf("%d findings", len(rep.Findings))}
	}
	return nil
}

// verifyFormats writes a report.
var verifyFormats = map[string]func(*check.Report, *refactor.Tree) ([]byte, error){
	"text": verifyText, "json": verifyJSON, "sarif": verifySARIF,
}

// verifyJSON is the contract of DESIGN.md.
func verifyJSON(r *check.Report, _ *refactor.Tree) ([]byte, error) {
	out := struct {
		Findings   []*check.Finding   `json:"findings"`
		Suppressed []*check.Finding   `json:"suppressed"`
		Degraded   []analyze.Degraded `json:"degraded"`
		Stats      map[string]int     `json:"stats"`
	}{append([]*check.Finding{}, r.Findings...), append([]*check.Finding{}, r.Suppressed...), append([]analyze.Degraded{}, r.Degraded...), map[string]int{
		"findings": len(r.Findings), "suppressed": len(r.Suppressed), "degraded": len(r.Degraded), "degraded_in_scope": r.InScope,
		"operations": r.Operations, "hook_sites": r.Sites,
	}}
	b, err := json.MarshalIndent(out, "", " ")
	return append(b, '\n'), err
}

// verifyText is for people: each finding with its source and the way to it.
func verifyText(r *check.Report, t *refactor.Tree) ([]byte, error) {
	var b strings.Builder
	ex := excerpts{t, map[string][]string{}}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s:%d: %s %s: %s\n", f.File, f.Line, f.Severity, f.Check, f.Message)
		where := f.Function
		if f.Hypercall != "" {
			where = strings.TrimSuffix(f.Hypercall+"/"+f.Operation, "/") + ", in " + f.Function
		}
		if where != "" {
			fmt.Fprintf(&b, "    %s (confidence %.2f)\n", where, f.Confidence)
		}
		b.WriteString(ex.at(f.File, f.Line))
		for i, s := range f.Path {
			fmt.Fprintf(&b, "    %d. %s:%d: %s\n", i+1, s.File, s.Line, s.What)
		}
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "    because %s\n", e)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d findings, %d accepted with a reason; %d operations, %d hook call sites; %d places could not be read, %d of them in a hypercall's code\n",
		len(r.Findings), len(r.Suppressed), r.Operations, r.Sites, len(r.Degraded), r.InScope)
	return []byte(b.String()), nil
}

// excerpts shows lines of source.
type excerpts struct {
	t     *refactor.Tree
	files map[string][]string
}

// at shows a line with one above and one below; nothing when the file cannot be read.
func (e *excerpts) at(file string, line int) string {
	lines, ok := e.files[file]
	if !ok {
		if src, err := e.t.ReadFile(file); err == nil {
			lines = strings.Split(string(src), "\n")
		}
		e.files[file] = lines
	}
	var b strings.Builder
	for n := max(1, line-1); n <= line+1 && n <= len(lines); n++ {
		mark := " "
		if n == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "  %s %5d | %s\n", mark, n, lines[n-1])
	}
	return b.String()
}
