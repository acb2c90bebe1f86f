package hookgen

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// eolOf is the end of line that a file uses.
func eolOf(src []byte) string { return refactor.StyleOf(src).EOL() }

// definition is the change that adds a hook to the operations and gives it a default: a structure member with its wrapper, or one line of the
// catalogue, and the default module's function and entry.
func (g *generator) definition(s *Spec) (*refactor.Change, error) {
	full := g.plan.Tables.Prefix + s.Name
	if s.Peer.Ops.Path == "" || s.Peer.Dummy.Path == "" {
		return nil, fmt.Errorf("hook %s cannot be the model of %s: it has no place in the operations, or no default", s.Peer.Name, s.Name)
	}
	c := &refactor.Change{
		ID: refactor.ChangeID("hook/" + s.Name), Component: "xsm", Summary: "add the " + s.Name + " hook",
		Body:     fmt.Sprintf("A hook for %s. %s", s.what(), s.defaultText()),
		Provides: []refactor.Symbol{{Kind: "func", Name: full}, {Kind: "field", Name: g.plan.Tables.OpsName + "." + s.Name}},
	}
	for _, at := range []struct {
		span  refactor.Span
		guard string
	}{{s.Peer.Ops, s.Peer.Guard}, {s.Peer.Wrapper, s.Peer.WrapperGuard}, {s.Peer.DummyOp, s.entryGuard()}} {
		if err := g.beside(c, s, at.span, at.guard, s.like(g, at.span)); err != nil {
			return nil, err
		}
	}
	return c, g.beside(c, s, s.Peer.Dummy, s.Peer.DummyGuard, g.dummy(s))
}

// entryGuard is the condition around the peer's line in the default module's operations.
func (s *Spec) entryGuard() string {
	for _, e := range s.Peer.Entries {
		if e.At == s.Peer.DummyOp {
			return e.Guard
		}
	}
	return s.Peer.Guard
}

// defaultText says in prose who may use the operation without a module.
func (s *Spec) defaultText() string {
	if !s.Peer.Default {
		return "With no module loaded everybody may use the operation who may today."
	}
	who := map[string]string{
		"XSM_HOOK": "any guest", "XSM_TARGET": "a guest for itself, its device model, and the control domain", "XSM_PRIV": "the control domain",
		"XSM_DM_PRIV": "a device model for its guest, and the control domain", "XSM_XS_PRIV": "the xenstore domain and the control domain",
	}[s.Action]
	if who == "" {
		who = "whom the hook itself allows"
	}
	return fmt.Sprintf("Its default action is %s: without a module, or without CONFIG_XSM, %s may use the operation.", s.Action, who)
}

// leaves reports whether the new hook must leave the conditions around its peer: they hold where the peer is called, and the new hook is called from a
// file that the peer is not.
func (g *generator) leaves(s *Spec) bool {
	for _, p := range g.plan.Placements {
		if p.Hook != g.plan.Tables.Prefix+s.Name {
			continue
		}
		src, err := g.t.ReadFile(p.File)
		if err == nil && !strings.Contains(string(src), g.plan.Tables.Prefix+s.Peer.Name+"(") && !archGuard(s.Peer.Guard, p.File) {
			return true
		}
	}
	return false
}

// archGuard reports whether a condition is only that of the architecture in whose folder the file is.
func archGuard(guard, file string) bool {
	m := regexp.MustCompile(`^(?:defined\()?CONFIG_(\w+?)\)?$`).FindStringSubmatch(guard)
	return m != nil && strings.Contains("/"+file, "/arch/"+strings.ToLower(m[1])+"/")
}

// conditions counts those of guard, the conditions around one of the peer's places, that are the peer's own: as many as its operations' member has, and not
// those of the table as a whole, nor those that every hook has, such as the framework's own option.
func (g *generator) conditions(s *Spec, guard string) int {
	if s.Peer.Guard == "" || !strings.HasSuffix(guard, s.Peer.Guard) {
		return 0
	}
	return len(strings.Split(s.Peer.Guard, " && ")) - g.shared()
}

