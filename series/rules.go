package series

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Rules says how to group changes into patches.
type Rules struct {
	Plan   string      `yaml:"plan"`   // one of Plans; "" is PlanFeature
	Groups []GroupRule `yaml:"groups"` // tried in order before the plan
}

// GroupRule puts the changes it matches into one group, in the order of the rules. A change matches when every one of
// Paths, Symbols, Uses and Kinds that is given matches.
type GroupRule struct {
	Name      string   `yaml:"name"`      // also the component in the subject, unless Component is set
	Component string   `yaml:"component"` // before the colon of the subject
	Subject   string   `yaml:"subject"`   // after the colon; "" derives it; {} is the file or component of "by"
	Body      string   `yaml:"body"`
	Paths     []string `yaml:"paths"`   // globs of path.Match, or a directory with its slash; any may match
	Symbols   []string `yaml:"symbols"` // globs on the names that a change defines; any may match
	Uses      []string `yaml:"uses"`    // globs on the names that a change newly uses and the headers that it includes; any may match
	Kinds     []string `yaml:"kinds"`   // what the change is: move, delete, create, edit; any may match
	By        string   `yaml:"by"`      // "file" or "component": one patch for each instead of one for all
}

// The built-in plans.
const (
	PlanFeature   = "by-feature"   // what belongs together by names, place and dependency (the default)
	PlanComponent = "by-component" // a directory, or the component that the changes name
	PlanSymbol    = "by-symbol"    // a patch per name that is introduced
	PlanSmallest  = "smallest"     // a patch per change that cannot be divided
	PlanMinimal   = "minimal"      // refactoring, hypervisor, tools, the rest, documentation
	PlanXSM       = "xsm"          // the classic submission of a security framework: see plans/xsm.yaml
)

// Plans lists the built-in plans.
var Plans = []string{PlanFeature, PlanComponent, PlanSymbol, PlanSmallest, PlanMinimal, PlanXSM}

// ReadRules reads rules from YAML; name is what errors call the file. Unknown keys are errors.
func ReadRules(name string, text []byte) (Rules, error) {
	var r Rules
	if err := strictyaml.Unmarshal(name, text, &r); err != nil {
		return r, err
	}
	if err := r.Check(); err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// Check reports a plan or group that cannot be used.
func (r Rules) Check() error {
	if r.Plan != "" && !slices.Contains(Plans, r.Plan) {
		return fmt.Errorf("unknown plan %q: one of %s", r.Plan, strings.Join(Plans, ", "))
	}
	seen := map[string]bool{}
	for i, g := range r.Groups {
		switch {
		case g.Name == "":
			return fmt.Errorf("group %d has no name", i+1)
		case seen[g.Name]:
			return fmt.Errorf("two groups are called %q", g.Name)
		case len(g.Paths)+len(g.Symbols)+len(g.Uses)+len(g.Kinds) == 0:
			return fmt.Errorf("group %q matches nothing: give paths, symbols, uses or kinds", g.Name)
		case g.By != "" && g.By != "file" && g.By != "component":
			return fmt.Errorf("group %q: by: %q: file or component", g.Name, g.By)
		}
		for _, k := range g.Kinds {
			if !slices.Contains([]string{"move", "delete", "create", "edit"}, k) {
				return fmt.Errorf("group %q: kinds: %q: move, delete, create or edit", g.Name, k)
			}
		}
		seen[g.Name] = true
		for _, glob := range slices.Concat(g.Paths, g.Symbols, g.Uses) {
			if _, err := path.Match(glob, ""); err != nil {
				return fmt.Errorf("group %q: %q: %w", g.Name, glob, err)
			}
		}
	}
	return nil
}

// groupAt returns the rule of a rank, nil for the plan's own groups.
func (r Rules) groupAt(rank int) *GroupRule {
	if rank < len(r.Groups) {
		return &r.Groups[rank]
	}
	return nil
}

// expand puts the groups of a plan that is a rules file after the person's own.
func (r Rules) expand() (Rules, error) {
	if r.Plan != PlanXSM {
		return r, nil
	}
	text, err := planFiles.ReadFile("plans/xsm.yaml")
	if err != nil {
		return r, err
	}
	x, err := ReadRules("plans/xsm.yaml", text)
	return Rules{Plan: x.Plan, Groups: append(slices.Clone(r.Groups), x.Groups...)}, err
}

// matchPath: a glob that ends in a slash matches everything below; one without a slash matches base names.
func matchPath(glob, p string) bool {
	if strings.HasSuffix(glob, "/") {
		return strings.HasPrefix(p, glob)
	}
	if !strings.Contains(glob, "/") {
		p = path.Base(p)
	}
	ok, _ := path.Match(glob, p)
	return ok
}

// pathsOf lists the paths a change touches.
func pathsOf(c *refactor.Change) []string {
	var out []string
	for _, op := range c.Files {
		out = append(out, op.Path)
	}
	for _, e := range c.Edits {
		out = append(out, e.Path)
	}
	return out
}

// component is what the change says, or the directory it works in.
func component(c *refactor.Change) string {
	if c.Component != "" {
		return c.Component
	}
	ps := pathsOf(c)
	if len(ps) == 0 {
		return "misc"
	}
	dir := path.Dir(ps[0])
	if dir == "." {
		return strings.TrimSuffix(ps[0], path.Ext(ps[0]))
	}
	return dir
}
