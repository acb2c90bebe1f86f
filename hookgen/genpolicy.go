package hookgen

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// policy adds the permission, teaches an entry-level hook's switch the command, and grants the permission.
func (g *generator) policy(c *refactor.Change, s *Spec) error {
	vector, err := g.vector(s)
	if err != nil {
		return err
	}
	c.Edits = append(c.Edits, vector...)
	if class := (refactor.Symbol{Kind: "flask-class", Name: s.Class}); g.plan.Tables.Class(s.Class) == nil && len(vector) > 0 {
		c.Provides = append(c.Provides, class)
	} else if len(vector) == 0 && !g.plan.Tables.HasClass(s.Class) {
		c.Needs = append(c.Needs, class)
	}
	headers, err := g.headers(s)
	if err != nil {
		return err
	}
	c.Edits = append(c.Edits, headers...)
	if s.Beside != nil {
		e, err := g.delegate(s)
		if err != nil {
			return err
		}
		c.Edits = append(c.Edits, e)
	}
	grants, err := g.grants(s)
	c.Edits = append(c.Edits, grants...)
	return err
}

// vector adds the permission at the end of its class, or founds the class when the tree has none of the name: domain3 when domain2 is full.
func (g *generator) vector(s *Spec) ([]refactor.Edit, error) {
	file := g.plan.Tables.Files.AccessVectors
	if file == "" {
		return nil, nil // a tree that keeps headers instead
	}
	src, err := g.t.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if cl := g.plan.Tables.Class(s.Class); cl != nil {
		text := permText(s, eolOf(src), strings.HasPrefix(lineBefore(src, cl.LastPerm), "\t"))
		return []refactor.Edit{{Path: file, Start: cl.LastPerm, End: cl.LastPerm, New: text}}, nil
	}
	if g.founded[s.Class] {
		return nil, nil // with the first permission of the class
	}
	g.founded[s.Class] = true
	text, seen := "", map[string]bool{}
	for _, pl := range g.plan.Placements {
		if n := pl.New; n != nil && n.Class == s.Class && !seen[n.Name] {
			seen[n.Name] = true
			text += permText(n, eolOf(src), false)
		}
	}
	return g.newClass(s, src, text)
}

// permText is a permission's lines in access_vectors: what needs it, and its name.
func permText(s *Spec, eol string, tabs bool) string {
	indent := "    "
	if tabs {
		indent = "\t"
	}
	if s.Label == "" {
		return indent + s.Perm + eol
	}
	return "# " + s.Label + eol + indent + s.Perm + eol
}

// lineBefore is the line that ends at byte at.
func lineBefore(src []byte, at int) string {
	line := strings.TrimSuffix(string(src[:at]), "\n")
	return line[strings.LastIndexByte(line, '\n')+1:]
}

// newClass founds the class of a permission behind the class whose overflow it takes.
func (g *generator) newClass(s *Spec, src []byte, perm string) ([]refactor.Edit, error) {
	file, eol := g.plan.Tables.Files.AccessVectors, eolOf(src)
	base, n := splitNumber(s.Class)
	before := base
	if n > 2 {
		before = base + strconv.Itoa(n-1)
	}
	prev := g.plan.Tables.Class(before)
	if prev == nil {
		return nil, fmt.Errorf("%s: no class %s before the new class %s", file, before, s.Class)
	}
	end := prev.End
	if i := strings.IndexByte(string(src[end:]), '\n'); i >= 0 {
		end += i + 1
	} else {
		end = len(src)
	}
	out := []refactor.Edit{{Path: file, Start: end, End: end, New: eol + "# more of class " + base + eol + "class " + s.Class + eol + "{" + eol + perm + "}" + eol}}
	list := path.Join(path.Dir(file), "security_classes")
	classes, err := g.t.ReadFile(list)
	if err != nil {
		return nil, err
	}
	all := regexp.MustCompile(`(?m)^class\s+\w+[^\n]*\n`).FindAllIndex(classes, -1)
	if all == nil {
		return nil, fmt.Errorf("%s: no classes", list)
	}
	at := all[len(all)-1][1] // numbers of classes follow their order: a new one comes last
	return append(out, refactor.Edit{Path: list, Start: at, End: at, New: "class " + s.Class + eolOf(classes)}), nil
}

