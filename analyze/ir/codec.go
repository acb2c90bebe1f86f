package ir

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"
)

// The encoding is for the cache of one machine: flat slices are written in the machine's own layout, behind a signature of
// that layout, so that decoding is copying. A file from elsewhere, or from another version of these types, is refused.

// layout identifies the encoding: it changes when a flat type changes size or the byte order differs.
func layout() [8]uint32 {
	order := uint32(0x01020304)
	first := *(*byte)(unsafe.Pointer(&order))
	return [8]uint32{
		0x78736d33, uint32(first), uint32(unsafe.Sizeof(Node{})), uint32(unsafe.Sizeof(Instr{})),
		uint32(unsafe.Sizeof(Case{})), uint32(unsafe.Sizeof(Stmt{})), uint32(unsafe.Sizeof(Var{})), uint32(unsafe.Sizeof(Global{})),
	}
}

// flat lists the types that hold no pointers.
type flat interface {
	Node | Instr | Case | Stmt | Var | Global | Decl | int32 | uint32
}

// bytesOf is the memory of s.
func bytesOf[T flat](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// enc appends values to a buffer.
type enc struct{ b []byte }

func (e *enc) u32(v int) { e.b = binary.LittleEndian.AppendUint32(e.b, uint32(v)) }
func (e *enc) str(s string) {
	e.u32(len(s))
	e.b = append(e.b, s...)
}

func put[T flat](e *enc, s []T) {
	e.u32(len(s))
	e.b = append(e.b, bytesOf(s)...)
}

// dec reads values from a buffer; after an error every read gives zero values.
type dec struct {
	b   []byte
	err error
}

var errShort = errors.New("ir: encoding ends early")

func (d *dec) take(n int) []byte {
	if d.err != nil || n < 0 || n > len(d.b) {
		d.err = errShort
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *dec) u32() int {
	if b := d.take(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (d *dec) str() string { return string(d.take(d.u32())) }

func get[T flat](d *dec) []T {
	n := d.u32()
	var zero T
	raw := d.take(n * int(unsafe.Sizeof(zero)))
	if len(raw) == 0 {
		return nil
	}
	out := make([]T, n)
	copy(bytesOf(out), raw)
	return out
}

// Encode appends the unit to buf.
func (u *Unit) Encode(buf []byte) []byte {
	e := &enc{buf}
	l := layout()
	put(e, l[:])
	e.str(u.Main)
	e.str(u.Config)
	e.u32(len(u.Strings))
	for _, s := range u.Strings {
		e.str(s)
	}
	e.u32(len(u.Funcs))
	for i := range u.Funcs {
		u.Funcs[i].encode(e)
	}
	put(e, u.Globals)
	u.Init.encode(e)
	put(e, u.Decls)
	e.u32(len(u.Degraded))
	for _, g := range u.Degraded {
		e.str(g.File)
		e.str(g.Func)
		e.str(g.Reason)
		e.u32(g.Line)
	}
	return e.b
}

// Decode reads one unit from the front of buf and returns the rest.
// Buf is trusted to come from Encode (the cache checks a sum); a short or foreign encoding is an error.
func Decode(buf []byte) (*Unit, []byte, error) {
	d := &dec{b: buf}
	l := layout()
	got := get[uint32](d)
	if len(got) != len(l) || [8]uint32(got) != l {
		return nil, nil, errors.New("ir: encoded by another version or machine")
	}
	u := &Unit{Main: d.str(), Config: d.str()}
	for n := d.u32(); n > 0 && d.err == nil; n-- {
		u.Strings = append(u.Strings, d.str())
	}
	for n := d.u32(); n > 0 && d.err == nil; n-- {
		u.Funcs = append(u.Funcs, Func{})
		u.Funcs[len(u.Funcs)-1].decode(d)
	}
	u.Globals = get[Global](d)
	u.Init.decode(d)
	u.Decls = get[Decl](d)
	for n := d.u32(); n > 0 && d.err == nil; n-- {
		u.Degraded = append(u.Degraded, Degraded{File: d.str(), Func: d.str(), Reason: d.str(), Line: d.u32()})
	}
	if d.err != nil {
		return nil, nil, fmt.Errorf("unit %s: %w", u.Main, d.err)
	}
	return u, d.b, nil
}

// head packs the numbers of a function.
func (f *Func) head() []*int32 {
	return []*int32{&f.Name, &f.File, &f.Start, &f.End, &f.Body, &f.Result, &f.Params}
}

func (f *Func) bools() []*bool { return []*bool{&f.Static, &f.Inline, &f.InMacro} }

func (f *Func) encode(e *enc) {
	for _, p := range f.head() {
		e.u32(int(*p))
	}
	bits := int(f.Tier) << 8
	for i, b := range f.bools() {
		if *b {
			bits |= 1 << i
		}
	}
	e.u32(bits)
	put(e, f.Vars)
	put(e, f.Nodes)
	put(e, f.Lists)
	put(e, f.Instrs)
	put(e, f.Stmts)
	e.u32(len(f.Blocks))
	for i := range f.Blocks {
		b := &f.Blocks[i]
		dead := 0
		if b.Unreachable {
			dead = 1
		}
		for _, v := range [...]int{int(b.First), int(b.Len), int(b.Term) | dead<<8, int(b.N), int(b.Stmt)} {
			e.u32(v)
		}
		put(e, b.Succs)
		put(e, b.Cases)
	}
}

func (f *Func) decode(d *dec) {
	for _, p := range f.head() {
		*p = int32(d.u32())
	}
	bits := d.u32()
	f.Tier = Tier(bits >> 8)
	for i, b := range f.bools() {
		*b = bits&(1<<i) != 0
	}
	f.Vars, f.Nodes, f.Lists = get[Var](d), get[Node](d), get[int32](d)
	f.Instrs, f.Stmts = get[Instr](d), get[Stmt](d)
	for n := d.u32(); n > 0 && d.err == nil; n-- {
		b := Block{First: int32(d.u32()), Len: int32(d.u32())}
		term := d.u32()
		b.Term, b.Unreachable = TermKind(term), term>>8 != 0
		b.N, b.Stmt = int32(d.u32()), int32(d.u32())
		b.Succs, b.Cases = get[int32](d), get[Case](d)
		f.Blocks = append(f.Blocks, b)
	}
}
