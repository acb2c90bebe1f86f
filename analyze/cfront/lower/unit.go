package lower

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// Unit collects the IR of one translation unit.
type Unit struct {
	U        *ir.Unit
	T        *Tokens
	NoReturn func(name string) bool // functions that never return
	strs     map[string]int32
	init     *fn
}

// NewUnit starts a unit over tokens t.
func NewUnit(u *ir.Unit, t *Tokens, noReturn func(string) bool) *Unit {
	u.Strings = []string{""}
	return &Unit{U: u, T: t, NoReturn: noReturn, strs: map[string]int32{"": 0}}
}

// Str interns s in the unit's table.
func (u *Unit) Str(s string) int32 {
	i, ok := u.strs[s]
	if !ok {
		i = int32(len(u.U.Strings))
		u.U.Strings = append(u.U.Strings, s)
		u.strs[s] = i
	}
	return i
}

// Global adds a file-scope variable.
func (u *Unit) Global(g *cast.Global) {
	if u.init == nil {
		u.init = newFn(u)
	}
	file, start, end, _ := u.T.Range(g.First, g.Last)
	out := ir.Global{
		Name: u.Str(g.Name), Type: u.Str(g.Type), File: u.Str(u.T.File(file)),
		Start: start, End: end, Static: g.Static, Init: ir.None,
	}
	if g.Init != nil {
		out.Init = u.init.node(g.Init)
	}
	u.U.Globals = append(u.U.Globals, out)
	u.U.Init = *u.init.f
}

// Func lowers one function and adds it to the unit.
func (u *Unit) Func(c *cast.Func) {
	u.U.Funcs = append(u.U.Funcs, *u.lowerFunc(c))
}

// lowerFunc builds the control-flow graph of c.
func (u *Unit) lowerFunc(c *cast.Func) *ir.Func {
	f := newFn(u)
	file, start, end, inMacro := u.T.Range(c.First, c.Last)
	*f.f = ir.Func{
		Name: u.Str(c.Name), File: u.Str(u.T.File(file)), Start: start, End: end, InMacro: inMacro,
		Static: c.Static, Inline: c.Inline, Tier: c.Tier, Result: u.Str(c.Result), Params: int32(len(c.Params)),
	}
	_, f.f.Body, _, _ = u.T.Range(c.Body.First, c.Body.First)
	f.push()
	for _, p := range c.Params {
		f.declare(p, ir.VParam, ir.None)
	}
	f.cur = f.newBlock()
	f.stmt(c.Body, ir.None)
	f.terminate(ir.TReturn, ir.None)
	f.finish()
	return f.f
}
