package refactor

// Edit replaces the bytes [Start,End) of the file at Path by New. Offsets refer to the tree the edit was made for;
// where the same Apply creates or copies Path, they refer to the content it is created with.
type Edit struct {
	Path       string
	Start, End int
	New        string
}

// Span is a range of bytes [Start,End) of one file.
type Span struct {
	Path       string
	Start, End int
}

// OpKind says what a FileOp does.
type OpKind uint8

// The kinds of FileOp.
const (
	OpCreate OpKind = iota + 1 // make Path with Mode and Data; Path must not exist, or be deleted by the same Apply
	OpDelete                   // remove Path
	OpRename                   // move From to Path; edits of From travel with it; Mode 0 keeps the mode
	OpCopy                     // copy From as the baseline has it to Path; edits of Path apply to the copy
	OpMode                     // set the Mode of Path, within the same kind (regular)
	OpWrite                    // replace the whole content of Path by Data, as for binary files
)

// String returns the verb that messages use.
func (k OpKind) String() string {
	names := [...]string{"?", "create", "delete", "rename", "copy", "chmod", "write"}
	if int(k) < len(names) {
		return names[k]
	}
	return "?"
}

// FileOp is an operation on a whole file. A symlink is created with ModeSymlink and its target as Data.
// A file that becomes a symlink, or the reverse, is an OpDelete and an OpCreate of one path.
type FileOp struct {
	Kind OpKind
	Path string
	From string // source of a rename or copy
	Mode Mode
	Data []byte
}

// ChangeID names a Change; it is stable between runs on the same input.
type ChangeID string

// SymbolKind says what sort of name a Symbol is ("func", "macro", "field", "kconfig", "flask-perm", ...).
type SymbolKind string

// Symbol is a name that a Change provides or needs.
type Symbol struct {
	Kind SymbolKind
	Name string
}

// Change is a set of edits and file operations on one baseline that only make sense together, with what it
// provides and needs. Changes are independent of each other in the way commits with one parent are.
type Change struct {
	ID                 ChangeID
	Component, Summary string
	Body               string // why, for the commit message; paragraphs of plain text
	Edits              []Edit
	Files              []FileOp
	Provides, Needs    []Symbol
}
