package recipe

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// truth is a condition's value as far as it is known.
type truth int8

const (
	unknown truth = iota
	isTrue
	isFalse
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// folder evaluates a condition in which one name is known. What is left is text of the source.
type folder struct {
	f    *csrc.File
	toks []csrc.Tok
	name string
	on   bool
	ask  func(from, to int) truth // instead of name: the value of a part, if it is known
}

// folded is what remains of a part of a condition: its value, or else text, and whether it is an || (which && must put in parentheses).
type folded struct {
	v       truth
	text    string
	changed bool
	or      bool
}

// fold evaluates tokens [from,to).
func (k *folder) fold(from, to int) folded {
	if k.ask != nil {
		if v := k.ask(from, to); v != unknown {
			return folded{v: v, changed: true}
		}
	}
	for _, op := range []string{"||", "&&"} {
		if parts := k.split(from, to, op); len(parts) > 1 {
			return k.chain(parts, op)
		}
	}
	switch {
	case from < to && k.f.Is(k.toks, from, "!") && loosest2(k, from+1, to):
		r := k.fold(from+1, to)
		switch r.v {
		case isTrue:
			return folded{v: isFalse, changed: true}
		case isFalse:
			return folded{v: isTrue, changed: true}
		}
		if r.changed {
			return folded{text: "!" + paren(r), changed: true}
		}
	case from < to && k.f.Is(k.toks, from, "(") && int(k.toks[from].Match) == to-1:
		r := k.fold(from+1, to-1)
		if r.v != unknown || !r.changed {
			if r.v == unknown {
				break
			}
			return r
		}
		return folded{text: paren(r), changed: true}
	case k.ask == nil && k.known(from, to):
		return folded{v: truthOf(k.on), changed: true}
	}
	return folded{text: k.source(from, to)}
}

func loosest2(k *folder, from, to int) bool {
	return from < to && (to-from == 1 || k.f.Is(k.toks, from, "(") && int(k.toks[from].Match) == to-1 ||
		k.f.Is(k.toks, from+1, "(") && int(k.toks[from+1].Match) == to-1 || k.f.Is(k.toks, from, "defined") && to-from == 2 || k.f.Is(k.toks, from, "!"))
}

func paren(r folded) string {
	if r.or || strings.Contains(r.text, "&&") {
		return "(" + r.text + ")"
	}
	return r.text
}

// split cuts [from,to) at an operator of the outer level.
func (k *folder) split(from, to int, op string) (out [][2]int) {
	start := from
	for i := from; i < to; i = next(k.toks, i) {
		if k.f.Is(k.toks, i, "?") {
			return nil
		}
		if k.f.Is(k.toks, i, op) {
			out = append(out, [2]int{start, i})
			start = i + 1
		}
	}
	return append(out, [2]int{start, to})
}

// chain evaluates operands of && or ||.
func (k *folder) chain(parts [][2]int, op string) folded {
	decides, neutral := isTrue, isFalse
	if op == "&&" {
		decides, neutral = isFalse, isTrue
	}
	var left []folded
	out := folded{or: op == "||"}
	for _, p := range parts {
		r := k.fold(p[0], p[1])
		out.changed = out.changed || r.changed
		switch r.v {
		case decides:
			return folded{v: decides, changed: true}
		case neutral:
		default:
			left = append(left, r)
		}
	}
	if len(left) == 0 {
		return folded{v: neutral, changed: true}
	}
	if !out.changed {
		return folded{text: k.source(parts[0][0], parts[len(parts)-1][1]), or: out.or}
	}
	if len(left) == 1 {
		left[0].changed = true
		left[0].text = unparen(left[0].text)
		return left[0]
	}
	var texts []string
	for _, r := range left {
		if op == "&&" && r.or && r.changed {
			r.text = "(" + r.text + ")"
		}
		texts = append(texts, r.text)
	}
	out.text = strings.Join(texts, " "+op+" ")
	return out
}

// unparen takes parentheses off that hold all of a text.
func unparen(s string) string {
	if !strings.HasPrefix(s, "(") || !strings.HasSuffix(s, ")") {
		return s
	}
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 && i < len(s)-1 {
				return s
			}
		}
	}
	return strings.TrimSpace(s[1 : len(s)-1])
}

func (k *folder) source(from, to int) string {
	if from >= to {
		return ""
	}
	return string(k.f.Src[k.toks[from].Start:k.toks[to-1].End])
}

// known reports whether [from,to) is the known name, asked for in one of the ways there are.
func (k *folder) known(from, to int) bool {
	is := func(n int, s string) bool { return k.f.Is(k.toks, from+n, s) }
	switch to - from {
	case 1:
		return is(0, k.name)
	case 2:
		return is(0, "defined") && is(1, k.name)
	case 4:
		return (is(0, "defined") || is(0, "IS_ENABLED") || is(0, "IS_BUILTIN")) && is(2, k.name)
	}
	return false
}

