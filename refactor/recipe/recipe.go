package recipe

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
)

// Step is one change of a recipe. Do names it; which of the other fields it reads is in docs/refactor.md.
type Step struct {
	Do       string            `yaml:"do"`
	Of       string            `yaml:"of"`       // what the step is about, such as func:NAME
	To       string            `yaml:"to"`       // the new name or place
	Subject  string            `yaml:"subject"`  // of the commit; the step has one of its own
	Body     string            `yaml:"body"`     // of the commit
	Comments string            `yaml:"comments"` // "keep": names in comments stay
	Strings  string            `yaml:"strings"`  // "change": names in strings change too
	Param    string            `yaml:"param"`    // a parameter's declaration or name
	At       string            `yaml:"at"`       // where it goes: first, last, before NAME, after NAME
	Argument string            `yaml:"argument"` // what calls pass for it
	Order    []string          `yaml:"order"`    // parameters by name
	Value    string            `yaml:"value"`    // y or n, of a configuration symbol
	Match    string            `yaml:"match"`    // a pattern
	Replace  string            `yaml:"replace"`
	Where    map[string]string `yaml:"where"`  // kinds of the pattern's metavariables
	Header   string            `yaml:"header"` // a file to include, or to make
	Files    []string          `yaml:"files"`  // folders and files that the step is limited to
	Remove   []string          `yaml:"remove"` // files and folders (with a slash) that go away
	Hooks    map[string]string `yaml:"hooks"`  // by function, or FUNCTION/CASE: the hook's call
	Count    int               `yaml:"count"`  // how many matches there must be, 0 for any but none
}

// Recipe is a list of steps, each made on what the one before leaves.
type Recipe struct {
	Title string `yaml:"title"`
	Steps []Step `yaml:"steps"`
}

// Read reads a recipe file; name is what messages call it.
func Read(name string, data []byte) (*Recipe, error) {
	r := &Recipe{}
	if err := strictyaml.Unmarshal(name, data, r); err != nil {
		return nil, err
	}
	if len(r.Steps) == 0 {
		return nil, fmt.Errorf("%s: no steps", name)
	}
	for i := range r.Steps {
		if steps[r.Steps[i].Do] == nil {
			return nil, fmt.Errorf("%s: step %d: there is no step %q; write one of %s", name, i+1, r.Steps[i].Do, StepNames())
		}
	}
	return r, nil
}

// Command reads a recipe of one step from words: its name, what it is about ("func:old=new" for a rename), and KEY=VALUE for the
// other fields, such as param="unsigned int n".
func Command(words []string) (*Recipe, error) {
	if len(words) == 0 || steps[words[0]] == nil {
		return nil, fmt.Errorf("no such recipe: %q; give a YAML file, or one of %s", strings.Join(words, " "), StepNames())
	}
	var y strings.Builder
	fmt.Fprintf(&y, "steps:\n- do: %q\n", words[0])
	for i, w := range words[1:] {
		key, val, ok := strings.Cut(w, "=")
		switch {
		case i == 0 && (words[0] == "rename" || words[0] == "move") && ok && key != "of":
			fmt.Fprintf(&y, "  of: %q\n  to: %q\n", key, val)
		case i == 0 && (!ok || strings.Contains(key, ":")):
			fmt.Fprintf(&y, "  of: %q\n", w)
		case !ok:
			return nil, fmt.Errorf("%q: write KEY=VALUE", w)
		case key == "order" || key == "files" || key == "remove":
			fmt.Fprintf(&y, "  %s: [%s]\n", key, val)
		case key == "count":
			fmt.Fprintf(&y, "  count: %s\n", val)
		default:
			fmt.Fprintf(&y, "  %s: %q\n", key, val)
		}
	}
	return Read("command line", []byte(y.String()))
}

// Result is what one step did: a change on the tree Base.
type Result struct {
	Step   Step
	Base   *refactor.Tree
	Change *refactor.Change
	Notes  []Note
}

// Run makes the steps in order and returns their results and the last tree. An error (an [*Error] in it) names the step and
// leaves everything as it was.
func (r *Recipe) Run(t *refactor.Tree) ([]Result, *refactor.Tree, error) {
	var out []Result
	var w *world
	for i := range r.Steps {
		s := r.Steps[i]
		next, err := openWorld(t, w)
		if err != nil {
			return nil, nil, err
		}
		w = next
		res, err := w.run(i, &s)
		if err != nil {
			return nil, nil, fmt.Errorf("step %d (%s): %w", i+1, s.Do, err)
		}
		if t, err = t.Apply(res.Change); err != nil {
			return nil, nil, fmt.Errorf("step %d (%s): %w", i+1, s.Do, err)
		}
		out = append(out, *res)
	}
	return out, t, nil
}

func (w *world) run(i int, s *Step) (*Result, error) {
	e := newEditor(w)
	if err := steps[s.Do](e, s); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	if len(e.edits)+len(e.files) == 0 {
		return nil, &Error{What: "nothing to change", Remedy: "check what the step is about"}
	}
	sortNotes(e.notes)
	c := &refactor.Change{ID: refactor.ChangeID(fmt.Sprintf("step-%d-%s", i+1, s.Do)), Summary: s.subject(), Body: s.Body, Edits: e.edits, Files: e.files}
	return &Result{Step: *s, Base: w.tree, Change: c, Notes: e.notes}, nil
}

// subject is the commit's subject: the step's own words unless the recipe has some.
func (s *Step) subject() string {
	if s.Subject != "" {
		return s.Subject
	}
	of := s.Of
	if _, name, ok := strings.Cut(of, ":"); ok {
		of = name
	}
	switch s.Do {
	case "rename", "move":
		return fmt.Sprintf("%s %s to %s", s.Do, of, s.To)
	case "add-param":
		return fmt.Sprintf("add parameter %q to %s", s.Param, of)
	case "drop-param":
		return fmt.Sprintf("drop parameter %s of %s", s.Param, of)
	case "remove-config", "unwrap", "set-config":
		return fmt.Sprintf("%s %s (%s)", strings.ReplaceAll(s.Do, "-", " "), of, s.Value)
	}
	return strings.TrimSpace(s.Do + " " + of)
}
