package acm

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Policy is an ACM policy: the types of its two components and the labels that
// combine them. A component without types is not in force.
type Policy struct {
	Name        string      `yaml:"name"`
	ChineseWall ChineseWall `yaml:"chinese_wall"`
	STE         STE         `yaml:"simple_type_enforcement"`
	Labels      []Label     `yaml:"labels"`
	Bootstrap   string      `yaml:"bootstrap"` // label of dom0
}

// ChineseWall lists types and the sets of them of which only one may run at a time.
type ChineseWall struct {
	Types     []string   `yaml:"types"`
	Conflicts [][]string `yaml:"conflicts"`
}

// STE lists types; domains and resources share where they have one in common.
type STE struct {
	Types []string `yaml:"types"`
}

// Label is a set of types with a name; SSIDRef is its position in the policy,
// counted from 1. 0 is no label.
type Label struct {
	Name string   `yaml:"name"`
	CHWT []string `yaml:"chinese_wall_types"`
	STET []string `yaml:"ste_types"`
	// Resources are what the label may be given to: devices, memory and ports as
	// "pci 0x100", "iomem 0x1000-0x10ff", "ioport 0x300-0x30f", "irq 9".
	Resources []string `yaml:"resources"`
}

const maxPolicy = 1 << 20

// ParsePolicy reads a policy file in YAML and checks it. file is used in
// messages only; errors name it and what is wrong.
func ParsePolicy(file string, src []byte) (p *Policy, err error) {
	if len(src) > maxPolicy {
		return nil, fmt.Errorf("%s: larger than %d bytes: not an ACM policy", file, maxPolicy)
	}
	defer func() { // the YAML library may panic on what it cannot read
		if x := recover(); x != nil {
			p, err = nil, fmt.Errorf("%s: not readable as YAML: %v", file, x)
		}
	}()
	p = &Policy{}
	if err := yaml.UnmarshalWithOptions(src, p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// check reports the first inconsistency.
func (p *Policy) check() error {
	if len(p.Labels) == 0 {
		return errors.New("no labels: at least the bootstrap domain needs one")
	}
	if err := unique("Chinese Wall type", p.ChineseWall.Types); err != nil {
		return err
	}
	if err := unique("STE type", p.STE.Types); err != nil {
		return err
	}
	for i, set := range p.ChineseWall.Conflicts {
		if len(set) < 2 {
			return fmt.Errorf("conflict set %d has fewer than two types: it excludes nothing", i+1)
		}
		if err := known(fmt.Sprintf("conflict set %d", i+1), set, p.ChineseWall.Types); err != nil {
			return err
		}
	}
	var names []string
	for _, l := range p.Labels {
		names = append(names, l.Name)
		if err := known("label "+l.Name, l.CHWT, p.ChineseWall.Types); err != nil {
			return err
		}
		if err := known("label "+l.Name, l.STET, p.STE.Types); err != nil {
			return err
		}
		if set := p.conflict(l.CHWT); set != nil {
			return fmt.Errorf("label %s has two types of conflict set %v: no domain could run with it", l.Name, set)
		}
		for _, r := range l.Resources {
			if _, err := parseResource(r); err != nil {
				return fmt.Errorf("label %s: %w", l.Name, err)
			}
		}
	}
	if err := unique("label", names); err != nil {
		return err
	}
	if !slices.Contains(names, p.Bootstrap) {
		return fmt.Errorf("bootstrap label %q is not in the policy", p.Bootstrap)
	}
	return nil
}

// conflict returns a conflict set of which types has two members, or nil.
func (p *Policy) conflict(types []string) []string {
	for _, set := range p.ChineseWall.Conflicts {
		n := 0
		for _, t := range set {
			if slices.Contains(types, t) {
				n++
			}
		}
		if n > 1 {
			return set
		}
	}
	return nil
}

func unique(what string, names []string) error {
	for i, n := range names {
		if n == "" {
			return fmt.Errorf("a %s has no name", what)
		}
		if slices.Contains(names[:i], n) {
			return fmt.Errorf("%s %q appears twice", what, n)
		}
	}
	return nil
}

func known(what string, names, of []string) error {
	for _, n := range names {
		if !slices.Contains(of, n) {
			return fmt.Errorf("%s: type %q is not declared", what, n)
		}
	}
	return nil
}

// SSIDRef finds a label by name; 0 if there is none.
func (p *Policy) SSIDRef(label string) uint32 {
	for i, l := range p.Labels {
		if l.Name == label {
			return uint32(i + 1)
		}
	}
	return 0
}

// resource is a range of one kind of resource, both ends included.
type resource struct {
	kind   string
	lo, hi uint64
}

func parseResource(s string) (resource, error) {
	kind, span, _ := strings.Cut(s, " ")
	if !slices.Contains([]string{"pci", "iomem", "ioport", "irq"}, kind) {
		return resource{}, fmt.Errorf("resource %q: the kind is not pci, iomem, ioport or irq", s)
	}
	lo, hi, ranged := strings.Cut(span, "-")
	if !ranged {
		hi = lo
	}
	r := resource{kind: kind}
	_, err1 := fmt.Sscanf(lo, "%v", &r.lo)
	_, err2 := fmt.Sscanf(hi, "%v", &r.hi)
	if err1 != nil || err2 != nil || r.hi < r.lo {
		return resource{}, fmt.Errorf("resource %q: want a number or a range such as 0x300-0x30f", s)
	}
	return r, nil
}
