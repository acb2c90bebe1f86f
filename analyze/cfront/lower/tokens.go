// Package lower turns syntax trees of functions (package cast) into IR (package ir): short circuits become branches, calls
// become instructions in evaluation order, and token positions become bytes of the file a function is written in.
package lower

import "github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"

// Tokens is a unit's token stream with the expansions that produced it.
type Tokens struct {
	Toks []cpp.Token
	Exps []cpp.Expansion
	Len  func(cpp.Sym) int       // length of a spelling, bytes
	Text func(cpp.Sym) string    // spelling
	File func(cpp.FileID) string // path
}

// place is where a token shows in the file: bytes [start,end) of file. body is set when the token comes out of the replacement list of exp,
// so that start..end is the whole invocation.
type place struct {
	file       cpp.FileID
	start, end int32
	exp        int32 // the expansion whose invocation start..end is, -1 for a literal token
}

// top returns the outermost expansion of e, or -1.
func (t *Tokens) top(e int32) int32 {
	for e >= 0 && t.Exps[e].Parent >= 0 {
		e = t.Exps[e].Parent
	}
	return e
}

// place finds the narrowest text of the file itself that token i comes from: the token, an invocation written in a macro argument, or the outermost invocation.
func (t *Tokens) place(i int32) place {
	tok := &t.Toks[i]
	if tok.Exp < 0 {
		return place{tok.File, tok.Off, tok.Off + int32(t.Len(tok.Sym)), -1}
	}
	top := &t.Exps[t.top(tok.Exp)]
	if tok.Flags&cpp.FromArg != 0 && tok.File == top.File && top.Start <= tok.Off && tok.Off < top.End {
		return place{tok.File, tok.Off, tok.Off + int32(t.Len(tok.Sym)), -1}
	}
	for e := tok.Exp; ; e = t.Exps[e].Parent {
		x := &t.Exps[e]
		if x.Parent < 0 || x.File == top.File && top.Start <= x.Start && x.End <= top.End {
			return place{x.File, x.Start, x.End, e}
		}
	}
}

// within reports whether token i passed through expansion e.
func (t *Tokens) within(i, e int32) bool {
	if i < 0 || int(i) >= len(t.Toks) {
		return false
	}
	for x := t.Toks[i].Exp; x >= 0; x = t.Exps[x].Parent {
		if x == e {
			return true
		}
	}
	return false
}

// Range gives the text [start,end) that tokens first..last occupy in the file of first, and whether that text holds more than those tokens
// because an end of the range lies inside a macro invocation.
func (t *Tokens) Range(first, last int32) (file cpp.FileID, start, end int32, inMacro bool) {
	a, b := t.place(first), t.place(last)
	if a.exp >= 0 && t.within(first-1, a.exp) || b.exp >= 0 && t.within(last+1, b.exp) {
		inMacro = true
	}
	end = b.end
	if b.file != a.file || end < a.end {
		end, inMacro = a.end, true
	}
	return a.file, a.start, end, inMacro
}

// Macro returns the name of the outermost macro whose expansion is exactly the tokens first..last, or "".
func (t *Tokens) Macro(first, last int32) string {
	name := cpp.Sym(0)
	for e := t.Toks[first].Exp; e >= 0; e = t.Exps[e].Parent {
		if t.within(last, e) && !t.within(first-1, e) && !t.within(last+1, e) {
			name = t.Exps[e].Macro
		}
	}
	if name == 0 {
		return ""
	}
	return t.Text(name)
}

// Outermost returns the name of the outermost macro that token i came through, or "".
func (t *Tokens) Outermost(i int32) string {
	if e := t.top(t.Toks[i].Exp); e >= 0 {
		return t.Text(t.Exps[e].Macro)
	}
	return ""
}