// unwrap takes code under #if in or out as if macro name were defined (on) or not.
func (e *editor) unwrap(x *text, name string, on bool) {
	u := x.parsed()
	for _, c := range conditionals(u) {
		if e.isDead(x, int(u.Dirs[c.arms[0].dir].Start)) {
			continue
		}
		e.unwrapOne(x, c, name, on)
	}
}

// isDead reports whether an offset is in lines that the step takes out.
func (e *editor) isDead(x *text, off int) bool {
	for _, d := range e.dead[x.path] {
		if d[0] <= off && off < d[1] {
			return true
		}
	}
	return false
}

// armValue evaluates an arm's condition.
func armValue(u *csrc.Unit, d *csrc.Dir, name string, on bool) folded {
	mine := len(d.Toks) > 0 && u.Text(d.Toks[0]) == name
	switch d.Name {
	case "ifdef":
		if mine {
			return folded{v: truthOf(on), changed: true}
		}
		return folded{}
	case "ifndef":
		if mine {
			return folded{v: truthOf(!on), changed: true}
		}
		return folded{}
	case "else":
		return folded{v: isTrue}
	}
	k := &folder{f: u.File, toks: d.Toks, name: name, on: on}
	return k.fold(0, len(d.Toks))
}

// keptArm is an arm that stays, with what its condition comes to.
type keptArm struct {
	arm
	f folded
}

// unwrapOne changes one conditional.
func (e *editor) unwrapOne(x *text, c conditional, name string, on bool) {
	u := x.unit
	var left []keptArm
	changed := false
	for _, a := range c.arms {
		f := armValue(u, &u.Dirs[a.dir], name, on)
		changed = changed || f.changed
		if f.v == isFalse {
			continue
		}
		left = append(left, keptArm{a, f})
		if f.v == isTrue {
			break
		}
	}
	if !changed {
		return
	}
	from, _ := lineOf(u.Src, int(u.Dirs[c.arms[0].dir].Start))
	_, to := lineOf(u.Src, int(u.Dirs[c.end].End))
	to = min(to+1, len(u.Src))
	switch {
	case len(left) == 0:
		e.cutLines(x, from, to)
	case left[0].f.v == isTrue:
		e.cutLines(x, from, left[0].start)
		e.cutLines(x, left[0].end, to)
		e.arms(x, c, left[0].arm)
	default:
		e.someArms(x, c, left)
	}
}

// someArms rewrites the conditions of the arms that stay and takes out the others.
func (e *editor) someArms(x *text, c conditional, left []keptArm) {
	u := x.unit
	stays := map[int]bool{}
	for i, a := range left {
		stays[a.dir] = true
		d := &u.Dirs[a.dir]
		word := d.Name
		switch {
		case i == 0 && word == "elif":
			word = "if"
		case i > 0 && a.f.v == isTrue:
			word = "else"
		}
		if !a.f.changed && word == d.Name {
			continue
		}
		text := "#" + word
		if word == "if" {
			text = asIfdef(a.f.text)
		} else if word != "else" && a.f.text != "" {
			text += " " + unparen(a.f.text)
		}
		e.replace(x.path, int(d.Start), dirCodeEnd(u, d), text)
	}
	for _, a := range c.arms {
		if !stays[a.dir] {
			s, _ := lineOf(u.Src, int(u.Dirs[a.dir].Start))
			e.cutLines(x, s, a.end)
		}
	}
}

// asIfdef writes an #if of one defined() as the #ifdef or #ifndef that people write.
func asIfdef(s string) string {
	body, not := strings.CutPrefix(s, "!")
	if name, ok := strings.CutPrefix(body, "defined"); ok {
		name = strings.Trim(strings.TrimSpace(name), "()")
		if identRE.MatchString(name) {
			if not {
				return "#ifndef " + name
			}
			return "#ifdef " + name
		}
	}
	return "#if " + s
}

// dirCodeEnd returns the end of a directive's last token: a comment behind it is not replaced.
func dirCodeEnd(u *csrc.Unit, d *csrc.Dir) int {
	if n := len(d.Toks); n > 0 {
		return int(d.Toks[n-1].End)
	}
	i := int(d.Start) + 1
	for i < int(d.End) && !csrc.IsIdent(u.Src[i]) {
		i++
	}
	return i + len(d.Name)
}

// arms remembers the words of the arms that go when one stays.
func (e *editor) arms(x *text, c conditional, stays arm) {
	for _, a := range c.arms {
		if a.dir != stays.dir && a.start < a.end {
			e.gone(x, a.start, a.end)
		}
	}
}