// shared counts the conditions that all hooks of the tables begin with.
func (g *generator) shared() int {
	var all []string
	first := true
	for _, h := range g.plan.Tables.Hooks {
		if h.Ops.Path == "" {
			continue
		}
		own := strings.Split(h.Guard, " && ")
		if h.Guard == "" {
			return 0
		}
		if first {
			all, first = own, false
		}
		n := 0
		for n < min(len(all), len(own)) && all[n] == own[n] {
			n++
		}
		all = all[:n]
	}
	return len(all)
}

// beside inserts text behind a span of the peer's, or behind the conditions around it when the new hook must leave them. A span without a file, or one
// that the change has been given already, is left out: a catalogue's line is every table's.
func (g *generator) beside(c *refactor.Change, s *Spec, at refactor.Span, guard, text string) error {
	if at.Path == "" || text == "" {
		return nil
	}
	src, err := g.t.ReadFile(at.Path)
	if err != nil {
		return err
	}
	end := at.End
	if n := g.conditions(s, guard); n > 0 && g.leaves(s) {
		end = behindConditions(src, end, n)
	}
	eol := eolOf(src)
	if strings.Contains(text, "{") { // a function stands apart
		text = eol + text
	}
	if end > 0 && src[end-1] != '\n' { // the file ends without a newline, and keeps doing so
		text = eol + strings.TrimSuffix(text, eol)
	}
	for _, e := range c.Edits {
		if e.Path == at.Path && e.Start == end && e.New == text {
			return nil
		}
	}
	c.Edits = append(c.Edits, refactor.Edit{Path: at.Path, Start: end, End: end, New: text})
	return nil
}

// behindConditions is the byte behind the #endif of the n innermost conditions that are open at byte at; at itself when they do not close.
func behindConditions(src []byte, at, n int) int {
	depth, off := n, at
	for _, l := range refactor.SplitLines(src[at:]) {
		off += len(l)
		switch {
		case ifRE.Match(l):
			depth++
		case endifRE.Match(l):
			if depth--; depth == 0 {
				return off
			}
		}
	}
	return at
}

// simple reports whether a peer's function only asks one question: it can be copied with another name, action and permission.
func simple(text string) bool {
	return !regexp.MustCompile(`\b(?:switch|if|goto|for|while)\b|\?`).MatchString(text)
}

// dummy is the new hook's default, made like the nearest one that only asserts its action and asks; before it a comment says what it is for.
func (g *generator) dummy(s *Spec) string {
	model := g.model(s, s.Peer, func(h *tables.Hook) refactor.Span { return h.Dummy })
	text := s.likeHook(g, model, g.textAt(model.Dummy))
	src, err := g.t.ReadFile(s.Peer.Dummy.Path)
	if err != nil {
		return text
	}
	eol := eolOf(src)
	if line := "/* " + s.comment() + " */"; len(line) <= 80 {
		return line + eol + text
	}
	return "/*" + eol + " * " + strings.Replace(s.comment(), ": ", ":"+eol+" * ", 1) + eol + " */" + eol + text
}

// comment says what a hook is for, in a line.
func (s *Spec) comment() string {
	out := s.what()
	if s.Class != "" {
		out += ": permission " + s.Perm + " of class " + s.Class
	}
	return out
}

// model is the hook whose function at a place serves as a model: the peer's own when it is simple, else the first of the tables that is, with
// parameters of the same types and the peer's parties.
func (g *generator) model(s *Spec, peer *tables.Hook, at func(*tables.Hook) refactor.Span) *tables.Hook {
	if simple(g.textAt(at(peer))) {
		return peer
	}
	for _, h := range g.plan.Tables.Hooks {
		if h.Default == peer.Default && h.Result == peer.Result && len(h.Vectors) == 1 && sameTypes(h.Params, peer.Params) && at(h).Path == at(peer).Path && simple(g.textAt(at(h))) {
			return h
		}
	}
	return peer
}

