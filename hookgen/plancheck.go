package hookgen

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// entryLines is the line of the plan file that each placement starts at, 0 where the text does not say.
func entryLines(text []byte, n int) (lines []int) {
	lines = make([]int, n)
	defer func() { _ = recover() }() // the text was read once already; a library that panics on it now costs only the lines
	f, err := parser.ParseBytes(text, 0)
	if err != nil || len(f.Docs) == 0 {
		return lines
	}
	top, _ := f.Docs[0].Body.(*ast.MappingNode)
	if top == nil {
		return lines
	}
	for _, v := range top.Values {
		seq, ok := v.Value.(*ast.SequenceNode)
		if !ok || v.Key.String() != "placements" {
			continue
		}
		for i, e := range seq.Values {
			if m, ok := e.(*ast.MappingNode); ok && i < n && len(m.Values) > 0 {
				lines[i] = m.Values[0].Key.GetToken().Position.Line
			}
		}
	}
	return lines
}

// complaint is what is wrong with a placement, and the remedy. The zero complaint is none.
type complaint struct{ what, remedy string }

// check looks at an entry by itself: its text against the hook that it calls, and its place against the file. src is the file's text, at the byte of
// the entry's line; hook is what the tables say, or the model of a new hook.
func (e *planEntry) check(src []byte, at int, tabs *tables.Tables, hook *tables.Hook) complaint {
	if e.Kind != "check" && e.Kind != "notify" {
		return complaint{fmt.Sprintf("kind %q", e.Kind), "write check, notify or case"}
	}
	if c := e.checkPlace(src, at); c.what != "" {
		return c
	}
	return e.checkCall(tabs, hook)
}

// checkPlace looks at where an entry's text goes, and whether it can stand there.
func (e *planEntry) checkPlace(src []byte, at int) complaint {
	if w := lexicalPlace(src, at); w != "" {
		return complaint{fmt.Sprintf("%s:%d is inside %s", e.File, e.Line, w), "name the line of a statement"}
	}
	if head := functionAt(src, at); e.Function != "" && head != "" && head != e.Function && definesFunction(src, e.Function) {
		return complaint{fmt.Sprintf("%s:%d is in %s(), not in %s()", e.File, e.Line, head, e.Function), "correct line and before, or function"}
	}
	if !balanced(e.Text) {
		return complaint{"the brackets or quotes of text do not match", "correct text"}
	}
	return complaint{}
}

// checkCall compares the call in text with the hook's parameters and default action.
func (e *planEntry) checkCall(tabs *tables.Tables, hook *tables.Hook) complaint {
	args, ok := callArguments(e.Text, e.Hook)
	if !ok {
		return complaint{"text does not call " + e.Hook, "write the call into text"}
	}
	if hook == nil {
		return complaint{}
	}
	var names []string
	for _, p := range hook.Params {
		names = append(names, p.Decl())
	}
	want := len(names)
	if hook.Default {
		want++
		names = append([]string{"default action"}, names...)
	}
	if len(args) != want {
		return complaint{fmt.Sprintf("text gives %s %d arguments, and it takes %d (%s)", e.Hook, len(args), want, strings.Join(names, ", ")), "correct the call in text"}
	}
	if !hook.Default {
		return complaint{}
	}
	switch asserts := e.asserted(hook); {
	case e.Action != "" && args[0] != e.Action:
		return complaint{fmt.Sprintf("action is %s and text passes %s", e.Action, args[0]), "make them agree"}
	case asserts != "" && args[0] != asserts:
		return complaint{fmt.Sprintf("text passes %s and the default module asserts %s for %s: without XSM it would not link", args[0], asserts, e.Hook),
			"pass " + asserts}
	}
	return complaint{}
}

// asserted is the default action that the hook's default operation asserts, "" when a new hook is to assert what the entry says.
func (e *planEntry) asserted(hook *tables.Hook) string {
	if e.New != nil {
		return ""
	}
	return hook.Action
}

