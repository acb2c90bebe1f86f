// Package profile holds what the analyzer must know about one hypervisor's names: which functions copy from a guest, look an object up,
// take a lock, are hooks. It is data; the analysis itself knows no names.
package profile

import (
	_ "embed"
	"fmt"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
)

//go:embed xen.yaml
var xenYAML []byte

// Profile is the names of one hypervisor flavour. A name list entry with * or ? is a glob over the whole name.
type Profile struct {
	Name    string  `yaml:"name"`
	Entries Entries `yaml:"entries"`
	Hooks   Hooks   `yaml:"hooks"`
	Subject Subject `yaml:"subject"`
	Types   Types   `yaml:"types"`
	Policy  Policy  `yaml:"policy"`
	Legacy  Names   `yaml:"legacy"`
	Gates   Names   `yaml:"gates"` // those of Legacy that stand for a privilege, whatever the operation
	Copies  []Copy  `yaml:"copies"`
	Lookups Names   `yaml:"lookups"`
	Held    []Held  `yaml:"held"`
	Neutral Names   `yaml:"neutral"`
	Tallies Names   `yaml:"tallies"` // those of them that only count or assert

	Numbers  []Number          `yaml:"numbers"`
	Compose  []Whole           `yaml:"compose"`
	Words    map[string]string `yaml:"words"` // abbreviations in names, and what they stand for, words joined by underscores
	Errors   Errors            `yaml:"errors"`
	Versions Names             `yaml:"versions"` // constants that a request's version is compared with
	Instead  []Instead         `yaml:"instead"`
	Classes  []Class           `yaml:"classes"`
	Self     Names             `yaml:"self"` // how a guest names itself
	IDs      Names             `yaml:"ids"`  // constants that name domains, not commands
	Life     Life              `yaml:"life"`
	IDFields Names             `yaml:"idfields"` // members that only say which object it is
	Deciders Names             `yaml:"deciders"` // words in names of functions that decide about access
	Counts   []string          `yaml:"counts"`   // what variables that say how many are called, the usual first
	Results  []string          `yaml:"results"`  // what local variables that hold an error number are called, the usual first
	Owning   []string          `yaml:"owning"`   // what comments on permissions say of who an object belongs to
	Modes    []Mode            `yaml:"modes"`    // flags that are set in functions whose names say so
	Commands []string          `yaml:"commands"` // what parameters and variables that hold a sub-command are called, the usual first
}

// Class says which object class new permissions of some entries' operations go to, and which when the operation concerns no domain ("": the same).
type Class struct {
	Entries Names  `yaml:"entries"`
	Class   string `yaml:"class"`
	Without string `yaml:"without"`
	Word    string `yaml:"word"` // that the hooks' names start with
}

// Instead says that a hook whose name has none of Unless means variable Use where its parameter is called Param, when the code has both.
type Instead struct {
	Param  string   `yaml:"param"`
	Use    string   `yaml:"use"`
	Unless []string `yaml:"unless"`
}

// Errors says how functions report failure, and what their numbers mean.
type Errors struct {
	Wrap        Names `yaml:"wrap"`        // turn a number into a pointer: ERR_PTR
	Denied      Names `yaml:"denied"`      // say that the caller may not
	Busy        Names `yaml:"busy"`        // say that the object is in use
	Missing     Names `yaml:"missing"`     // say that there is no such object or device
	Unsupported Names `yaml:"unsupported"` // say that this hypervisor cannot do it
}

// Life is how an object begins and ends: words in names of hooks and functions, and functions that make and free memory.
type Life struct {
	Begin      Names    `yaml:"begin"`
	End        Names    `yaml:"end"`
	After      Names    `yaml:"after"` // a hook called so is told when the object has ended
	Allocators Names    `yaml:"allocators"`
	Freers     Names    `yaml:"freers"`
	Sets       []string `yaml:"sets"` // words of a hook's name that say that the hypervisor's state changes
	Stop       string   `yaml:"stop"` // the function that ends the boot with a message
	Text       Text     `yaml:"text"`
}

// Text is how labels are shown to people.
type Text struct {
	Print     string `yaml:"print"`     // the function that prints
	Form      string `yaml:"form"`      // how a label is introduced, with %s for it
	Free      string `yaml:"free"`      // the function that frees a label
	Locks     Names  `yaml:"locks"`     // calls behind which nothing may be allocated: they keep interrupts out
	Interrupt string `yaml:"interrupt"` // in C, whether the code runs in an interrupt, where nothing may be allocated
}

// Whole says how code writes a number that it has in parts: Text with a % for each of Parts, which are names of variables or members ("a|b": either),
// for a parameter called Param.
type Whole struct {
	Param Names    `yaml:"param"`
	Text  string   `yaml:"text"`
	Parts []string `yaml:"parts"`
}

// Mode says that a flag parameter is set in functions whose names have a word.
type Mode struct {
	Param string `yaml:"param"`
	Word  string `yaml:"word"`
}

