package lower

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// fn is the function being lowered.
type fn struct {
	u       *Unit
	f       *ir.Func
	cur     int32        // current block
	curStmt int32        // statement that instructions belong to
	instrs  [][]ir.Instr // per block, flattened by finish
	done    []bool       // per block: has its terminator
	scopes  []map[string]int32
	labels  map[string]int32
	brk     []int32
	cont    []int32
	sw      []int32 // enclosing switches: their blocks
}

func newFn(u *Unit) *fn {
	return &fn{u: u, f: &ir.Func{}, curStmt: ir.None, labels: map[string]int32{}}
}

func (f *fn) push() { f.scopes = append(f.scopes, nil) }
func (f *fn) pop()  { f.scopes = f.scopes[:len(f.scopes)-1] }

// lookup resolves a local name, innermost scope first.
func (f *fn) lookup(name string) int32 {
	for i := len(f.scopes) - 1; i >= 0; i-- {
		if v, ok := f.scopes[i][name]; ok {
			return v
		}
	}
	return ir.None
}

// declare adds a variable to the innermost scope.
func (f *fn) declare(v *cast.Var, k ir.VarKind, scope int32) int32 {
	_, start, _, _ := f.u.T.Range(v.First, v.First)
	id := int32(len(f.f.Vars))
	f.f.Vars = append(f.f.Vars, ir.Var{Kind: k, Name: f.u.Str(v.Name), Type: f.u.Str(v.Type), Scope: scope, Start: start})
	top := &f.scopes[len(f.scopes)-1]
	if *top == nil {
		*top = map[string]int32{}
	}
	(*top)[v.Name] = id
	return id
}

// newBlock adds an empty block.
func (f *fn) newBlock() int32 {
	f.f.Blocks = append(f.f.Blocks, ir.Block{N: ir.None, Stmt: ir.None})
	f.instrs = append(f.instrs, nil)
	f.done = append(f.done, false)
	return int32(len(f.f.Blocks) - 1)
}

// emit appends an instruction to the current block.
func (f *fn) emit(k ir.InstrKind, n, v int32) {
	if f.done[f.cur] {
		f.cur = f.newBlock()
	}
	f.instrs[f.cur] = append(f.instrs[f.cur], ir.Instr{Kind: k, N: n, Var: v, Stmt: f.curStmt})
}

// terminate ends the current block unless it has ended.
func (f *fn) terminate(k ir.TermKind, n int32, succs ...int32) {
	if f.done[f.cur] {
		return
	}
	b := &f.f.Blocks[f.cur]
	b.Term, b.N, b.Stmt, b.Succs = k, n, f.curStmt, succs
	f.done[f.cur] = true
}

// jump ends the current block with a jump.
func (f *fn) jump(to int32) { f.terminate(ir.TJump, ir.None, to) }

// label returns the block of a label, made on first mention.
func (f *fn) label(name string) int32 {
	b, ok := f.labels[name]
	if !ok {
		b = f.newBlock()
		f.labels[name] = b
	}
	return b
}

// finish flattens the instructions, ends open blocks and marks what the entry cannot reach.
func (f *fn) finish() {
	reach := make([]bool, len(f.f.Blocks))
	work := []int32{0}
	reach[0] = true
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range f.f.Blocks[b].Succs {
			if !reach[s] {
				reach[s] = true
				work = append(work, s)
			}
		}
	}
	for i := range f.f.Blocks {
		b := &f.f.Blocks[i]
		if !f.done[i] {
			b.Term = ir.TReturn
		}
		b.Unreachable = !reach[i]
		b.First, b.Len = int32(len(f.f.Instrs)), int32(len(f.instrs[i]))
		f.f.Instrs = append(f.f.Instrs, f.instrs[i]...)
	}
}