// callArguments finds the call of fn in text and returns its arguments.
func callArguments(text, fn string) ([]string, bool) {
	m := regexp.MustCompile(`\b` + regexp.QuoteMeta(fn) + `\s*\(`).FindStringIndex(text)
	if fn == "" || m == nil {
		return nil, false
	}
	var args []string
	depth, from := 0, m[1]
	for i := m[1]; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				if last := strings.TrimSpace(text[from:i]); last != "" || len(args) > 0 {
					args = append(args, last)
				}
				return args, true
			}
		case ',':
			if depth == 0 {
				args = append(args, strings.TrimSpace(text[from:i]))
				from = i + 1
			}
		}
	}
	return nil, false
}

// balanced reports whether brackets, quotes and comments of a piece of C close.
func balanced(text string) bool {
	var open []byte
	pairs := map[byte]byte{')': '(', ']': '[', '}': '{'}
	s := scanner{}
	for i := 0; i < len(text); i++ {
		if !s.code(text, i) {
			continue
		}
		switch c := text[i]; c {
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != pairs[c] {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0 && s.in == 0
}

// scanner walks C text byte by byte and knows what is code: in is 0, a quote, '*' in a block comment or '/' in a line comment.
type scanner struct {
	in   byte
	skip int // bytes up to here were looked at
}

// code takes byte i and reports whether it is code.
func (s *scanner) code(text string, i int) bool {
	if i < s.skip {
		return false
	}
	c, next := text[i], byte(0)
	if i+1 < len(text) {
		next = text[i+1]
	}
	switch {
	case s.in == 0 && c == '/' && (next == '*' || next == '/'):
		s.in, s.skip = next, i+2
	case s.in == 0 && (c == '"' || c == '\''):
		s.in = c
	case s.in == 0:
		return true
	case s.in == '*' && c == '*' && next == '/':
		s.in, s.skip = 0, i+2
	case s.in == '/' && c == '\n':
		s.in = 0
	case (s.in == '"' || s.in == '\'') && c == '\\':
		s.skip = i + 2
	case (s.in == '"' || s.in == '\'') && (c == s.in || c == '\n'):
		s.in = 0
	}
	return false
}

// lexicalPlace says what the line that starts at byte at lies in, when text that is put there would not be a statement: a comment or a macro.
func lexicalPlace(src []byte, at int) string {
	text, s := string(src[:at]), scanner{}
	for i := range len(text) {
		s.code(text, i)
	}
	before := strings.TrimRight(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case s.in == '*':
		return "a comment"
	case strings.HasSuffix(before, "\\"):
		return "a macro"
	}
	return ""
}

// headRE matches the first line of a definition at column 0, with the name before its parenthesis.
var headRE = regexp.MustCompile(`(?m)^[A-Za-z_][\w \t*()]*?\b(\w+)[ \t]*\([^;\n]*$`)

// functionAt names the function whose head is the last one above byte at, "" when none is found or its name is made by a macro.
func functionAt(src []byte, at int) string {
	all := headRE.FindAllSubmatch(src[:at], -1)
	if len(all) == 0 {
		return ""
	}
	return string(all[len(all)-1][1])
}

// definesFunction reports whether some head of the file names the function.
func definesFunction(src []byte, name string) bool {
	for _, m := range headRE.FindAllSubmatch(src, -1) {
		if string(m[1]) == name {
			return true
		}
	}
	return false
}

// nearestHook is the hook of the tables whose name is most like name, "" when none is near.
func nearestHook(tabs *tables.Tables, name string) string {
	best, least := "", len(name)/3+1
	for _, h := range tabs.Hooks {
		if d := distance(strings.TrimPrefix(name, tabs.Prefix), h.Name, least); d < least {
			best, least = tabs.Prefix+h.Name, d
		}
	}
	return best
}

// distance counts the insertions, deletions and changes that turn a into b; beyond limit it may stop counting.
func distance(a, b string, limit int) int {
	if len(a) > len(b)+limit || len(b) > len(a)+limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, diag+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// moved says where the line that an entry names has gone, when the file has it once.
func moved(src []byte, before string) string {
	found, n := 0, 0
	for i, l := range refactor.SplitLines(src) {
		if strings.TrimSpace(string(l)) == before {
			found, n = i+1, n+1
		}
	}
	if n != 1 || before == "" {
		return "correct line and before, or plan again on this tree"
	}
	return fmt.Sprintf("that text is now line %d: correct line, or plan again on this tree", found)
}

// clash finds an earlier entry that cannot stand beside entry i: the same hook at the same place, or one new hook defined in two ways.
func (f *planFile) clash(i int) complaint {
	e := &f.Placements[i]
	for k := range i {
		o := &f.Placements[k]
		if o.Hook == e.Hook && o.File == e.File && o.Line == e.Line && (o.Kind != kindCase || o.Operation == e.Operation) {
			return complaint{fmt.Sprintf("it overlaps placement %d: both insert %s before %s:%d", k+1, e.Hook, e.File, e.Line), "delete one of them"}
		}
		if e.Kind == kindCase && o.Kind == kindCase && o.Function == e.Function && o.Operation == e.Operation {
			return complaint{fmt.Sprintf("placement %d gives %s case %s already", k+1, e.Function, e.Operation), "delete one of them"}
		}
		if o.Hook == e.Hook && o.New != nil && o.Kind != kindCase && (e.New == nil || !sameNew(e.New, o.New) || e.Action != o.Action) {
			return complaint{fmt.Sprintf("placement %d defines %s in another way", k+1, e.Hook), "give both the same new: and action:"}
		}
	}
	return complaint{}
}

func sameNew(a, b *planNew) bool {
	return a.Like == b.Like && a.Class == b.Class && a.Permission == b.Permission && a.GrantLike == b.GrantLike
}

// applied names the files in which the tree has everything that the plan inserts, at the very lines where gen would put it: gen has run before.
func (f *planFile) applied(t *refactor.Tree) map[string]bool {
	byFile := map[string][]*planEntry{}
	for i := range f.Placements {
		e := &f.Placements[i]
		byFile[e.File] = append(byFile[e.File], e)
	}
	out := map[string]bool{}
	for file, entries := range byFile {
		if src, err := t.ReadFile(file); err == nil {
			out[file] = allThere(src, entries, 0) || allThere(src, entries, 1) // with or without a new #include line
		}
	}
	return out
}

// allThere reports whether every entry's text and the line that follows it are in src, shift lines below where the plan has them.
func allThere(src []byte, entries []*planEntry, shift int) bool {
	have := bytes.Split(src, []byte("\n"))
	for _, e := range entries {
		at := e.Line - 1 + shift
		for _, o := range entries {
			if o.Line < e.Line {
				at += o.added()
			}
		}
		var want []string
		for _, o := range entries { // those at one line follow each other
			if o.Line == e.Line && o.Behind == "" {
				want = append(want, o.inserted()...)
			}
		}
		last := []string{e.Before}
		for _, o := range entries {
			if o.Line == e.Line && o.Behind != "" {
				last = strings.Split(o.Behind+" "+strings.TrimSpace(o.Text)+strings.TrimPrefix(o.Before, o.Behind), "\n")
			}
		}
		for _, w := range append(want, last...) {
			if at < 0 || at >= len(have) || strings.TrimSpace(string(have[at])) != strings.TrimSpace(w) {
				return false
			}
			at++
		}
	}
	return true
}

// inserted is the lines that gen inserts for the entry: its text and, where one stands apart, a blank one.
func (e *planEntry) inserted() []string {
	lines := strings.Split(strings.TrimRight(e.Text, "\n"), "\n")
	if e.apart() {
		lines = append(lines, "")
	}
	return lines
}

// added is how many lines longer the entry's insertion makes a file.
func (e *planEntry) added() int {
	if e.Behind != "" {
		return strings.Count(strings.TrimSpace(e.Text), "\n")
	}
	return len(e.inserted())
}

// classBits is how many permissions a class can have: one for each bit of an access vector (xen/xsm/flask/include/avc.h, u32).
const classBits = 32

// founds reports whether a class that the tree has not is the one that takes what another has no room for: the next of a family. The last class that the
// tree has may have room still, which other hooks of the plan take.
func founds(tabs *tables.Tables, class string) bool {
	base, n := splitNumber(class)
	if n > 2 {
		base += strconv.Itoa(n - 1)
	}
	return n > 1 && tabs.Class(class) == nil && tabs.Class(base) != nil
}

// nextClass is the class of a family that has room, by the name that it would have when there is none.
func nextClass(tabs *tables.Tables, class string) string {
	base, _ := splitNumber(class)
	for name, n := base, 2; ; n++ {
		if c := tabs.Class(name); c == nil || len(c.Perms) < classBits {
			return name
		}
		name = base + strconv.Itoa(n)
	}
}