// splitNumber cuts the number off a class: domain2 is domain and 2, domain is domain and 1.
func splitNumber(class string) (string, int) {
	base := strings.TrimRight(class, "0123456789")
	n, err := strconv.Atoi(class[len(base):])
	if err != nil {
		n = 1
	}
	return base, n
}

// headers adds the permission to the tables that older trees keep generated beside access_vectors: its bit and its name. Where the tree's makefiles
// make them, what lies there is a build's and not part of the tree.
func (g *generator) headers(s *Spec) (out []refactor.Edit, err error) {
	prefix := strings.ToUpper(s.Class) + "__"
	for _, h := range g.plan.Tables.Headers {
		var last tables.Perm
		bit := uint64(0)
		for name, p := range h.Names {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			if p.At.End > last.At.End {
				last = p
			}
			if v, err := strconv.ParseUint(p.Bit, 0, 64); err == nil {
				bit = max(bit, v)
			}
		}
		if last.At.Path == "" || g.built(last.At.Path) {
			continue
		}
		src, err := g.t.ReadFile(last.At.Path)
		if err != nil {
			return nil, err
		}
		line := string(src[last.At.Start:last.At.End])
		out = append(out, refactor.Edit{Path: last.At.Path, Start: last.At.End, End: last.At.End, New: headerLine(line, s, bit, h.Bits)})
	}
	return out, nil
}

// built reports whether a makefile in the folder of file, or in one above it up to three levels, names the file: then it is made from others.
func (g *generator) built(file string) bool {
	name := regexp.MustCompile(`(?m)^[^#\n]*\b` + regexp.QuoteMeta(path.Base(file)) + `\b`)
	dir := path.Dir(file)
	for range 3 {
		for _, rules := range []string{"Makefile", "Kbuild"} {
			if src, err := g.t.ReadFile(path.Join(dir, rules)); err == nil && name.Match(src) {
				return true
			}
		}
		if dir == "." {
			break
		}
		dir = path.Dir(dir)
	}
	return false
}

// headerLine is a line of a generated table for the new permission, in the columns of the one before it.
func headerLine(line string, s *Spec, bit uint64, bits bool) string {
	name := regexp.MustCompile(`\b` + strings.ToUpper(s.Class) + `__\w+`).FindString(line)
	now := strings.ToUpper(s.Class + "__" + s.Perm)
	if bits {
		pad := len(name) - len(now)
		out := strings.Replace(line, name, now+strings.Repeat(" ", max(0, pad)), 1)
		if pad < 0 {
			out = regexp.MustCompile(`(`+now+`) {0,`+strconv.Itoa(-pad)+`} `).ReplaceAllString(out, "$1 ")
		}
		return regexp.MustCompile(`0x[0-9A-Fa-f]+`).ReplaceAllString(out, fmt.Sprintf("0x%08x", bit<<1))
	}
	out := strings.Replace(line, name, now, 1)
	return regexp.MustCompile(`"\w*"`).ReplaceAllString(out, `"`+s.Perm+`"`)
}

// delegate tells an entry-level hook's switch that the command has a hook of its own.
func (g *generator) delegate(s *Spec) (refactor.Edit, error) {
	file := s.Beside.File
	src, err := g.t.ReadFile(file)
	if err != nil {
		return refactor.Edit{}, err
	}
	fn := regexp.MustCompile(`\b` + regexp.QuoteMeta(s.Beside.Function) + `\s*\([^;{]*\{`).FindIndex(src)
	if fn == nil {
		return refactor.Edit{}, fmt.Errorf("%s: no function %s", file, s.Beside.Function)
	}
	label := regexp.MustCompile(`(?m)^[ \t]*case[ \t]+` + regexp.QuoteMeta(s.Beside.Case) + `[ \t]*:[^\n]*\n`).FindIndex(src[fn[1]:])
	if label == nil {
		return refactor.Edit{}, fmt.Errorf("%s: %s has no case %s", file, s.Beside.Function, s.Beside.Case)
	}
	end := fn[1] + label[1]
	return refactor.Edit{Path: file, Start: end, End: end, New: refactor.IndentAt(src, fn[1]+label[0]) + "case " + s.Label + ":" + eolOf(src)}, nil
}

