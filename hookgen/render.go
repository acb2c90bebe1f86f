package hookgen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// render writes the call and its deny path.
func (b *body) render(src []byte, anchor int32, e *exit, p *Placement) error {
	style := refactor.StyleOf(src)
	at := int(b.f.F.Stmts[anchor].Start)
	indent := refactor.IndentAt(src, at)
	if strings.TrimSpace(string(src[lineStart(src, at):at])) != "" {
		return fmt.Errorf("line %d holds other code before the statement", p.Line)
	}
	var out []string
	for i := len(e.release) - 1; i >= 0; i-- {
		t := b.releaseText(src, e.release[i])
		if t == "" {
			return fmt.Errorf("nothing says how to release %s before leaving", e.release[i].key)
		}
		out = append(out, t)
	}
	call := p.call()
	v, own := b.resultFor(anchor, e)
	jump, status, err := b.leave(src, e, v)
	if err != nil {
		return err
	}
	var lines []string
	cond := v
	switch {
	case p.When != "":
		cond, status = b.onlyWhen(anchor, p.When, v, call, own, status)
	case v != "" && own:
		lines = append(lines, fits(style, indent, v+" = ", call))
	case v != "" && b.f.F.Stmts[e.stmt].Kind == ir.SReturn:
		if jump, status, err = b.leave(src, e, ""); err != nil {
			return err
		}
		cond = call
	case v != "":
		cond, status = call, append(status, v+" = -EPERM;")
	default:
		cond = call
	}
	out = append(append(out, status...), jump)
	lines = append(lines, style.Head("if", cond))
	if p.When != "" {
		lines[0] = breakAt(style, indent, lines[0])
	}
	inner := style.Level(1)
	if len(out) == 1 {
		lines = append(lines, inner+out[0])
	} else {
		if style.BraceOwnLine {
			lines = append(lines, "{")
		} else {
			lines[len(lines)-1] += " {"
		}
		for _, l := range out {
			lines = append(lines, inner+l)
		}
		lines = append(lines, "}")
	}
	p.Deny = strings.Join(out, " ")
	p.Text = indent + strings.Join(lines, style.EOL()+indent) + style.EOL() + style.EOL()
	return nil
}

// onlyWhen is the test of a hook that is asked under a condition: the answer of one that is not asked must not replace the result v. Where the code goes
// on only while that is good, so does the hook.
func (b *body) onlyWhen(anchor int32, when, v, call string, own bool, status []string) (string, []string) {
	if v != "" && !own && b.onSuccess(anchor) {
		when, own = "!"+v+" && "+when, true
	}
	switch {
	case v != "" && own:
		return when + " && (" + v + " = " + call + ")", status
	case v != "":
		status = append(status, v+" = "+denial+";")
	}
	return when + " && " + call, status
}

// breakAt breaks the head of an if behind its last && when the line would be too long.
func breakAt(style refactor.Style, indent, line string) string {
	at := strings.LastIndex(line, " && ")
	if len(indent)+len(line) <= 80 || at < 0 {
		return line
	}
	pad := strings.Index(style.Head("if", "X"), "X")
	return line[:at+3] + style.EOL() + indent + strings.Repeat(" ", pad) + line[at+4:]
}

func actions(a string) []string {
	if a == "" {
		return nil
	}
	return []string{a}
}

// fits writes an assignment of a call, broken behind a comma when the line would be too long.
func fits(style refactor.Style, indent, lead, call string) string {
	line := lead + call + ";"
	if len(indent)+len(line) <= 80 {
		return line
	}
	open := strings.IndexByte(call, '(')
	cut := strings.LastIndex(line[:min(len(line), 79-len(indent))], ", ")
	if open < 0 || cut < 0 {
		return line
	}
	pad := strings.Repeat(" ", len(lead)+open+1)
	return line[:cut+1] + style.EOL() + indent + pad + line[cut+2:]
}

