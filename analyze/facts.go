package analyze

// Schema names the version of the JSON that scan writes; docs/facts.md describes it.
const Schema = "xsmpatch.facts/1"

// Facts is the inventory of one tree: what scan writes. Lists are sorted; two runs on the same tree give the same bytes.
type Facts struct {
	Schema    string     `json:"schema"`                     // version of this format: xsmpatch.facts/1
	Tree      TreeInfo   `json:"tree"`                       // what was scanned
	Configs   []Config   `json:"configs"`                    // the configurations that were merged, as asked for
	Entries   []EntryRef `json:"entries"`                    // hypercall handlers, by name
	Missing   []string   `json:"missing_handlers,omitempty"` // named in a hypercall table, defined nowhere
	Ops       []Op       `json:"ops"`                        // operations: one for each handler and each sub-command, by ID
	Sites     []Site     `json:"sites"`                      // hook calls outside the security modules, by place
	Functions []FuncFact `json:"functions"`                  // those that some operation reaches
	Degraded  []Degraded `json:"degraded"`                   // what could not be read, or not exactly, by place
	Uncovered []Region   `json:"uncovered"`                  // text that no configuration compiles
}

// TreeInfo names what was scanned.
type TreeInfo struct {
	Name   string `json:"name"`   // directory, or REPO@REV
	Digest string `json:"digest"` // of the files read
	Root   string `json:"root"`   // the hypervisor's folder inside the tree
}

// Config is one configuration and how well it was read.
type Config struct {
	Name         string   `json:"name"`               // what the other lists call it
	Arch         string   `json:"arch"`               // x86_64, aarch64, arm32, x86_32
	Source       string   `json:"source"`             // where the units come from: cmd, json, synth
	Units        int      `json:"units"`              // translation units of C
	Preprocessed int      `json:"preprocessed"`       // units that were preprocessed
	Parsed       int      `json:"parsed"`             // units that were parsed, strictly or not
	Strict       int      `json:"type_checked"`       // units of which nothing degraded
	Functions    int      `json:"functions"`          // functions read
	Degraded     int      `json:"degraded_functions"` // functions listed under degraded
	Tolerant     int      `json:"tolerant_functions"` // those only the tolerant parser could read
	Loss         []string `json:"loss,omitempty"`     // what was synthesised or guessed
}

// Place is a position in a file of the tree. Line and Col count from 1, Col in bytes.
type Place struct {
	File     string `json:"file"`               // path from the root of the tree, with slashes
	Line     int    `json:"line"`               // line, from 1
	Col      int    `json:"col,omitempty"`      // column, from 1, in bytes; left out when only the line is known
	Function string `json:"function,omitempty"` // the function around it
}

// EntryRef is a hypercall handler.
type EntryRef struct {
	Name string `json:"name"` // the function: do_domctl
	Place
	Via     []string `json:"via"`     // tables and macros that name it
	Ops     int      `json:"ops"`     // number of its operations
	Configs []string `json:"configs"` // configurations that show it
}

// Op is one sub-command scope: an entry, or one case of its dispatchers.
type Op struct {
	ID        string   `json:"id"`      // entry/CASE/CASE
	Entry     string   `json:"entry"`   // the handler
	Command   string   `json:"command"` // innermost case
	Value     int64    `json:"value"`   // value of the innermost case
	Place              // of the innermost case label, or of the entry
	Via       []Label  `json:"via,omitempty"`       // the dispatchers on the way
	Labels    []Label  `json:"labels,omitempty"`    // every case label that the command selects, in further switches and compat paths too
	Hooks     []SiteAt `json:"hooks"`               // hook calls on its way
	Objects   []Object `json:"objects"`             // objects looked up from guest-supplied values
	Copies    []Access `json:"copies"`              // copies from and to the guest
	Locks     []Access `json:"locks"`               // locks and references taken
	Legacy    []Access `json:"legacy"`              // checks that are no hooks
	Reads     []Access `json:"reads"`               // state read by code of its own: structure.member
	Writes    []Access `json:"writes"`              // state written by code of its own: structure.member
	Calls     []string `json:"calls"`               // functions only this command's code reaches first
	Truncated bool     `json:"truncated,omitempty"` // calls nest too deep: not all was followed
	Configs   []string `json:"configs"`             // configurations that show it
}

// Label is one case label of a dispatcher.
type Label struct {
	Case string `json:"case"` // the label as the source spells it, or default
	Place
}

// SiteAt is a hook call site seen from an operation.
type SiteAt struct {
	Site  string `json:"site"`  // Site.ID
	Hook  string `json:"hook"`  // name of the hook
	Phase string `json:"phase"` // "before" the dispatch, "own" code of the command, "after" the dispatch
}

// Object is something looked up from a guest-supplied value.
type Object struct {
	Type   string `json:"type"`   // "struct domain"
	Lookup string `json:"lookup"` // the function that was asked
	From   string `json:"from"`   // the argument's text
	Place
}

// Access is a read, write, copy, lock or legacy check: What it concerns, at its first place.
type Access struct {
	What string `json:"what"`           // member, argument, lock or check as text
	Kind string `json:"kind,omitempty"` // read, write, from guest, to guest, lock, reference, legacy
	Place
	Phase string `json:"phase,omitempty"` // before the dispatch, own code of the command, after the dispatch
}

// Site is one call of a hook outside the modules.
type Site struct {
	ID   string `json:"id"`   // file:function:hook#n
	Hook string `json:"hook"` // name of the hook
	Place
	Args    []string `json:"args"`               // arguments as text, without the default action
	Action  string   `json:"action,omitempty"`   // default action passed, XSM_PRIV...
	Result  string   `json:"result"`             // returned, tested, assigned, ignored
	Into    string   `json:"into,omitempty"`     // variable that takes the result
	InMacro bool     `json:"in_macro,omitempty"` // the call is made by a macro that stands at the place
	Ops     []string `json:"ops"`                // operations that reach it; none at boot, in traps and debug keys
	Configs []string `json:"configs"`            // configurations that show it
}

// FuncFact is what one function does itself.
type FuncFact struct {
	Name string `json:"name"` // name of the function
	Place
	Tier    string   `json:"tier"`             // strict, tolerant
	Reads   []string `json:"reads,omitempty"`  // state read: structure.member
	Writes  []string `json:"writes,omitempty"` // state written: structure.member
	Configs []string `json:"configs"`          // configurations that show it
}

// Degraded is something that could not be read, with the reason.
type Degraded struct {
	Place
	Reason string `json:"reason"` // why, and what was done about it
	Config string `json:"config"` // the configuration
}

// Region is a range of lines.
type Region struct {
	File  string `json:"file"`           // path from the root of the tree
	First int    `json:"first"`          // first line, from 1
	Last  int    `json:"last"`           // last line
	Cond  string `json:"cond,omitempty"` // the directive that leaves it out
}

// noNulls makes lists that have nothing in them empty ones: readers of the JSON may rely on a list.
func noNulls(f *Facts) {
	empty(&f.Entries)
	empty(&f.Ops)
	empty(&f.Sites)
	empty(&f.Functions)
	empty(&f.Degraded)
	empty(&f.Uncovered)
}

func empty[T any](l *[]T) {
	if *l == nil {
		*l = []T{}
	}
}
