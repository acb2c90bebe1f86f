package series

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Rules says how to group changes into patches.
type Rules struct {
	Plan   string      `yaml:"plan"`   // one of Plans; "" is PlanComponent
	Groups []GroupRule `yaml:"groups"` // tried in order before the plan
}

// GroupRule puts the changes it matches into one group, in the order of the rules.
type GroupRule struct {
	Name      string   `yaml:"name"`      // also the component in the subject, unless Component is set
	Component string   `yaml:"component"` // before the colon of the subject
	Subject   string   `yaml:"subject"`   // after the colon; "" derives it
	Body      string   `yaml:"body"`
	Paths     []string `yaml:"paths"`   // globs of path.Match, or a directory with its slash; any may match
	Symbols   []string `yaml:"symbols"` // globs on the names that a change provides; any may match
}

// The built-in plans.
const (
	PlanComponent = "by-component"
	PlanMinimal   = "minimal"
)

// Plans lists the built-in plans.
var Plans = []string{PlanComponent, PlanMinimal}

// ReadRules reads rules from YAML; name is what errors call the file. Unknown keys are errors.
func ReadRules(name string, text []byte) (Rules, error) {
	var r Rules
	if err := yaml.UnmarshalWithOptions(text, &r, yaml.Strict()); err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
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
		case len(g.Paths)+len(g.Symbols) == 0:
			return fmt.Errorf("group %q matches nothing: give paths or symbols", g.Name)
		}
		seen[g.Name] = true
		for _, glob := range append(slices.Clone(g.Paths), g.Symbols...) {
			if _, err := path.Match(glob, ""); err != nil {
				return fmt.Errorf("group %q: %q: %w", g.Name, glob, err)
			}
		}
	}
	return nil
}

func (r Rules) groupNamed(name string) *GroupRule {
	for i := range r.Groups {
		if r.Groups[i].Name == name {
			return &r.Groups[i]
		}
	}
	return nil
}

// assign gives every node its group.
func (g *Graph) assign(r Rules) ([]groupKey, error) {
	keys := make([]groupKey, len(g.Nodes))
	for n, nd := range g.Nodes {
		c := g.Changes[nd.Changes[0]]
		keys[n] = groupKey{Rank: len(r.Groups), Name: component(c)}
		for i := range r.Groups {
			if r.Groups[i].matches(c) {
				keys[n] = groupKey{Rank: i, Name: r.Groups[i].Name}
				break
			}
		}
	}
	return keys, nil
}

func (r *GroupRule) matches(c *refactor.Change) bool {
	for _, glob := range r.Paths {
		for _, p := range pathsOf(c) {
			if matchPath(glob, p) {
				return true
			}
		}
	}
	for _, glob := range r.Symbols {
		for _, s := range c.Provides {
			if ok, _ := path.Match(glob, s.Name); ok {
				return true
			}
		}
	}
	return false
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