// resultFor is the variable that takes the hook's answer; own tells whether it may be overwritten when the hook allows. "" means that the
// function gathers its result elsewhere.
func (b *body) resultFor(anchor int32, e *exit) (name string, own bool) {
	v := b.resultVar()
	st := &b.f.F.Stmts[e.stmt]
	if v == ir.None || !b.inScope(v, anchor) {
		v = b.scratch(anchor)
		wraps := st.Kind == ir.SGoto && strings.HasSuffix(b.f.S(b.f.F.Result), "*") // the label's code turns the number into a pointer
		if v == ir.None || !wraps && (st.Kind != ir.SReturn || st.N == ir.None) {
			return "", false
		}
	}
	name = b.f.S(b.f.F.Vars[v].Name)
	s, _ := b.at(anchor)
	if id := b.ident(v); id != ir.None && (s["zero "+b.f.Path(id)] == surely || v >= b.f.F.Params && s["def "+b.f.Path(id)] == absent) {
		return name, true
	}
	return name, !b.live(v, anchor)
}

// inScope reports whether variable v can be named at a statement.
func (b *body) inScope(v, at int32) bool {
	sc := b.f.F.Vars[v].Scope
	if sc == ir.None {
		return true
	}
	s, st := &b.f.F.Stmts[sc], &b.f.F.Stmts[at]
	return s.Start <= st.Start && st.End <= s.End && b.f.F.Vars[v].Start < st.Start
}

// scratch is a local integer that is called what those that hold error numbers are called.
func (b *body) scratch(at int32) int32 {
	for v := range b.f.F.Vars {
		if slices.Contains(b.p.Profile.Results, b.f.S(b.f.F.Vars[v].Name)) && integer(b.f.S(b.f.F.Vars[v].Type)) && b.inScope(int32(v), at) {
			return int32(v)
		}
	}
	return ir.None
}

// leave writes the jump of exit e for a denial held in variable v ("" for none), and the local error form that must precede it.
func (b *body) leave(src []byte, e *exit, v string) (jump string, status []string, err error) {
	st := &b.f.F.Stmts[e.stmt]
	switch st.Kind {
	case ir.SGoto:
		jump = "goto " + b.f.S(st.Name) + ";"
	case ir.SBreak:
		jump = "break;"
	case ir.SContinue:
		jump = "continue;"
	case ir.SReturn:
		return b.leaveReturn(src, e, v)
	}
	if t := b.f.S(b.f.F.Result); v == "" && !b.failsAt(st) && !(st.Kind == ir.SGoto && strings.HasSuffix(t, "*")) { // such a label gives NULL back
		status, err = b.localError(src, e)
	}
	return jump, status, err
}

// failsAt reports whether a goto leads to code that reports an error whatever came before: every return behind its label gives a negative constant.
func (b *body) failsAt(st *ir.Stmt) bool {
	if st.Kind != ir.SGoto {
		return false
	}
	l := b.label(st.Name)
	if l == ir.None {
		return false
	}
	returns := 0
	for i, ok := range verify.Graph(b.f).Reach([]int32{b.f.F.Stmts[l].Block}, nil) {
		blk := &b.f.F.Blocks[i]
		if !ok || blk.Term != ir.TReturn {
			continue
		}
		if blk.N == ir.None {
			return false
		}
		if nd := &b.f.F.Nodes[b.f.Strip(blk.N)]; nd.Flags&ir.HasVal == 0 || nd.Val >= 0 {
			return false
		}
		returns++
	}
	return returns > 0
}

// leaveReturn writes a return: of the answer, of an error number, or of nothing after the local error form.
func (b *body) leaveReturn(src []byte, e *exit, v string) (string, []string, error) {
	st := &b.f.F.Stmts[e.stmt]
	t := b.f.S(b.f.F.Result)
	if st.N == ir.None && (t == "void" || t == "") {
		status, err := b.localError(src, e)
		return "return;", status, err
	}
	value := v
	if v == "" {
		value = denial
	}
	switch {
	case integer(t):
		return "return " + value + ";", nil, nil
	case strings.HasSuffix(t, "*"):
		return b.leavePointer(src, st.N, value)
	case t == "bool" || t == "_Bool":
		return "return false;", nil, nil
	case v != "":
		return "return " + v + ";", nil, nil
	default:
		return "", nil, fmt.Errorf("%s returns %s: no error of that type is known", b.f.Name, t)
	}
}

// denial is the error number of a denied operation, where the hook's own is not kept.
const denial = "-EPERM"

