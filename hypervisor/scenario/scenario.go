// Package scenario runs stories on the reference hypervisor: domains with labels,
// steps that one of them takes, and whether each is allowed, under any module.
//
// A scenario is a YAML file:
//
//	name: two tenants
//	domains:
//	  - {name: a, frames: [1], labels: {flask: "u:r:tenant_a_t", acm: tenant-a}}
//	  - {name: b, frames: [1], labels: {flask: "u:r:tenant_b_t", acm: tenant-b}}
//	steps:
//	  - by: a
//	    do: EVTCHNOP_alloc_unbound
//	    args: {dom: self, remote_dom: b}
//	    save: {p: port}
//	    expect: {"*": allow, silo: deny, acm: deny}
//
// do is an operation of package hv's dispatch table; args name the fields of its
// argument, underscores and case aside; a value may be a domain's name or $x, a
// value saved by an earlier step. expect is allow (no error and no hook refused),
// deny (a hook refused), or the name of an error; a map gives it by module.
package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Scenario is a parsed file.
type Scenario struct {
	Name     string            `yaml:"name"`
	About    string            `yaml:"about"`
	Modules  []string          `yaml:"modules"`  // the story is about these; all if empty
	Policies map[string]string `yaml:"policies"` // by module: a file next to the scenario's
	Machine  Machine           `yaml:"machine"`
	Domains  []Domain          `yaml:"domains"`
	Steps    []Step            `yaml:"steps"`

	dir  string
	file string
}

// Machine is what the hypervisor boots on.
type Machine struct {
	Pages     int               `yaml:"pages"`
	Devices   []uint32          `yaml:"devices"`
	DTPaths   []string          `yaml:"device_tree"`
	Dom0Label map[string]string `yaml:"dom0_labels"`
}

// Domain is one guest, made by dom0 or by an earlier domain before the steps.
type Domain struct {
	Name     string            `yaml:"name"`
	By       string            `yaml:"by"` // who makes it; dom0 if empty
	Labels   map[string]string `yaml:"labels"`
	HVM      bool              `yaml:"hvm"`
	Xenstore bool              `yaml:"xenstore"`
	IOMMU    bool              `yaml:"iommu"`
	Frames   []uint64          `yaml:"frames"` // guest frames to populate
	Target   string            `yaml:"target"` // domain it is device model for
	Later    bool              `yaml:"later"`  // made by a step, not before
}

// Step is one operation.
type Step struct {
	By     string         `yaml:"by"`
	Do     string         `yaml:"do"`
	Domain string         `yaml:"domain"` // with do: create, the domain to make
	Args   map[string]any `yaml:"args"`
	Save   map[string]string
	Expect Expect `yaml:"expect"`
	Why    string `yaml:"why"`
}

// Expect is what shall happen, by module; "*" is any other.
type Expect map[string]string

// UnmarshalYAML reads a word or a mapping.
func (e *Expect) UnmarshalYAML(unmarshal func(any) error) error {
	var word string
	if err := unmarshal(&word); err == nil {
		*e = Expect{"*": word}
		return nil
	}
	m := map[string]string{}
	err := unmarshal(&m)
	*e = m
	return err
}

// For is the expectation under a module; "" if there is none.
func (e Expect) For(module string) string {
	if v, ok := e[module]; ok {
		return v
	}
	return e["*"]
}

const maxFile = 1 << 20

// Load reads and checks a scenario file.
func Load(file string) (*Scenario, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s, err := Parse(file, src)
	if err == nil {
		s.dir = filepath.Dir(file)
	}
	return s, err
}

// Parse reads a scenario; errors name the file and what is wrong.
func Parse(file string, src []byte) (s *Scenario, err error) {
	if len(src) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes: not a scenario", file, maxFile)
	}
	defer func() { // the YAML library may panic on what it cannot read
		if p := recover(); p != nil {
			s, err = nil, fmt.Errorf("%s: not readable as YAML: %v", file, p)
		}
	}()
	s = &Scenario{file: file, dir: "."}
	if err := yaml.UnmarshalWithOptions(src, s, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

func (s *Scenario) check() error {
	for _, m := range s.Modules {
		if !slices.Contains(Names(), m) {
			return fmt.Errorf("no module is called %q: there are %v", m, Names())
		}
	}
	names := []string{"dom0"}
	for i, d := range s.Domains {
		switch {
		case d.Name == "" || d.Name == "self" || strings.HasPrefix(d.Name, "$"):
			return fmt.Errorf("domain %d: %q is no name for a domain", i+1, d.Name)
		case slices.Contains(names, d.Name):
			return fmt.Errorf("two domains are called %s", d.Name)
		case d.By != "" && !slices.Contains(names, d.By):
			return fmt.Errorf("domain %s is made by %q, which is no earlier domain", d.Name, d.By)
		case d.Target != "" && !slices.Contains(names, d.Target):
			return fmt.Errorf("domain %s has target %q, which is no earlier domain", d.Name, d.Target)
		}
		names = append(names, d.Name)
	}
	for i, st := range s.Steps {
		switch {
		case !slices.Contains(names, st.By):
			return fmt.Errorf("step %d: by %q: no such domain", i+1, st.By)
		case st.Do == "":
			return fmt.Errorf("step %d does nothing: it needs do", i+1)
		case st.Do == "create" && !slices.Contains(names, st.Domain):
			return fmt.Errorf("step %d creates %q, which is no domain of the scenario", i+1, st.Domain)
		}
	}
	return nil
}

// domain finds a domain by name.
func (s *Scenario) domain(name string) *Domain {
	for i := range s.Domains {
		if s.Domains[i].Name == name {
			return &s.Domains[i]
		}
	}
	return nil
}