// grants gives the new permission to whoever may use the operation today: whom a rule gives the near operation's permission and, where the default action
// lets a guest act on itself, whom a rule gives such a permission of another hook with that action.
func (g *generator) grants(s *Spec) (out []refactor.Edit, err error) {
	from := []tables.Vector{s.Grant}
	if s.Action == "XSM_TARGET" {
		rules, err := g.rules(s.Grant)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.self }) {
			if v, ok := g.selfVector(s); ok {
				from = append(from, v)
			}
		}
	}
	for i, v := range from {
		rules, err := g.rules(v)
		if err != nil {
			return nil, err
		}
		for _, r := range rules {
			if i == 0 || r.self {
				out = append(out, r.grant(s, v))
			}
		}
	}
	return out, nil
}

// selfVector is a permission that guests have on themselves by the policy, of a hook whose default lets them act on themselves.
func (g *generator) selfVector(s *Spec) (tables.Vector, bool) {
	for _, h := range g.plan.Tables.Hooks {
		if h.Action != s.Action || len(h.Vectors) != 1 || len(h.Params) != len(s.Params) {
			continue
		}
		rules, err := g.rules(h.Vectors[0])
		if err == nil && slices.ContainsFunc(rules, func(r rule) bool { return r.self }) {
			return h.Vectors[0], true
		}
	}
	return tables.Vector{}, false
}

// rule is an allow rule that names a permission: where its words are, and whether it is about a guest and itself.
type rule struct {
	file string
	src  []byte
	at   []int // of the rule, then of its permissions
	word []int // of the permission among them
	self bool
}

// rules finds the allow rules of the policy sources that give a permission.
func (g *generator) rules(v tables.Vector) (out []rule, err error) {
	re := regexp.MustCompile(`\ballow\b[^;#]*:\s*` + regexp.QuoteMeta(v.Class) + `\s+(\{[^};]*\}|\w+)\s*;`)
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(v.Perm) + `\b`)
	for _, p := range g.plan.Tables.Policy {
		src, err := g.t.ReadFile(p)
		if err != nil {
			return nil, err
		}
		for _, m := range re.FindAllSubmatchIndex(src, -1) {
			w := word.FindIndex(src[m[2]:m[3]])
			if w == nil || inComment(src, m[0]) {
				continue
			}
			out = append(out, rule{p, src, m, w, selfRule(src, m[0], m[2])})
		}
	}
	return out, nil
}

// inComment reports whether a # stands before byte at in its line.
func inComment(src []byte, at int) bool {
	return strings.Contains(string(src[lineStart(src, at):at]), "#")
}

var defineRE = regexp.MustCompile("(?m)^[ \t]*define\\(`(\\w+)'")

// selfRule reports whether a rule is about a guest and itself: its object is self, a type named after that, or it stands in a macro that declares a domain.
func selfRule(src []byte, start, perms int) bool {
	if regexp.MustCompile(`\bself\s*:|_self\s*:`).Match(src[start:perms]) {
		return true
	}
	all := defineRE.FindAllSubmatchIndex(src[:start], -1)
	if all == nil {
		return false
	}
	m := all[len(all)-1]
	return strings.HasPrefix(string(src[m[2]:m[3]]), "declare_") && !strings.Contains(string(src[m[1]:start]), "')")
}

// grant adds the new permission to a rule, or a rule beside it when the class is another, or the rule has one permission only.
func (r *rule) grant(s *Spec, v tables.Vector) refactor.Edit {
	at, text := r.at[2]+r.word[1], " "+s.Perm
	if line := lineBefore(r.src, at); strings.TrimSpace(line) == v.Perm && at < len(r.src) && strings.IndexByte("\r\n", r.src[at]) >= 0 { // one a line
		text = eolOf(r.src) + strings.TrimSuffix(line, v.Perm) + s.Perm
	}
	if r.src[r.at[2]] != '{' || s.Class != v.Class {
		head := regexp.MustCompile(`:\s*`+regexp.QuoteMeta(v.Class)+`\s+$`).ReplaceAllString(string(r.src[r.at[0]:r.at[2]]), ":"+s.Class+" ")
		at, text = r.at[1], eolOf(r.src)+refactor.IndentAt(r.src, r.at[0])+head+s.Perm+";"
	}
	return refactor.Edit{Path: r.file, Start: at, End: at, New: text}
}
