// Package ir is the analyzer's own form of a C function: a control-flow graph of basic blocks over one arena of
// expression nodes, plus the statement tree that edits need. It holds plain numbers and string-table indexes and no
// pointers into a syntax tree, so that a unit's IR is what the cache stores and what every later stage reads.
//
// Shapes. All references are int32 indexes, -1 (None) for "nothing". Func.Nodes is the expression arena; a call node
// appears in its parent expression and, once, as an instruction, in evaluation order. && || ?: are lowered to branches, so a
// branch condition never hides a call behind a short circuit; the operator's node stays in the arena as the value.
//
// Positions. Start and End are byte offsets into the original text of Func.File. A node that comes out of a macro has
// the offsets of the outermost macro invocation and Flags.InMacro, unless it is spelled in a macro argument.
package ir