func sameTypes(a, b []tables.Param) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Type != b[i].Type {
			return false
		}
	}
	return true
}

// textAt is the source at a span, "" for none.
func (g *generator) textAt(at refactor.Span) string {
	src, err := g.t.ReadFile(at.Path)
	if at.Path == "" || err != nil {
		return ""
	}
	return string(src[at.Start:at.End])
}

// like is the text at a span of the peer's, rewritten for the new hook.
func (s *Spec) like(g *generator, at refactor.Span) string {
	return s.likeHook(g, s.Peer, g.textAt(at))
}

// likeHook rewrites a model's text for the new hook: the name, alone or behind a module's prefix, the permission and its class, the default action, and
// the columns that these move.
func (s *Spec) likeHook(g *generator, model *tables.Hook, text string) string {
	prefixes := map[string]bool{"": true, g.plan.Tables.Prefix: true}
	for _, m := range g.plan.Tables.Modules {
		prefixes[m.Name+"_"] = true
	}
	now := wordRE(model.Name).ReplaceAllStringFunc(text, func(w string) string {
		if p := strings.TrimSuffix(w, model.Name); prefixes[p] {
			return p + s.Name
		}
		return w
	})
	if len(model.Vectors) > 0 {
		v := model.Vectors[0]
		now = regexp.MustCompile(`\bSECCLASS_`+strings.ToUpper(v.Class)+`\b`).ReplaceAllString(now, "SECCLASS_"+strings.ToUpper(s.Class))
		now = regexp.MustCompile(`\b`+strings.ToUpper(v.Class+"__"+v.Perm)+`\b`).ReplaceAllString(now, strings.ToUpper(s.Class+"__"+s.Perm))
	}
	now = regexp.MustCompile(`XSM_ASSERT_ACTION\(\s*\w+\s*\)`).ReplaceAllString(now, "XSM_ASSERT_ACTION("+s.Action+")")
	return fold(text, realign(text, now))
}

// fold breaks the lines that a longer name made longer than what it replaced: heads of functions, behind a comma, or in front of their first parameter.
func fold(old, text string) string {
	const most = 80
	for _, l := range strings.Split(old, "\n") {
		if len(strings.TrimRight(l, "\r")) > most {
			return text // nobody minds here
		}
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if len(strings.TrimRight(l, "\r")) <= most || strings.HasSuffix(l, "\\") {
			continue
		}
		eol := strings.Repeat("\r", strings.Count(l, "\r"))
		cut := strings.LastIndex(l[:most], ", ")
		open := openBefore(l, cut)
		head := strings.IndexByte(l, '(')
		switch {
		case cut > 0 && open > 0:
			lines[i] = l[:cut+1] + eol + "\n" + strings.Repeat(" ", open+1) + l[cut+2:]
		case l[0] != ' ' && head > 0 && strings.HasSuffix(strings.TrimRight(l, "\r"), ")"):
			lines[i] = l[:head+1] + eol + "\n    " + l[head+1:]
		}
	}
	return strings.Join(lines, "\n")
}

// wordRE matches a name as a whole word, or behind a module's prefix.
func wordRE(name string) *regexp.Regexp {
	return regexp.MustCompile(`\b(\w*_)?` + regexp.QuoteMeta(name) + `\b`)
}

// realign keeps the column of "=" when a name of another length replaces the old one in a ".name = value," line, and the columns of the
// parameters that follow on later lines.
func realign(old, text string) string {
	at, was := strings.Index(text, "="), strings.Index(old, "=")
	if strings.Count(text, "\n") == 1 && strings.HasPrefix(strings.TrimSpace(text), ".") && at > 0 {
		name := strings.TrimRight(text[:at], " ")
		if old[was-2] != ' ' { // not in columns
			return name + " " + text[at:]
		}
		return name + strings.Repeat(" ", max(1, was-len(name))) + text[at:]
	}
	return indentParams(old, text)
}

