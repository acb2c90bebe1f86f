package ir

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/xsmpatch/xsmpatch/analyze/ir/flat"
)

// The encoding starts with a signature of the types' layout: one from elsewhere, or of another version of these types, is refused.

// layout identifies the encoding: it changes when a flat type changes size or the byte order differs.
func layout() [11]uint32 {
	order := uint32(0x01020304)
	first := *(*byte)(unsafe.Pointer(&order))
	return [11]uint32{
		0x78736d34, uint32(first), flat.Size[Node](), flat.Size[Instr](), flat.Size[Case](), flat.Size[Stmt](), flat.Size[Var](), flat.Size[Global](), flat.Size[Decl](),
		flat.Size[funcHead](), flat.Size[blockHead](),
	}
}

// funcHead is the part of a function that is numbers.
type funcHead struct {
	Name, File, Start, End, Body, Result, Params int32
	Static, Inline, InMacro                      bool
	Tier                                         Tier
}

// blockHead is a block with the numbers of its successors and cases instead of them.
type blockHead struct {
	First, Len, N, Stmt, Succs, Cases int32
	Term                              TermKind
	Unreachable                       bool
}

// Encode appends the unit to buf; see [Align].
func (u *Unit) Encode(buf []byte) []byte {
	e := flat.NewEncoder(buf)
	l := layout()
	flat.Put(e, l[:])
	e.Strings(u.Main, u.Config)
	e.Strings(u.Strings...)
	heads := make([]funcHead, len(u.Funcs))
	for i := range u.Funcs {
		heads[i] = u.Funcs[i].head()
	}
	flat.Put(e, heads)
	for i := range u.Funcs {
		u.Funcs[i].encode(e)
	}
	flat.Put(e, u.Globals)
	flat.Put(e, []funcHead{u.Init.head()})
	u.Init.encode(e)
	flat.Put(e, u.Decls)
	var why []string
	var lines []int32
	for _, g := range u.Degraded {
		why, lines = append(why, g.File, g.Func, g.Reason), append(lines, int32(g.Line))
	}
	e.Strings(why...)
	flat.Put(e, lines)
	e.End()
	return e.Bytes()
}

// Decode reads one unit from the front of buf and returns the rest. The unit shares buf's memory, which must not change any more.
// Buf is trusted to come from Encode (the cache checks a sum); a short or foreign encoding is an error.
func Decode(buf []byte) (*Unit, []byte, error) {
	d := flat.NewDecoder(buf)
	l := layout()
	if !slices.Equal(flat.Get[uint32](d), l[:]) {
		return nil, nil, errors.New("ir: encoded by another version or machine")
	}
	names := d.Strings()
	if len(names) != 2 {
		d.Fail()
		names = make([]string, 2)
	}
	u := &Unit{Main: names[0], Config: names[1], Strings: d.Strings()}
	if heads := flat.Get[funcHead](d); len(heads) > 0 {
		u.Funcs = make([]Func, len(heads))
		for i := range heads {
			u.Funcs[i].decode(&heads[i], d)
		}
	}
	u.Globals = flat.Get[Global](d)
	if h := flat.Get[funcHead](d); len(h) == 1 {
		u.Init.decode(&h[0], d)
	}
	u.Decls = flat.Get[Decl](d)
	why, lines := d.Strings(), flat.Get[int32](d)
	if len(why) != 3*len(lines) {
		d.Fail()
	}
	if err := d.End(); err != nil {
		return nil, nil, fmt.Errorf("unit %s: %w", u.Main, err)
	}
	for i, n := range lines {
		u.Degraded = append(u.Degraded, Degraded{File: why[3*i], Func: why[3*i+1], Reason: why[3*i+2], Line: int(n)})
	}
	return u, d.Rest(), nil
}

func (f *Func) head() funcHead {
	return funcHead{f.Name, f.File, f.Start, f.End, f.Body, f.Result, f.Params, f.Static, f.Inline, f.InMacro, f.Tier}
}

// encode writes what head leaves out.
func (f *Func) encode(e *flat.Encoder) {
	flat.Put(e, f.Vars)
	flat.Put(e, f.Nodes)
	flat.Put(e, f.Lists)
	flat.Put(e, f.Instrs)
	flat.Put(e, f.Stmts)
	heads := make([]blockHead, len(f.Blocks))
	var succs []int32
	var cases []Case
	for i := range f.Blocks {
		b := &f.Blocks[i]
		heads[i] = blockHead{b.First, b.Len, b.N, b.Stmt, int32(len(b.Succs)), int32(len(b.Cases)), b.Term, b.Unreachable}
		succs, cases = append(succs, b.Succs...), append(cases, b.Cases...)
	}
	flat.Put(e, heads)
	flat.Put(e, succs)
	flat.Put(e, cases)
}

func (f *Func) decode(h *funcHead, d *flat.Decoder) {
	*f = Func{
		Name: h.Name, File: h.File, Start: h.Start, End: h.End, Body: h.Body, Result: h.Result, Params: h.Params,
		Static: h.Static, Inline: h.Inline, InMacro: h.InMacro, Tier: h.Tier,
	}
	f.Vars, f.Nodes, f.Lists = flat.Get[Var](d), flat.Get[Node](d), flat.Get[int32](d)
	f.Instrs, f.Stmts = flat.Get[Instr](d), flat.Get[Stmt](d)
	heads, succs, cases := flat.Get[blockHead](d), flat.Get[int32](d), flat.Get[Case](d)
	if len(heads) > 0 {
		f.Blocks = make([]Block, len(heads))
	}
	for i, b := range heads {
		f.Blocks[i] = Block{
			First: b.First, Len: b.Len, Term: b.Term, N: b.N, Stmt: b.Stmt, Unreachable: b.Unreachable,
			Succs: cut(d, &succs, b.Succs), Cases: cut(d, &cases, b.Cases),
		}
	}
}

// cut takes the first n elements off s, nil for none.
func cut[T any](d *flat.Decoder, s *[]T, n int32) []T {
	if n < 0 || int(n) > len(*s) {
		d.Fail()
		return nil
	}
	out := (*s)[:n:n]
	if *s = (*s)[n:]; n == 0 {
		return nil
	}
	return out
}
