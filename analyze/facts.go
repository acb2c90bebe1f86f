package analyze

// Schema names the version of the JSON that scan writes; docs/facts.md describes it.
const Schema = "xsmpatch.facts/1"

// Facts is the inventory of one tree: what scan writes. Lists are sorted; two runs on the same tree give the same bytes.
type Facts struct {
	Schema    string     `json:"schema"`
	Tree      TreeInfo   `json:"tree"`
	Configs   []Config   `json:"configs"`
	Entries   []EntryRef `json:"entries"`
	Missing   []string   `json:"missing_handlers,omitempty"` // named in a hypercall table, defined nowhere
	Ops       []Op       `json:"ops"`
	Sites     []Site     `json:"sites"`
	Functions []FuncFact `json:"functions"` // those that some operation reaches
	Degraded  []Degraded `json:"degraded"`
	Uncovered []Region   `json:"uncovered"` // text that no configuration compiles
}

// TreeInfo names what was scanned.
type TreeInfo struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // of the files read
	Root   string `json:"root"`   // the hypervisor's folder inside the tree
}

// Config is one configuration and how well it was read.
type Config struct {
	Name         string   `json:"name"`
	Arch         string   `json:"arch"`
	Source       string   `json:"source"` // where the units come from: cmd, json, synth
	Units        int      `json:"units"`
	Preprocessed int      `json:"preprocessed"`
	Parsed       int      `json:"parsed"`
	Strict       int      `json:"type_checked"` // units of which nothing degraded
	Functions    int      `json:"functions"`
	Degraded     int      `json:"degraded_functions"`
	Tolerant     int      `json:"tolerant_functions"` // those only the tolerant parser could read
	Loss         []string `json:"loss,omitempty"`     // what was synthesised or guessed
}

// Place is a position in a file of the tree. Line and Col count from 1, Col in bytes.
type Place struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Col      int    `json:"col,omitempty"`
	Function string `json:"function,omitempty"`
}

// EntryRef is a hypercall handler.
type EntryRef struct {
	Name string `json:"name"`
	Place
	Via     []string `json:"via"` // tables and macros that name it
	Ops     int      `json:"ops"`
	Configs []string `json:"configs"`
}

// Op is one sub-command scope: an entry, or one case of its dispatchers.
type Op struct {
	ID        string   `json:"id"` // entry/CASE/CASE
	Entry     string   `json:"entry"`
	Command   string   `json:"command"` // innermost case
	Value     int64    `json:"value"`
	Place              // of the innermost case label, or of the entry
	Via       []Label  `json:"via,omitempty"`    // the dispatchers on the way
	Labels    []Label  `json:"labels,omitempty"` // every case label that the command selects, in further switches and compat paths too
	Hooks     []SiteAt `json:"hooks"`
	Objects   []Object `json:"objects"`
	Copies    []Access `json:"copies"`
	Locks     []Access `json:"locks"`
	Legacy    []Access `json:"legacy"`
	Reads     []Access `json:"reads"`
	Writes    []Access `json:"writes"`
	Calls     []string `json:"calls"` // functions only this command's code reaches first
	Truncated bool     `json:"truncated,omitempty"`
	Configs   []string `json:"configs"`
}

// Label is one case label of a dispatcher.
type Label struct {
	Case string `json:"case"`
	Place
}

// SiteAt is a hook call site seen from an operation.
type SiteAt struct {
	Site  string `json:"site"` // Site.ID
	Hook  string `json:"hook"`
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
	What string `json:"what"`
	Kind string `json:"kind,omitempty"`
	Place
	Phase string `json:"phase,omitempty"`
}

// Site is one call of a hook outside the modules.
type Site struct {
	ID   string `json:"id"` // file:function:hook#n
	Hook string `json:"hook"`
	Place
	Args    []string `json:"args"`
	Action  string   `json:"action,omitempty"` // default action passed, XSM_PRIV...
	Result  string   `json:"result"`           // returned, tested, assigned, ignored
	Into    string   `json:"into,omitempty"`   // variable that takes the result
	InMacro bool     `json:"in_macro,omitempty"`
	Ops     []string `json:"ops"`
	Configs []string `json:"configs"`
}

// FuncFact is what one function does itself.
type FuncFact struct {
	Name string `json:"name"`
	Place
	Tier    string   `json:"tier"` // strict, tolerant
	Reads   []string `json:"reads,omitempty"`
	Writes  []string `json:"writes,omitempty"`
	Configs []string `json:"configs"`
}

// Degraded is something that could not be read, with the reason.
type Degraded struct {
	Place
	Reason string `json:"reason"`
	Config string `json:"config"`
}

// Region is a range of lines.
type Region struct {
	File  string `json:"file"`
	First int    `json:"first"`
	Last  int    `json:"last"`
	Cond  string `json:"cond,omitempty"` // the directive that leaves it out
}