// cutLines removes whole lines [from,to); of two blank lines that would meet one goes too.
func (e *editor) cutLines(x *text, from, to int) {
	if from >= to {
		return
	}
	e.gone(x, from, to)
	if e.dead == nil {
		e.dead = map[string][][2]int{}
	}
	e.dead[x.path] = append(e.dead[x.path], [2]int{from, to})
	d := x.data
	before := from == 0 || from >= 2 && d[from-2] == '\n' || blockOpens(d, from)
	for before && to < len(d) && d[to] == '\n' {
		to++
	}
	e.replace(x.path, from, to, "")
}

// enabled replaces IS_ENABLED(CONFIG_X) in code and folds the conditions that it stands in.
func (e *editor) enabled(x *text, name string, on bool) error {
	u := x.parsed()
	for i := range u.Toks {
		if !u.Is(u.Toks, i, "IS_ENABLED") || !u.Is(u.Toks, i+2, name) || e.isDead(x, int(u.Toks[i].Start)) {
			continue
		}
		f := u.FuncAt(i)
		if f == nil {
			e.note(x.path, x.data, int(u.Toks[i].Start), Undecided, "IS_ENABLED(%s) outside any function", name)
			continue
		}
		k := &folder{f: u.File, toks: u.Toks, name: name, on: on}
		if !e.foldIf(x, f, i, k.fold) {
			e.replace(x.path, int(u.Toks[i].Start), int(u.Toks[i+3].End), map[bool]string{true: "1", false: "0"}[on])
		}
	}
	return nil
}

// foldIf simplifies the if statement in whose condition token i stands; false if it stands in none.
func (e *editor) foldIf(x *text, f *csrc.Func, i int, fold func(from, to int) folded) bool {
	u := x.parsed()
	var in *csrc.Stmt
	u.Body(f).Walk(func(s *csrc.Stmt) {
		if s.Kind == csrc.If && s.Open < i && i < s.Close {
			in = s
		}
	})
	if in == nil {
		return false
	}
	r := fold(in.Open+1, in.Close)
	off := func(t int) int { return int(u.Toks[t].Start) }
	end := func(t int) int { return int(u.Toks[t].End) }
	switch {
	case r.v == unknown && !r.changed:
		return false
	case r.v == unknown:
		e.gone(x, off(in.Open+1), end(in.Close-1))
		e.replace(x.path, off(in.Open+1), end(in.Close-1), r.text)
	case r.v == isTrue:
		e.keepBranch(x, in, in.Then)
	case in.Else != nil:
		e.keepBranch(x, in, in.Else)
	default:
		if p := in.Parent; p != nil && p.Else == in { // "else if" that never holds
			e.gone(x, off(in.First), end(in.Last))
			e.cut(x, end(p.Then.Last), end(in.Last))
			return true
		}
		if p := in.Parent; p != nil && p.Kind != csrc.Block && p.Kind != csrc.Label {
			e.gone(x, off(in.First), end(in.Last))
			e.replace(x.path, off(in.First), end(in.Last), ";")
			return true
		}
		e.cut(x, off(in.First), end(in.Last))
	}
	return true
}

// keepBranch puts one branch of an if in its place; a block without declarations loses its braces.
func (e *editor) keepBranch(x *text, in, keep *csrc.Stmt) {
	u := x.parsed()
	start, end := int(u.Toks[in.First].Start), int(u.Toks[in.Last].End)
	e.gone(x, start, int(u.Toks[keep.First].Start))
	if keep.Last < in.Last {
		e.gone(x, int(u.Toks[keep.Last].End), end)
	}
	first, last := keep.First, keep.Last
	if keep.Kind == csrc.Block && len(keep.Body) > 0 && keep.Body[0].Kind != csrc.DeclStmt && in.Parent != nil && in.Parent.Kind == csrc.Block {
		first, last = keep.Body[0].First, keep.Body[len(keep.Body)-1].Last
	}
	text := string(u.Src[u.Toks[first].Start:u.Toks[last].End])
	from := refactor.IndentAt(u.Src, int(u.Toks[first].Start))
	to := refactor.IndentAt(u.Src, start)
	if len(from) > len(to) && strings.HasPrefix(from, to) {
		text = strings.ReplaceAll(text, "\n"+from[:len(from)-len(to)], "\n")
	}
	e.replace(x.path, start, end, text)
}

// checkMacro refuses a macro that the tree itself defines: whether it is on is not for the recipe to say.
func (w *world) checkMacro(name string) error {
	for _, m := range w.symbols().macros[name] {
		return errAt(m.u.File, int(m.u.Dirs[m.v.Dir].Start), "remove the definition first", "%s is defined here", name)
	}
	return nil
}

func parseSwitch(s *Step) (bool, error) {
	switch s.Value {
	case "y", "yes", "on", "true", "1":
		return true, nil
	case "n", "no", "off", "false", "0":
		return false, nil
	}
	return false, &Error{What: fmt.Sprintf("%s: value: %q", s.Do, s.Value), Remedy: "write y to keep the feature's code, n to take it out"}
}
