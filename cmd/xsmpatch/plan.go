package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// planJSON is the plan in the JSON contract: hook calls, and apart from them the sub-commands that a module's switch learns, which call no hook.
type planJSON struct {
	Placements []placementJSON `json:"placements"`
	Cases      []placementJSON `json:"cases"`
	Refusals   []refusalJSON   `json:"refusals"`
}

type placementJSON struct {
	Hook       string   `json:"hook"`
	Kind       string   `json:"kind"`
	File       string   `json:"file"`
	Line       int      `json:"line"`
	Function   string   `json:"function"`
	Hypercall  string   `json:"hypercall"`
	Operation  string   `json:"operation"`
	Class      string   `json:"class"`
	Args       []string `json:"args"`
	Action     string   `json:"action"`
	Deny       string   `json:"deny"`
	Evidence   []string `json:"evidence"`
	Confidence float64  `json:"confidence"`
}

type refusalJSON struct {
	Check     string   `json:"check"`
	Hook      string   `json:"hook"`
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Function  string   `json:"function"`
	Operation string   `json:"operation"`
	Reason    string   `json:"reason"`
	Evidence  []string `json:"evidence"`
}

// newPlan is "xsmpatch plan".
func newPlan() *cobra.Command {
	var f scanFlags
	var out, format string
	var legacy bool
	c := &cobra.Command{
		Use:     "plan [TREE] -o plan.yaml",
		Short:   "where missing hooks go, for a person to review and edit",
		Example: "  xsmpatch plan ~/src/xen -o plan.yaml\n  xsmpatch plan ~/src/xen --config default,wide -o plan.yaml\n  xsmpatch plan ~/src/xen --format json",
		Long: `Plan scans a tree, finds operations without a hook and says where each hook goes: file, line, arguments, default action, the deny path,
and the evidence. The YAML is meant to be edited and given to "xsmpatch gen". Without TREE it plans the embedded minixen.
Of several configurations the first is planned, and the others add what they have of code that those before them leave out.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			tree := ""
			if len(args) > 0 {
				tree = args[0]
			}
			if format != "yaml" && format != "json" {
				return &exitError{exitUsage, fmt.Errorf("unknown format %q: yaml or json", format)}
			}
			if err := canWrite(out); err != nil {
				return err
			}
			a, err := analyseTree(c.Context(), tree, &f, c.ErrOrStderr())
			if err != nil {
				return err
			}
			if legacy {
				a.plan = legacyPlan(a)
			}
			data, err := planData(a, format)
			if err != nil {
				return &exitError{exitInternal, err}
			}
			if out == "-" {
				_, err = c.OutOrStdout().Write(data)
				return err
			}
			return writeAtomic(out, data)
		},
	}
	f.register(c)
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write")
	c.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	c.Flags().BoolVar(&legacy, "legacy", false, "the tree has no hooks at all: propose one for each operation that a legacy check gates or that names a domain")
	return c
}

// legacyPlan plans a tree without hooks from the operations of its inventory.
func legacyPlan(a *analysis) *hookgen.Plan {
	commands := map[string]bool{}
	for _, op := range a.facts.Ops {
		commands[op.Command] = true
	}
	return hookgen.NewLegacyPlan(a.tree, a.read[0].Program, a.result, commands)
}

func planData(a *analysis, format string) ([]byte, error) {
	if format == "yaml" {
		return a.plan.YAML(a.tree)
	}
	b, err := json.MarshalIndent(planJSONOf(a), "", " ")
	return append(b, '\n'), err
}

func planJSONOf(a *analysis) planJSON {
	out := planJSON{Placements: []placementJSON{}, Cases: []placementJSON{}, Refusals: []refusalJSON{}}
	for _, p := range a.plan.Placements {
		list := &out.Placements
		if p.IsCase() {
			list = &out.Cases
		}
		*list = append(*list, placementJSON{
			Hook: p.Hook, Kind: p.Kind, File: p.File, Line: p.Line, Function: p.Function, Hypercall: p.Entry, Operation: p.Command, Class: p.Class,
			Args: append([]string{}, p.Args...), Action: p.Action, Deny: p.Deny, Evidence: p.Gap.Evidence, Confidence: p.Gap.Confidence,
		})
	}
	for _, r := range a.plan.Refusals {
		out.Refusals = append(out.Refusals, refusalOf(a, r.Gap, r))
	}
	return out
}

func refusalOf(a *analysis, g *verify.Gap, r *hookgen.Refusal) refusalJSON {
	out := refusalJSON{Check: g.Check, Reason: r.Reason, Evidence: g.Evidence}
	if g.Hook != nil {
		out.Hook = a.result.Tables.Prefix + g.Hook.Name
		out.File, out.Line = g.Hook.Ops.Path, lineOf(a.tree, g.Hook.Ops.Path, g.Hook.Ops.Start)
	}
	if reg := g.Region; reg != nil {
		out.Function, out.Operation = reg.Fn.Name, reg.Command()
		out.File, out.Line = reg.Fn.File, lineOf(a.tree, reg.Fn.File, int(reg.Start))
	}
	return out
}

// lineOf is the line of byte at of a file, 1 when it cannot be read.
func lineOf(t *refactor.Tree, file string, at int) int {
	src, err := t.ReadFile(file)
	if err != nil || at > len(src) {
		return 1
	}
	return refactor.LineAt(src, at)
}

var errNoOutput = errors.New("name the output directory with -o")
