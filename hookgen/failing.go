package hookgen

import (
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// inFailure reports whether statement i stands in an arm of the region's that has failed already: one that sets or returns a negative error and leaves.
func (b *body) inFailure(i int32, r *verify.Region) bool {
	for p := b.f.F.Stmts[i].Parent; p != ir.None && b.f.F.Stmts[p].Start > r.Start; p = b.f.F.Stmts[p].Parent {
		st := &b.f.F.Stmts[p]
		if st.Kind != ir.SBlock || st.Parent == ir.None || b.f.F.Stmts[st.Parent].Kind != ir.SIf {
			continue
		}
		if b.leavesArm(p) && b.setsError(p) {
			return true
		}
	}
	return false
}

// leavesArm reports whether the last statement of block p jumps away.
func (b *body) leavesArm(p int32) bool {
	last := ir.None
	for i := range b.f.F.Stmts {
		if st := &b.f.F.Stmts[i]; st.Parent == p && (last == ir.None || st.Start > b.f.F.Stmts[last].Start) {
			last = int32(i)
		}
	}
	if last == ir.None {
		return false
	}
	switch b.f.F.Stmts[last].Kind {
	case ir.SGoto, ir.SBreak, ir.SReturn:
		return true
	}
	return false
}

// setsError reports whether code in block statement p assigns or returns a negative constant.
func (b *body) setsError(p int32) bool {
	st := &b.f.F.Stmts[p]
	negative := func(n int32) bool {
		if n == ir.None {
			return false
		}
		nd := &b.f.F.Nodes[b.f.Strip(n)]
		if nd.Start < st.Start || nd.End > st.End {
			return false
		}
		return nd.Flags&ir.HasVal != 0 && int32(nd.Val) < 0 || nd.Op == ir.Unary && b.f.S(nd.Name) == "-" && b.f.F.Nodes[b.f.Strip(nd.X)].Op == ir.Const
	}
	for i := range b.f.F.Blocks {
		if blk := &b.f.F.Blocks[i]; blk.Term == ir.TReturn && negative(blk.N) {
			return true
		}
	}
	for _, is := range b.f.F.Instrs {
		if is.Kind == ir.IAssign && is.N != ir.None && negative(b.f.F.Nodes[is.N].Y) {
			return true
		}
	}
	return false
}
