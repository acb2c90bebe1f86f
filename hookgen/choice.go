package hookgen

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// choice places a hook whose denial goes another way through the code: as the last operand of the condition that chooses the way.
func (pl *planner) choice(g *verify.Gap) (*Placement, error) {
	f, st := g.Region.Fn, &g.Region.Fn.F.Stmts[g.Choice]
	src, err := pl.t.ReadFile(f.File)
	if err != nil {
		return nil, err
	}
	m := &matcher{b: pl.body(f), r: g.Region, objects: g.Objects, common: g.Common, hook: g.Hook, told: g.Parties}
	args, err := m.arguments(g.Hook.Params)
	if err != nil {
		return nil, err
	}
	if err := pl.agree(f, g.Hook.Params, args); err != nil {
		return nil, err
	}
	at := conditionEnd(src, int(st.Start))
	if op := f.F.Nodes[f.Strip(st.N)].Op; st.InMacro || at < 0 || op != ir.AndAnd && op != ir.Binary {
		return nil, errChooses
	}
	p := &Placement{Gap: g, Hook: pl.tabs.Prefix + g.Hook.Name, Action: g.Hook.Action, Kind: "check", File: f.File, Function: f.Name,
		Command: pl.commandOf(f), Entry: g.Entry, Offset: at, Line: refactor.LineAt(src, at)}
	for _, a := range args {
		p.Args = append(p.Args, a.text)
	}
	p.Class = p.class()
	if _, other := pl.body(f).arms(g.Choice); other != ir.None {
		p.Deny = "else"
	}
	p.Text = operandText(src, int(st.Start), at, "!"+p.call())
	return p, nil
}

// conditionEnd is the byte behind the last operand of the condition of the if at byte at, -1 when its brackets do not close or a directive parts it.
func conditionEnd(src []byte, at int) int {
	text, s, depth := string(src), scanner{}, 0
	for i := at; i < len(text); i++ {
		if !s.code(text, i) {
			continue
		}
		switch text[i] {
		case '(':
			depth++
		case '#', ';', '{':
			return -1
		case ')':
			if depth--; depth == 0 {
				return len(strings.TrimRight(text[:i], " \t\r\n"))
			}
		}
	}
	return -1
}

// operandText is " && " and an operand, as it goes to byte at, the end of the condition of the if at byte start: on a line of its own, below the first
// operand, when it would be too long.
func operandText(src []byte, start, at int, operand string) string {
	style, line := refactor.StyleOf(src), src[lineStart(src, at):]
	end := strings.IndexByte(string(line), '\n')
	if end < 0 {
		end = len(line)
	}
	if end+len(" && ")+len(operand) <= 80 {
		return " && " + operand
	}
	pad := strings.Index(style.Head("if", "X"), "X")
	return " &&" + style.EOL() + refactor.IndentAt(src, start) + strings.Repeat(" ", pad) + operand
}