// leavePointer writes the return of a function that gives a pointer, like the return n that it copies: an error number wrapped, or NULL.
func (b *body) leavePointer(src []byte, n int32, value string) (string, []string, error) {
	text := ""
	if n != ir.None {
		text = strings.TrimSpace(string(src[b.f.F.Nodes[n].Start:b.f.F.Nodes[n].End]))
	}
	if name, _, ok := strings.Cut(text, "("); ok && b.p.Profile.Errors.Wrap.Has(strings.TrimSpace(name)) {
		return "return " + strings.TrimSpace(name) + "(" + value + ");", nil, nil
	}
	if text == "NULL" {
		return "return NULL;", nil, nil
	}
	return "", nil, fmt.Errorf("%s returns %s by %q: no error of that form is known", b.f.Name, b.f.S(b.f.F.Result), text)
}

// localError copies the statement by which the function reports errors, with the denied value of the same family: "op->status = GNTST_bad_domain;"
// becomes GNTST_permission_denied. The statements before exit e come first, then those of the whole function.
func (b *body) localError(src []byte, e *exit) ([]string, error) {
	parent := b.f.F.Stmts[e.stmt].Parent
	for _, near := range []bool{true, false} {
		for i := len(b.f.F.Stmts) - 1; i >= 0; i-- {
			if st := &b.f.F.Stmts[i]; near && (int32(i) >= e.stmt || st.Parent != parent) {
				continue
			}
			if t, to := b.errorStatement(src, int32(i)); t != "" && !(b.f.F.Stmts[e.stmt].Kind == ir.SReturn && b.private(to)) {
				return []string{t}, nil
			}
		}
	}
	return nil, fmt.Errorf("%s reports errors in a way that is not understood", b.f.Name)
}

// private reports whether a place ends with the function: a variable, or a member of one. What it says nobody reads behind a return.
func (b *body) private(n int32) bool {
	p := b.f.Path(n)
	return p == "" || strings.HasPrefix(p, "v") && !strings.Contains(p, "*") || strings.HasPrefix(p, "p") && !strings.Contains(p, "*")
}

// errorStatement is statement i with a denial in place of its error, and the place that it assigns to; "" when it reports none.
func (b *body) errorStatement(src []byte, i int32) (text string, to int32) {
	st := &b.f.F.Stmts[i]
	if st.Kind != ir.SExpr || st.N == ir.None {
		return "", ir.None
	}
	nd := &b.f.F.Nodes[b.f.Strip(st.N)]
	if nd.Op != ir.Assign || nd.Y == ir.None || nd.Flags&ir.InMacro != 0 {
		return "", ir.None
	}
	val := &b.f.F.Nodes[b.f.Strip(nd.Y)]
	name := b.f.S(val.Name)
	if m := b.f.S(val.Macro); m != "" {
		name = m
	} else if m := b.f.S(b.f.F.Nodes[nd.Y].Macro); m != "" {
		name = m
	}
	denied := b.deniedLike(name)
	if denied == "" {
		denied = b.deniedLike(strings.Trim(string(src[b.f.F.Nodes[nd.Y].Start:b.f.F.Nodes[nd.Y].End]), "() "))
	}
	if denied == "" {
		return "", ir.None
	}
	return b.f.Text(nd.X) + " = " + denied + ";", nd.X
}

// errnoRE is an error number of C's own, negated or not.
var errnoRE = regexp.MustCompile(`^-?E[A-Z0-9]+$`)

// deniedLike finds the constant of name's family that means a denial: an error number, or a name with its prefix that says so.
func (b *body) deniedLike(name string) string {
	if errnoRE.MatchString(name) {
		return denial
	}
	prefix, _, ok := strings.Cut(name, "_")
	if !ok {
		return ""
	}
	for _, f := range b.p.Fns {
		if f.File != b.f.File {
			continue
		}
		for i := range f.F.Nodes {
			nd := &f.F.Nodes[i]
			for _, s := range []string{f.S(nd.Name), f.S(nd.Macro)} {
				if strings.HasPrefix(s, prefix+"_") && (strings.Contains(s, "denied") || strings.Contains(s, "DENIED")) {
					return s
				}
			}
		}
	}
	return b.denials[prefix]
}