// Entries says how to recognise the functions that a guest reaches first.
type Entries struct {
	Tables    Names `yaml:"tables"`
	Callers   Names `yaml:"callers"`
	Handlers  Names `yaml:"handlers"`
	Ignore    Names `yaml:"ignore"`
	Multicall Names `yaml:"multicall"`
}

// Hooks says which functions are authorization hooks and where they are declared and implemented.
type Hooks struct {
	Prefixes []string `yaml:"prefixes"`
	Ignore   Names    `yaml:"ignore"`
	Headers  Names    `yaml:"headers"`
	Modules  Names    `yaml:"modules"`
	Defaults Names    `yaml:"defaults"`
	Self     Names    `yaml:"self"`
	Passes   Names    `yaml:"passes"` // default actions that let everybody through: without a module nothing is decided

	// Modules that ask a policy, by the first word of their tables' names, which is also the name of their usual folder.
	PolicyModules []string `yaml:"policy_modules"`
	PolicyFiles   Names    `yaml:"-"` // where a tree has them otherwise, see [Profile.For]
}

// OfPolicy reports whether a file belongs to a module that asks a policy.
func (h *Hooks) OfPolicy(file string) bool {
	for _, m := range h.PolicyModules {
		if strings.HasPrefix(file, m+"/") || strings.Contains(file, "/"+m+"/") {
			return true
		}
	}
	return h.PolicyFiles.Has(file)
}

// Is reports whether a function of this name is a hook.
func (h *Hooks) Is(name string) bool {
	for _, p := range h.Prefixes {
		if strings.HasPrefix(name, p) {
			return !h.Ignore.Has(name)
		}
	}
	return false
}

// Policy says how the policy module's constants are spelled: a class's prefix, and what joins class and permission.
type Policy struct {
	Class     string `yaml:"class"`
	Separator string `yaml:"separator"`
}

// Subject says how code names the caller.
type Subject struct {
	Macros Names  `yaml:"macros"`
	Calls  Names  `yaml:"calls"`
	Domain string `yaml:"domain"` // the expression for the calling domain
	Own    Names  `yaml:"own"`    // look-ups that give the caller its own domain, and cannot fail
	Any    Names  `yaml:"any"`    // look-ups that accept the caller's name for itself
}

// Types are the types of the parties of a request, as facts print them: "struct domain *".
type Types struct {
	Domain string `yaml:"domain"`
	VCPU   string `yaml:"vcpu"`
	ID     string `yaml:"id"` // a number that names a domain
}

// Copy is a function that moves data between guest and hypervisor memory. Back means towards the guest.
type Copy struct {
	Call string `yaml:"call"`
	To   int    `yaml:"to"`
	From int    `yaml:"from"`
	Back bool   `yaml:"back"`
}

// Held is a pair of functions between which something is held. Arg is the argument that names it (-1: none), or Result when the call's result does;
// Out says that the argument points to where the object is stored. Try: held only when the call's result is true.
type Held struct {
	Acquire string `yaml:"acquire"`
	Release string `yaml:"release"`
	Arg     int    `yaml:"arg"`
	Result  bool   `yaml:"result"`
	Out     bool   `yaml:"out"`
	Try     bool   `yaml:"try"`
	Kind    string `yaml:"kind"`
}

// Number says which checks decide about a resource of the machine, and the words in names of variables that hold the guest's number for it.
type Number struct {
	Calls Names  `yaml:"calls"`
	What  string `yaml:"what"`
	Not   Names  `yaml:"not"`
}

// Names is a list of names and globs.
type Names []string

// Has reports whether name is in the list.
func (n Names) Has(name string) bool {
	for _, p := range n {
		if Match(p, name) {
			return true
		}
	}
	return false
}

// Match reports whether name matches a pattern; * also matches slashes.
func Match(pattern, name string) bool {
	i := wild(pattern)
	switch {
	case i < 0:
		return pattern == name
	case i == len(pattern)-1 && pattern[i] == '*':
		return strings.HasPrefix(name, pattern[:i])
	case !strings.HasPrefix(name, pattern[:i]):
		return false
	}
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(name, "/", "\x01"))
	return err == nil && ok
}

// wild is the index of the first character of a pattern that does not stand for itself, -1 when all do.
func wild(pattern string) int {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[', '\\':
			return i
		}
	}
	return -1
}

// Xen returns the built-in profile of Xen.
func Xen() (*Profile, error) { return Parse("xen.yaml", xenYAML) }

// Parse reads a profile; errors name the file, line and field.
func Parse(file string, data []byte) (*Profile, error) {
	p := &Profile{}
	if err := strictyaml.Unmarshal(file, data, p); err != nil {
		return nil, err
	}
	if p.Name == "" {
		return nil, fmt.Errorf("%s: the profile has no name", file)
	}
	if len(p.Hooks.Prefixes) == 0 {
		return nil, fmt.Errorf("%s: hooks.prefixes is empty: no hook could be found", file)
	}
	return p, nil
}
