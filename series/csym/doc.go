// Package csym finds the names that a source file defines and uses, line by line, without preprocessing it.
//
// It reads C and headers, assembly, Kconfig, makefiles and Flask policy tables; other text yields only words. It
// never fails: what it does not understand it passes over, so that its answers are hints of what depends on what
// and the compiler (or --exec) has the last word. Both arms of every #if are read.
package csym

import "github.com/xsmpatch/xsmpatch/refactor"

// The kinds of symbols that Scan reports.
const (
	Func   refactor.SymbolKind = "func"   // a function with its body
	Proto  refactor.SymbolKind = "proto"  // a declaration of a function or variable
	Var    refactor.SymbolKind = "var"    // an object at file scope, or one that a macro invocation defines
	Macro  refactor.SymbolKind = "macro"  // #define
	Enum   refactor.SymbolKind = "enum"   // an enumeration constant
	Type   refactor.SymbolKind = "type"   // a struct, union or enum tag, or a typedef
	Field  refactor.SymbolKind = "field"  // a member of a struct or union
	Config refactor.SymbolKind = "config" // a Kconfig symbol, by its CONFIG_ name
	Perm   refactor.SymbolKind = "perm"   // a Flask class, permission or initial SID, by the macro generated for it
	File   refactor.SymbolKind = "file"   // an included header, as written, an object file, by its path without .o, another file that a makefile names, or, with a slash behind, what may be a folder
	Word   refactor.SymbolKind = "word"   // a definition in a language read by the lighter rule
)

// Def is a definition or declaration.
type Def struct {
	Kind   refactor.SymbolKind
	Name   string
	Line   int    // 0-based line of the name
	First  int    // first line of the item it is part of
	Last   int    // last line of that item
	Sig    string // what a user depends on: a function's head without storage class, a macro's parameters, the way to a nested member and its form (*, [], {} for a structure)
	Static bool   // not visible in other files
	Inline bool   // may stay unused
}

// Use is a name on a line.
type Use struct {
	Name   string
	Member bool   // after . or ->
	Call   bool   // before (
	File   bool   // a file: see File
	Tag    bool   // a structure that is declared and not defined: struct x;
	Decl   bool   // declares a local variable, a parameter or a label
	Type   string // with Decl: what stands before the name
}

// Item is a range of lines [First,Last] that belongs together at the top level, with the comment before it.
type Item struct {
	First, Last int
	Kind        refactor.SymbolKind // "" when it defines nothing known
	Name        string
}

// Source is what Scan found.
type Source struct {
	Defs  []Def
	Items []Item    // in order, not overlapping
	Uses  [][]Use   // per line
	Lines bool      // each line is for itself, as in a makefile
	Open  []Balance // per line; nil unless C or Kconfig (menu, choice and if count as brackets)
}

// Balance is how many brackets, conditionals and do-loops ("} while" on one line ends them) a line opens more than it closes,
// and how many branches of a conditional it begins (#else, #elif).
type Balance struct{ Brace, Paren, If, Do, Else int }

// Zero reports whether everything that is opened is closed.
func (b Balance) Zero() bool { return b == Balance{} }

// Add returns the sum.
func (b Balance) Add(o Balance) Balance {
	return Balance{b.Brace + o.Brace, b.Paren + o.Paren, b.If + o.If, b.Do + o.Do, b.Else + o.Else}
}

// Sub returns the difference.
func (b Balance) Sub(o Balance) Balance {
	return Balance{b.Brace - o.Brace, b.Paren - o.Paren, b.If - o.If, b.Do - o.Do, b.Else - o.Else}
}

// Tags lists the structures that lines [from,to) declare without defining them.
func (s *Source) Tags(from, to int) (out []string) {
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if u.Tag {
				out = append(out, u.Name)
			}
		}
	}
	return out
}

// ItemAt returns the index of the item that line is in, or -1.
func (s *Source) ItemAt(line int) int {
	lo, hi := 0, len(s.Items)
	for lo < hi {
		m := (lo + hi) / 2
		if s.Items[m].Last < line {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(s.Items) && s.Items[lo].First <= line {
		return lo
	}
	return -1
}
