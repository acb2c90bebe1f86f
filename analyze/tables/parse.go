package tables

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/lower"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/tolerant"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// body is one function read from text: every arm of every conditional, no macro expanded.
type body struct {
	src  *source
	u    *ir.Unit
	f    *ir.Func
	name string
}

// parse reads the functions of a source that want accepts by their name and text.
func parse(s *source, want func(name, text string) bool) (out []*body) {
	var fns []fn
	for _, f := range s.functions() {
		if want(f.name, s.text[f.start:f.end]) {
			fns = append(fns, f)
		}
	}
	if len(fns) == 0 {
		return nil
	}
	text := only(s.text, fns)
	ses := cpp.NewSession(func(p string) ([]byte, error) {
		if p == s.path {
			return text, nil
		}
		return nil, fmt.Errorf("%s: not read here", p)
	}, cpp.Options{})
	pre, err := ses.Preprocess(context.Background(), &cpp.Unit{Main: s.path, Arch: "x86_64", Std: "gnu99"})
	if err != nil {
		return nil // text that is no C tokens
	}
	toks := &lower.Tokens{
		Toks: pre.Tokens, Exps: pre.Expansions, Text: ses.Spelling, File: ses.FileName,
		Len: func(y cpp.Sym) int { return len(ses.Spelling(y)) },
	}
	par := tolerant.New(pre.Tokens, ses.Spelling, nil)
	for _, f := range fns {
		first, last := tokenAt(pre.Tokens, f.start), tokenAt(pre.Tokens, f.end)-1
		open := int32(-1)
		for i := first; i <= last; i++ {
			if ses.Spelling(pre.Tokens[i].Sym) == "{" {
				open = i
				break
			}
		}
		if open < 0 {
			continue
		}
		u := &ir.Unit{}
		lower.NewUnit(u, toks, func(string) bool { return false }).Func(par.Func(first, open, last))
		out = append(out, &body{s, u, &u.Funcs[0], f.name})
	}
	return out
}

// tokenAt is the first token at or behind an offset.
func tokenAt(toks []cpp.Token, off int) int32 {
	return int32(sort.Search(len(toks), func(i int) bool { return int(toks[i].Off) >= off }))
}

// only is a text with nothing but the functions, without their preprocessor lines, in their places.
func only(text string, fns []fn) []byte {
	b := []byte(text)
	at := 0
	for _, f := range fns {
		wipe(b[at:f.start])
		at = f.end
		if !strings.Contains(text[f.start:f.end], "#") {
			continue
		}
		directives(text[f.start:f.end], func(from, to int) { wipe(b[f.start+from : f.start+to]) })
	}
	wipe(b[at:])
	return b
}

// str is string i of the function's unit.
func (b *body) str(i int32) string { return b.u.S(i) }

// node is node n.
func (b *body) node(n int32) *ir.Node { return &b.f.Nodes[n] }

// strip is the node below casts and commas.
func (b *body) strip(n int32) int32 {
	for n != ir.None {
		switch nd := b.node(n); nd.Op {
		case ir.Cast:
			n = nd.X
		case ir.Comma:
			n = nd.Y
		default:
			return n
		}
	}
	return n
}

// args lists the arguments of call n.
func (b *body) args(n int32) []int32 {
	nd := b.node(n)
	return b.f.Lists[nd.Args : nd.Args+nd.NArg]
}

// callee is the name of the function that call n calls, "" through a pointer.
func (b *body) callee(n int32) string {
	x := b.strip(b.node(n).X)
	if x == ir.None || b.node(x).Op != ir.Ident {
		return ""
	}
	return b.str(b.node(x).Name)
}

// text is the source of node n, with single spaces.
func (b *body) text(n int32) string {
	if n == ir.None {
		return ""
	}
	nd := b.node(n)
	if nd.Start < 0 || nd.End < nd.Start || int(nd.End) > len(b.src.text) {
		return ""
	}
	return squeezeSpace(b.src.text[nd.Start:nd.End])
}

// calls lists the call instructions of block k.
func (b *body) calls(k int32) (out []int32) {
	blk := &b.f.Blocks[k]
	for _, is := range b.f.Instrs[blk.First : blk.First+blk.Len] {
		if is.Kind == ir.ICall && is.N != ir.None {
			out = append(out, is.N)
		}
	}
	return out
}
