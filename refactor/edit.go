package refactor

// Edit replaces the bytes [Start,End) of the file at Path by New. Offsets refer to the tree the edit was made for.
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

// ChangeID names a Change; it is stable between runs on the same input.
type ChangeID string

// SymbolKind says what sort of name a Symbol is ("func", "macro", "field", "kconfig", "flask-perm", ...).
type SymbolKind string

// Symbol is a name that a Change provides or needs.
type Symbol struct {
	Kind SymbolKind
	Name string
}

// Change is a set of edits to one baseline that only make sense together, with what it provides and needs.
// Changes are independent of each other in the way commits with one parent are.
type Change struct {
	ID                 ChangeID
	Component, Summary string
	Edits              []Edit
	Provides, Needs    []Symbol
}
