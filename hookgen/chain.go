package hookgen

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// chain is the arm of an if-else chain before which the hook is asked as one arm more: the arms above only set the result to the error that they refuse
// with, as when the request cannot be read, or are another sub-command's. None when a statement is no such chain. Where another arm decides about access
// the hook comes before it: it cannot come between the two in any other form, and either refuses with the same error.
func (b *body) chain(at int32, w *wanted) int32 {
	v, passed := b.resultVar(), false
	if v == ir.None {
		return ir.None
	}
	for b.f.F.Stmts[at].Kind == ir.SIf && b.f.F.Stmts[at].N != ir.None {
		then, other := b.arms(at)
		if other == ir.None || then == ir.None || b.p.Profile.Errors.Denied.Has(b.negativeIn(&b.f.F.Stmts[then])) {
			break
		}
		val, constant := b.constant(then, v)
		cond := b.f.F.Stmts[at].N
		refuses := constant && val != 0 && (b.quiet(cond) && b.settles(at, w) || b.testOf(cond, w.args).copies)
		if !refuses && !b.otherLabel(at, w) {
			break
		}
		passed, at = true, other
	}
	if st := &b.f.F.Stmts[at]; !passed || st.Kind == ir.SBlock || !w.ready(at) || elseAt(w.src, int(st.Start)) < 0 {
		return ir.None
	}
	return at
}

// arms are the statements that an if takes when it is true and when it is false; None where it has none.
func (b *body) arms(at int32) (then, other int32) {
	then, other = ir.None, ir.None
	for i := range b.f.F.Stmts {
		if o := &b.f.F.Stmts[i]; o.Parent == at && o.Else {
			other = int32(i)
		} else if o.Parent == at {
			then = int32(i)
		}
	}
	return then, other
}

// otherLabel reports whether an if's arm is for one of the region's other sub-commands only.
func (b *body) otherLabel(at int32, w *wanted) bool {
	if w.label == "" {
		return false
	}
	nd := &b.f.F.Nodes[b.f.Strip(b.f.F.Stmts[at].N)]
	if nd.Op != ir.Binary || b.f.S(nd.Name) != "==" || b.f.Text(nd.Y) == w.label {
		return false
	}
	for _, l := range w.r.Labels {
		if l == b.f.Text(nd.Y) {
			return true
		}
	}
	return false
}

// behindOther reports whether statement at is an arm that is left to it by another sub-command's.
func (b *body) behindOther(at int32, w *wanted) bool {
	for b.f.F.Stmts[at].Else {
		if at = b.f.F.Stmts[at].Parent; b.otherLabel(at, w) {
			return true
		}
	}
	return false
}

// elseAt is the byte of the "else" before an arm that starts at byte at, when it is the first word of its line; -1 otherwise.
func elseAt(src []byte, at int) int {
	left := strings.TrimRight(string(src[:at]), " \t\r\n")
	if !strings.HasSuffix(left, "else") {
		return -1
	}
	at = len(left) - len("else")
	if strings.TrimSpace(string(src[lineStart(src, at):at])) != "" {
		return -1
	}
	return at
}

// renderArm writes the hook as an arm of an if-else chain, before the arm whose statement is anchor.
func (b *body) renderArm(src []byte, anchor int32, p *Placement) error {
	at := elseAt(src, int(b.f.F.Stmts[anchor].Start))
	if at < 0 {
		return fmt.Errorf("the else of line %d does not start its line", p.Line)
	}
	style, indent := refactor.StyleOf(src), refactor.IndentAt(src, at)
	p.Offset, p.Line = lineStart(src, at), refactor.LineAt(src, at)
	p.Deny = b.f.S(b.f.F.Vars[b.resultVar()].Name) + " = " + denial + ";"
	call := p.call()
	if p.When != "" {
		call = p.When + " && " + call
	}
	p.Text = indent + style.Head("else if", call) + style.EOL() + indent + style.Level(1) + p.Deny + style.EOL()
	return nil
}
