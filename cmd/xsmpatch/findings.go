package main

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// finding is one finding of the JSON contract.
type finding struct {
	Check      string   `json:"check"`
	Severity   string   `json:"severity"`
	File       string   `json:"file"`
	Line       int      `json:"line"`
	Function   string   `json:"function"`
	Hypercall  string   `json:"hypercall"`
	Operation  string   `json:"operation"`
	Hook       string   `json:"hook"`
	Message    string   `json:"message"`
	Path       []place  `json:"path"`
	Configs    []string `json:"configs"`
	Evidence   []string `json:"evidence"`
	Confidence float64  `json:"confidence"`
}

// place is one step of a finding's path.
type place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	What string `json:"what"`
}

// findings is the whole of the JSON contract.
type findings struct {
	Findings []finding      `json:"findings"`
	Degraded []any          `json:"degraded"`
	Stats    map[string]int `json:"stats"`
}

// findingsOf lists the gaps in the form of the contract.
func findingsOf(a *analysis) findings {
	out := findings{Findings: []finding{}, Degraded: []any{}, Stats: map[string]int{}}
	for _, d := range a.facts.Degraded {
		out.Degraded = append(out.Degraded, d)
	}
	for _, g := range a.result.Gaps {
		out.Findings = append(out.Findings, gapFinding(a, g))
	}
	out.Stats["findings"], out.Stats["degraded"] = len(out.Findings), len(out.Degraded)
	out.Stats["operations"], out.Stats["hook_sites"] = len(a.facts.Ops), len(a.facts.Sites)
	return out
}

func gapFinding(a *analysis, g *verify.Gap) finding {
	f := finding{
		Check: g.Check, Severity: "error", Message: strings.Join(g.Evidence, "; "), Evidence: g.Evidence, Confidence: g.Confidence,
		Hypercall: g.Entry, Path: []place{}, Configs: []string{a.read[0].Config.Name},
	}
	if g.Hook != nil {
		f.Hook = a.result.Tables.Prefix + g.Hook.Name
	}
	if g.Confidence < 0.7 {
		f.Severity = "warning"
	}
	switch r := g.Region; {
	case r != nil:
		f.File, f.Function, f.Operation = r.Fn.File, r.Fn.Name, r.Command()
		f.Line = lineOf(a.tree, r.Fn.File, int(r.Start))
		for _, o := range g.Objects {
			f.Path = append(f.Path, place{f.File, lineOf(a.tree, f.File, int(r.Fn.F.Nodes[o.Node].Start)), "looks up " + o.Text})
		}
	case g.Hook != nil:
		f.File, f.Line = g.Hook.Ops.Path, lineOf(a.tree, g.Hook.Ops.Path, g.Hook.Ops.Start)
	}
	return f
}

// lineOf is the line of byte at of a file, 1 when it cannot be read.
func lineOf(t *refactor.Tree, file string, at int) int {
	src, err := t.ReadFile(file)
	if err != nil {
		return 1
	}
	return refactor.LineAt(src, at)
}
