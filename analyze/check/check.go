package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Severity ranks findings: an error fails CI.
type Severity string

// Severities, as the JSON contract spells them.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// MergeIf says in how many configurations a finding must show.
type MergeIf uint8

// Ways to merge configurations: a gap in any of them is a gap, a thing is superfluous only if all agree.
const (
	Any MergeIf = iota
	All
)

// Check is one rule.
type Check struct {
	ID, Title string
	Text      string // what it proves, what it cannot, an example; see Explain
	Severity  Severity
	Merge     MergeIf
	Run       func(*Pass)
}

// Step is a place on the way to a finding, in order of execution.
type Step struct {
	File string `json:"file"`
	Line int    `json:"line"`
	What string `json:"what"`
}

// Finding is one defect; the JSON names are a contract (DESIGN.md).
type Finding struct {
	Check       string   `json:"check"`
	Severity    Severity `json:"severity"`
	File        string   `json:"file"` // path in the tree
	Line        int      `json:"line"` // from 1
	Function    string   `json:"function"`
	Hypercall   string   `json:"hypercall"`            // an entry that reaches it, "" when none does
	Operation   string   `json:"operation"`            // its sub-command, "" for the whole entry
	Operations  []string `json:"operations,omitempty"` // all of them, as ENTRY/COMMAND, when several reach it
	Hook        string   `json:"hook"`
	Message     string   `json:"message"`
	Path        []Step   `json:"path"`
	Configs     []string `json:"configs"`
	Evidence    []string `json:"evidence"`
	Confidence  float64  `json:"confidence"` // 0 to 1
	Fingerprint string   `json:"fingerprint"`
	Suppressed  string   `json:"suppressed,omitempty"` // the reason somebody gave
	InSource    bool     `json:"-"`                    // Suppressed is a comment's, not the reviewed file's

	rank   int    // of the entry among twins: native ones first
	asks   bool   // Hook is called where the finding is
	detail string // distinguishes findings of one check, function and hook
}

// Pass is one configuration as a check sees it.
type Pass struct {
	Check   *Check
	Program *analyze.Program
	Facts   *analyze.Facts // merged over all configurations
	Tree    *refactor.Tree
	Config  string
	m       *model
	out     []*Finding
}

// Report adds a finding; the pass fills in the check, its severity and the configuration.
func (p *Pass) Report(f *Finding) {
	f.Check, f.Configs = p.Check.ID, []string{p.Config}
	if f.Severity == "" {
		f.Severity = p.Check.Severity
	}
	if f.Severity == Error && f.Confidence < 0.6 {
		f.Severity = Warning
	}
	if p.m != nil {
		f.rank = p.m.rank(f.Hypercall)
	}
	if f.Path == nil {
		f.Path = []Step{}
	}
	if f.Evidence == nil {
		f.Evidence = []string{}
	}
	p.out = append(p.out, f)
}

// Checks returns every check, by id.
func Checks() []Check {
	return []Check{
		{ID: "XSM1001", Title: "operation without a hook", Severity: Error, Run: noHook, Text: textUnmediated},
		{ID: "XSM1002", Title: "hook after a side effect, or after a lock it should precede", Severity: Error, Run: late, Text: textLate},
		{ID: "XSM1003", Title: "result of a hook ignored, overwritten, or tested wrongly", Severity: Error, Run: ignored, Text: textIgnored},
		{ID: "XSM1004", Title: "denial leaks a lock or a reference", Severity: Error, Run: leaks, Text: textLeaks},
		{ID: "XSM1005", Title: "hook asked about the wrong object", Severity: Error, Run: tableCheck("XSM1005", wrongObject), Text: textWrong},
		{ID: "XSM1006", Title: "one path is mediated, its sibling is not", Severity: Error, Run: siblings, Text: textSiblings},
		{ID: "XSM2001", Title: "hook declared and not wired", Severity: Error, Run: tableCheck("XSM2001", gapCheck("XSM2001", uncalledHook), flags), Text: textUnwired},
		{ID: "XSM2002", Title: "default action differs between call and default module", Severity: Error, Run: tableCheck("XSM2002"), Text: textActions},
		{ID: "XSM2003", Title: "sub-operation without a case in a module's switch", Severity: Error, Run: tableCheck("XSM2003"), Text: textCase},
		{ID: "XSM2004", Title: "permission of another class, undefined, or checked by nobody", Severity: Error, Run: tableCheck("XSM2004"), Text: textPermissions},
		{ID: "XSM2005", Title: "conditions of a hook's places differ", Severity: Error, Run: tableCheck("XSM2005"), Text: textGuards},
		{ID: "XSM2006", Title: "new permission makes older policies unloadable", Severity: Warning, Run: tableCheck("XSM2006"), Text: textUnloadable},
		{ID: "XSM9001", Title: "code in scope could not be read", Severity: Error, Run: degraded, Text: textDegraded},
	}
}

// Find returns the check with an id, nil when there is none.
func Find(id string) *Check {
	for _, c := range Checks() {
		if c.ID == id {
			return &c
		}
	}
	return nil
}
