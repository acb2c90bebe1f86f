package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
)

// baseline is a file of findings that are known and not reported. It holds no line numbers: entries survive edits elsewhere.
type baseline struct {
	Version  int             `json:"version" yaml:"version"`
	Findings []baselineEntry `json:"findings" yaml:"findings"`
	file     string
}

// baselineEntry is one known finding. Fingerprint decides; the rest is for people.
type baselineEntry struct {
	Check       string `json:"check" yaml:"check"`
	File        string `json:"file" yaml:"file"`
	Function    string `json:"function,omitempty" yaml:"function,omitempty"`
	Operation   string `json:"operation,omitempty" yaml:"operation,omitempty"`
	Hook        string `json:"hook,omitempty" yaml:"hook,omitempty"`
	Message     string `json:"message,omitempty" yaml:"message,omitempty"`
	Fingerprint string `json:"fingerprint" yaml:"fingerprint"`
}

const baselineVersion = 1

const baselineHead = `# Findings of "xsmpatch verify" that were there when this file was written; verify --baseline leaves them out.
# Remove an entry when it is fixed (verify warns of entries that match nothing), or write the file anew with --write-baseline.
`

// readBaseline reads the file given with --baseline; nil when there is none.
func (f *verifyFlags) readBaseline() (*baseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	data, err := os.ReadFile(f.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w; write one with --write-baseline %s", err, f.baseline)
	}
	return parseBaseline(f.baseline, data)
}

// parseBaseline reads a baseline, YAML or JSON; errors name the file and the line or entry.
func parseBaseline(file string, data []byte) (*baseline, error) {
	b := &baseline{file: file}
	if err := strictyaml.Unmarshal(file, data, b); err != nil {
		return nil, fmt.Errorf("baseline cannot be used: %w", err)
	}
	if b.Version != baselineVersion {
		return nil, fmt.Errorf("%s: version %d: this program reads baselines of version %d; write it anew with --write-baseline", file, b.Version, baselineVersion)
	}
	seen := map[string]int{}
	for i, e := range b.Findings {
		switch {
		case e.Fingerprint == "":
			return nil, fmt.Errorf("%s: entry %d (%s %s %s): it has no fingerprint; write the file anew with --write-baseline", file, i+1, e.Check, e.File, e.Function)
		case seen[e.Fingerprint] > 0:
			return nil, fmt.Errorf("%s: entry %d has the fingerprint of entry %d: remove one", file, i+1, seen[e.Fingerprint])
		case check.Unreadable(e.Check):
			return nil, fmt.Errorf("%s: entry %d: %s cannot be in a baseline: nothing is known of code that was not read; accept it with a reason in the file for --reviewed", file, i+1, e.Check)
		}
		seen[e.Fingerprint] = i + 1
	}
	return b, nil
}

// baselineOf lists findings as a baseline, without those about code that could not be read.
func baselineOf(fs []*check.Finding) *baseline {
	b := &baseline{Version: baselineVersion, Findings: []baselineEntry{}}
	for _, f := range fs {
		if !check.Unreadable(f.Check) {
			b.Findings = append(b.Findings, baselineEntry{f.Check, f.File, f.Function, f.Operation, f.Hook, f.Message, f.Fingerprint})
		}
	}
	return b
}

// write writes the baseline to file, whose ending chooses the form.
func (b *baseline) write(file string) error {
	b.file = file
	if strings.HasSuffix(file, ".json") {
		return writeJSON(file, b)
	}
	text, err := yaml.Marshal(b)
	if err != nil {
		return err
	}
	return writeAtomic(file, append([]byte(baselineHead), text...))
}

// leaveOut moves the findings that a baseline lists to those that are accepted. When all checks ran, entries that match nothing are warned of.
func (o *outcome) leaveOut(b *baseline, all bool) {
	if b == nil {
		return
	}
	known := map[string]bool{}
	for _, e := range b.Findings {
		known[e.Fingerprint] = true
	}
	var rest []*check.Finding
	for _, f := range o.Findings {
		if known[f.Fingerprint] && !check.Unreadable(f.Check) {
			f.Suppressed = "in the baseline " + b.file
			o.Suppressed = append(o.Suppressed, f)
			continue
		}
		rest = append(rest, f)
	}
	o.Findings = rest
	if !all || o.base != "" {
		return
	}
	there := map[string]bool{}
	for _, fs := range [][]*check.Finding{o.Findings, o.Suppressed, o.Weak} {
		for _, f := range fs {
			there[f.Fingerprint] = true
		}
	}
	for i, e := range b.Findings {
		if !there[e.Fingerprint] {
			o.Warnings = append(o.Warnings, fmt.Sprintf("%s: entry %d (%s) matches no finding any more; remove it", b.file, i+1,
				strings.Join(strings.Fields(strings.Join([]string{e.Check, e.File, e.Function, e.Operation, e.Hook}, " ")), " ")))
		}
	}
}