// indentParams moves continuation lines that were aligned behind the opening parenthesis of the first line.
func indentParams(old, text string) string {
	first, rest, ok := strings.Cut(old, "\n")
	first = strings.TrimSuffix(first, "\r")
	if !ok || !strings.HasSuffix(first, ",") {
		return text
	}
	was := strings.LastIndexByte(first[:len(first)-1], '(') + 1
	nfirst, nrest, _ := strings.Cut(text, "\n")
	now := strings.LastIndexByte(strings.TrimRight(nfirst, ",\r"), '(') + 1
	line, _, _ := strings.Cut(rest, "\n")
	if len(line)-len(strings.TrimLeft(line, " ")) != was || now == was {
		return text
	}
	lines := strings.SplitAfter(nrest, "\n")
	for i, l := range lines {
		if len(l)-len(strings.TrimLeft(l, " ")) != was {
			break
		}
		lines[i] = strings.Repeat(" ", now) + strings.TrimLeft(l, " ")
	}
	return nfirst + "\n" + strings.Join(lines, "")
}

// openBefore is the last parenthesis of a line that is open at byte at, -1 for none.
func openBefore(l string, at int) int {
	depth := 0
	for i := at - 1; i >= 0; i-- {
		switch l[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return -1
}

// flask is the change with a hook's Flask side: its function and entry, its permission, who is granted it, and SILO where domains communicate.
func (g *generator) flask(s *Spec) (*refactor.Change, error) {
	c := &refactor.Change{
		ID: refactor.ChangeID("flask/" + s.Name), Component: "xsm/flask", Summary: "control " + s.Name,
		Body: fmt.Sprintf("Permission %s of class %s controls %s. The default policy grants it to whoever has %s, the nearest operation's permission. "+
			"A policy built before this change lacks the permission and is refused at load time: rebuild it together with the hypervisor.",
			s.Perm, s.Class, s.what(), s.Grant.Perm),
		Needs: []refactor.Symbol{{Kind: "field", Name: g.plan.Tables.OpsName + "." + s.Name}},
	}
	guard := func(at refactor.Span) string {
		for _, e := range s.Peer.Entries {
			switch at {
			case e.At:
				return e.Guard
			case e.Func:
				return e.FnGuard
			}
		}
		return ""
	}
	model := g.model(s, s.Peer, func(h *tables.Hook) refactor.Span { return h.Flask })
	if err := g.beside(c, s, s.Peer.Flask, guard(s.Peer.Flask), s.likeHook(g, model, g.textAt(model.Flask))); err != nil {
		return nil, err
	}
	if s.Peer.FlaskOp != s.Peer.Ops { // a catalogue's line is this module's entry too
		if err := g.beside(c, s, s.Peer.FlaskOp, guard(s.Peer.FlaskOp), s.like(g, s.Peer.FlaskOp)); err != nil {
			return nil, err
		}
	}
	if err := g.others(c, s, guard); err != nil {
		return nil, err
	}
	return c, g.policy(c, s)
}

// others gives the hook its place in the modules beside the default and Flask that decide the peer themselves: SILO, where domains communicate. Their
// function calls the default one behind a check of their own, so it is copied whole.
func (g *generator) others(c *refactor.Change, s *Spec, guard func(refactor.Span) string) error {
	for _, e := range s.Peer.Entries {
		if e.At == s.Peer.DummyOp || e.At == s.Peer.FlaskOp || e.At == s.Peer.Ops || e.Func.Path == "" || e.Func == s.Peer.Dummy || e.Func == s.Peer.Flask {
			continue
		}
		if err := g.beside(c, s, e.Func, guard(e.Func), s.like(g, e.Func)); err != nil {
			return err
		}
		if err := g.beside(c, s, e.At, guard(e.At), s.like(g, e.At)); err != nil {
			return err
		}
	}
	return nil
}
