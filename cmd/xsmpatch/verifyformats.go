package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// verifyFormat is one way to print an outcome.
type verifyFormat struct {
	name, file string // file is its name in a directory given with -o
	print      func(*outcome) ([]byte, error)
}

// verifyFormats lists all of them.
func verifyFormats() []verifyFormat {
	return []verifyFormat{
		{"text", "findings.text", verifyText},
		{"json", "findings.json", verifyJSON},
		{"sarif", "findings.sarif", verifySARIF},
		{"gitlab", "gl-code-quality-report.json", verifyGitLab},
		{"junit", "junit.xml", verifyJUnit},
	}
}

func formatNames() (names []string) {
	for _, v := range verifyFormats() {
		names = append(names, v.name)
	}
	return names
}

// output is a format and the file it goes to, "-" for the standard output.
type output struct {
	verifyFormat
	to string
}

// outputs works out from --format and -o what goes where.
func (f *verifyFlags) outputs() (out []output, err error) {
	all, unnamed := verifyFormats(), 0
	for _, n := range f.formats {
		name, file, named := strings.Cut(n, "=")
		i := slices.IndexFunc(all, func(v verifyFormat) bool { return v.name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("--format %s: give %s", n, strings.Join(formatNames(), ", "))
		case named && file == "":
			return nil, fmt.Errorf("--format %s: name the file behind =", n)
		case !named:
			unnamed++
		}
		out = append(out, output{all[i], file})
	}
	if unnamed > 1 && f.out == "-" {
		return nil, fmt.Errorf("--format %s: several formats need files: FORMAT=FILE for each, or -o DIR", strings.Join(f.formats, ","))
	}
	for i := range out {
		if out[i].to == "" {
			out[i].to = f.place(out[i].verifyFormat, unnamed > 1)
		}
	}
	return out, nil
}

// place is the file that -o means for a format.
func (f *verifyFlags) place(v verifyFormat, several bool) string {
	st, err := os.Stat(f.out)
	switch {
	case err == nil && st.IsDir():
		return filepath.Join(f.out, v.file)
	case several && f.out != "-":
		return f.out + "." + v.name
	}
	return f.out
}

func (o output) write(what *outcome, stdout io.Writer) error {
	data, err := o.print(what)
	if err != nil {
		return err
	}
	if o.to == "-" {
		_, err := stdout.Write(data)
		return err
	}
	return writeAtomic(o.to, data)
}

// findingsJSON is the contract of DESIGN.md.
type findingsJSON struct {
	Findings   []*check.Finding   `json:"findings"`
	Suppressed []*check.Finding   `json:"suppressed"`
	Fixed      []*check.Finding   `json:"fixed,omitempty"`
	Degraded   []analyze.Degraded `json:"degraded"`
	Stats      map[string]int     `json:"stats"`
}

// verifyJSON prints an outcome for programs.
func verifyJSON(o *outcome) ([]byte, error) {
	out := findingsJSON{
		Findings: append([]*check.Finding{}, o.Findings...), Suppressed: append([]*check.Finding{}, o.Suppressed...),
		Fixed: o.fixed, Degraded: append([]analyze.Degraded{}, o.Degraded...), Stats: map[string]int{
			"findings": len(o.Findings), "suppressed": len(o.Suppressed), "degraded": len(o.Degraded), "degraded_in_scope": o.InScope,
			"operations": o.Operations, "hook_sites": o.Sites,
		},
	}
	if o.base != "" {
		out.Stats["unchanged"], out.Stats["fixed"] = o.unchanged, len(o.fixed)
	}
	b, err := json.MarshalIndent(out, "", " ")
	return append(b, '\n'), err
}

// verifyText is for people: each finding with its source and the way to it.
func verifyText(o *outcome) ([]byte, error) {
	var b strings.Builder
	ex := newExcerpts(o.tree)
	for _, f := range o.Findings {
		writeFinding(&b, ex, f)
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d findings, %d accepted; %d operations, %d hook call sites; %d places could not be read, %d of them in a hypercall's code\n",
		len(o.Findings), len(o.Suppressed), o.Operations, o.Sites, len(o.Degraded), o.InScope)
	if o.base != "" {
		fmt.Fprintf(&b, "compared with %s: %d findings are new, %d are in both, %d are gone\n", o.base, len(o.Findings), o.unchanged, len(o.fixed))
	}
	return []byte(b.String()), nil
}

// writeFinding prints one finding: message, where, source, path, evidence.
func writeFinding(b *strings.Builder, ex *excerpts, f *check.Finding) {
	fmt.Fprintf(b, "%s:%d: %s %s: %s\n", f.File, f.Line, f.Severity, f.Check, f.Message)
	where := f.Function
	if f.Hypercall != "" {
		where = strings.TrimSuffix(f.Hypercall+"/"+f.Operation, "/") + ", in " + f.Function
	}
	if where != "" {
		fmt.Fprintf(b, "    %s (confidence %.2f, %s)\n", where, f.Confidence, f.Fingerprint)
	}
	b.WriteString(ex.at(f.File, f.Line, 1))
	for i, s := range f.Path {
		fmt.Fprintf(b, "    %d. %s:%d: %s\n", i+1, s.File, s.Line, s.What)
		if s.Line != f.Line || s.File != f.File {
			b.WriteString(ex.at(s.File, s.Line, 0))
		}
	}
	for _, e := range f.Evidence {
		fmt.Fprintf(b, "    because %s\n", e)
	}
}
