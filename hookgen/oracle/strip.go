// Package oracle takes every hook call out of a tree and compares what plan proposes with where the calls were. It works on the bytes of
// the call statements alone and shares nothing with the planner but the hooks' name pattern, so that it can prove the planner wrong.
package oracle

import (
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Site is one hook call that was taken out.
type Site struct {
	File   string
	Offset int // byte of the stripped file at which the call's statement stood
	Line   int // the same as a line, from 1
	Hook   string
	Action string
	Args   []string
	Inside bool // the call was part of a larger condition that stays: the gap on either side of that statement is right
	orig   int
}

// Strip returns tree t without its hook calls, and where they were. A check's test of the result goes with the call.
func Strip(t *refactor.Tree, pr *profile.Profile) (*refactor.Tree, []*Site, error) {
	var all []*Site
	change := &refactor.Change{ID: "strip", Component: "oracle", Summary: "no hook calls"}
	for _, p := range t.Paths() {
		if ext := path.Ext(p); ext != ".c" && ext != ".h" || pr.Hooks.Headers.Has(p) || pr.Hooks.Modules.Has(p) || !strings.HasPrefix(p, "xen/") {
			continue
		}
		src, err := t.ReadFile(p)
		if err != nil {
			return nil, nil, err
		}
		if !strings.Contains(string(src), pr.Hooks.Prefixes[0]) {
			continue
		}
		s := &stripper{file: p, src: string(src), text: blank(string(src)), pr: pr}
		s.run()
		change.Edits = append(change.Edits, s.edits...)
		all = append(all, s.sites...)
	}
	out, err := t.Apply(change)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range all {
		src, err := out.ReadFile(s.File)
		if err != nil {
			return nil, nil, err
		}
		s.Line = refactor.LineAt(src, min(s.Offset, len(src)))
	}
	return out, all, nil
}

// stripper works on one file; text is src with comments, literals and directives blanked.
type stripper struct {
	file, src, text string
	pr              *profile.Profile
	edits           []refactor.Edit
	sites           []*Site
	until           int // end of what the last edit took
}

func (s *stripper) run() {
	re := regexp.MustCompile(`\b(` + regexp.QuoteMeta(s.pr.Hooks.Prefixes[0]) + `\w+)\s*\(`)
	for _, m := range re.FindAllStringSubmatchIndex(s.text, -1) {
		name := s.text[m[2]:m[3]]
		if !s.pr.Hooks.Is(name) || !inBody(s.text[:m[0]]) {
			continue
		}
		end := closing(s.text, m[1]-1)
		if end < 0 {
			continue
		}
		site := &Site{File: s.file, Hook: name, orig: m[0]}
		site.Args = splitArgs(s.src[m[1]:end])
		if len(site.Args) > 0 && s.pr.Hooks.Defaults.Has(site.Args[0]) {
			site.Action, site.Args = site.Args[0], site.Args[1:]
		}
		s.sites = append(s.sites, site)
		if m[0] >= s.until {
			s.remove(site, m[0], end+1)
		} else {
			site.orig = s.sites[len(s.sites)-2].orig // one statement with two calls
		}
	}
	s.place()
}

// inBody reports whether what follows text stands in a function: an opening brace is open, or was the last at a line's start (braces in
// both arms of an #if do not balance).
func inBody(text string) bool {
	return strings.Count(text, "{") > strings.Count(text, "}") || strings.LastIndex(text, "\n{") > strings.LastIndex(text, "\n}")
}

// place turns the sites' offsets into those of the stripped file.
func (s *stripper) place() {
	for _, site := range s.sites {
		at := site.orig
		for _, e := range s.edits {
			switch {
			case e.End <= site.orig:
				at += len(e.New) - (e.End - e.Start)
			case e.Start < site.orig:
				at += e.Start - site.orig
			}
		}
		site.Offset = at
	}
}

// cut replaces bytes [lo,hi); a deletion takes the line's indentation and end, and one blank line, with it.
func (s *stripper) cut(lo, hi int, text string) {
	if text == "" {
		a := strings.LastIndexByte(s.src[:lo], '\n') + 1
		b := strings.IndexByte(s.src[hi:], '\n')
		if strings.TrimSpace(s.src[a:lo]) == "" && b >= 0 && strings.TrimSpace(s.src[hi:hi+b]) == "" {
			lo, hi = a, hi+b+1
			if rest, _, ok := strings.Cut(s.src[hi:], "\n"); ok && strings.TrimSpace(rest) == "" && strings.HasSuffix(s.src[:lo], "\n\n") {
				hi += len(rest) + 1
			}
		}
	}
	s.edits = append(s.edits, refactor.Edit{Path: s.file, Start: lo, End: hi, New: text})
	s.until = hi
}

// operand is the expression around a call that only tests its result.
type operand struct {
	lo, hi int
	denied bool // it is true when the hook denies
	whole  bool // it is all of an if's condition
	into   string
}

var (
	compareRE = regexp.MustCompile(`^\s*(==|!=|<|>)\s*0\b`)
	assignRE  = regexp.MustCompile(`([A-Za-z_][\w>.\[\]-]*)\s*=\s*$`)
	headRE    = regexp.MustCompile(`\b(if|while|for|switch)\s*$`)
	// an else before an if
	elseBeforeRE = regexp.MustCompile(`\belse\s*$`)
	labelRE      = regexp.MustCompile(`(?m)^[ \t]*[a-z_]+:[ \t]*$`)
	elseRE       = regexp.MustCompile(`^\s*else\b`)
	hintRE       = regexp.MustCompile(`\b(un)?likely\s*$`)
)

// grow widens a call to the operand that tests it.
func (s *stripper) grow(lo, hi int) operand {
	o := operand{lo: lo, hi: hi, denied: true}
	for {
		left, right := strings.TrimRight(s.text[:o.lo], " \t\r\n"), strings.TrimLeft(s.text[o.hi:], " \t\r\n")
		m := compareRE.FindStringSubmatch(s.text[o.hi:])
		open := len(left) - 1
		switch {
		case strings.HasSuffix(left, "!"):
			o.lo, o.denied = open, !o.denied
		case m != nil:
			o.hi += len(m[0])
			o.denied = o.denied == (m[1] != "==")
		case strings.HasSuffix(left, "(") && strings.HasPrefix(right, ")"):
			if h := headRE.FindStringIndex(left[:open]); h != nil {
				o.lo, o.hi, o.whole = h[0], len(s.text)-len(right)+1, true
				return o
			}
			o.lo, o.hi = open, len(s.text)-len(right)+1
			if h := hintRE.FindStringIndex(left[:open]); h != nil {
				o.lo = h[0]
			}
		case strings.HasPrefix(right, ")") && assignRE.MatchString(left):
			a := assignRE.FindStringSubmatchIndex(left)
			o.lo, o.into = a[2], left[a[2]:a[3]]
		default:
			return o
		}
	}
}

// remove takes one call out.
func (s *stripper) remove(site *Site, lo, hi int) {
	o := s.grow(lo, hi)
	left, right := strings.TrimRight(s.text[:o.lo], " \t\r\n"), strings.TrimLeft(s.text[o.hi:], " \t\r\n")
	switch {
	case o.whole:
		site.orig = o.lo
		if o.denied && labelRE.MatchString(s.text[o.hi:s.stmtEnd(o.hi)]) {
			s.cut(o.lo, o.hi, "if ( 0 )") // other ways lead into it
			break
		}
		s.removeIf(o.lo, o.hi, o.denied)
	case strings.HasSuffix(left, "&&"), strings.HasSuffix(left, "||"), strings.HasPrefix(right, "&&"), strings.HasPrefix(right, "||"):
		s.removeOperand(site, o, left, right)
	case strings.HasSuffix(left, "return") && strings.HasPrefix(right, ";"):
		site.orig = len(left) - len("return")
		s.cut(o.lo, o.hi, "0")
	case strings.HasPrefix(right, ";") && (strings.HasSuffix(left, "=") || strings.HasSuffix(left, ";") || strings.HasSuffix(left, "{") ||
		strings.HasSuffix(left, "}") || strings.HasSuffix(left, ")") || strings.HasSuffix(left, ":") && !s.ternary(len(left)-1)):
		s.removeStatement(site, o)
	case strings.HasSuffix(left, "?") && s.otherArm(right):
		s.removeBoth(site, left)
	default:
		site.orig, site.Inside = s.stmtStart(o.lo), true
		s.cut(o.lo, o.hi, "0")
	}
}

// ternary reports whether the colon at byte at belongs to ?:.
func (s *stripper) ternary(at int) bool {
	return strings.LastIndexByte(s.text[:at], '?') > strings.LastIndexAny(s.text[:at], ";{}")
}

// otherArm reports whether what follows is ": hook(...);".
func (s *stripper) otherArm(right string) bool {
	return regexp.MustCompile(`^:\s*` + s.pr.Hooks.Prefixes[0] + `\w+\s*\([^()]*\)\s*;`).MatchString(right)
}

// removeBoth takes "v = c ? hook() : hook();" out.
func (s *stripper) removeBoth(site *Site, left string) {
	eq := strings.LastIndexByte(left, '=')
	end := strings.IndexByte(s.text[len(left):], ';') + len(left)
	s.removeStatement(site, operand{lo: eq + 1, hi: end, denied: true})
}

// removeStatement takes "v = call;" or "call;" out, with the test that follows.
func (s *stripper) removeStatement(site *Site, o operand) {
	semi := o.hi + strings.IndexByte(s.text[o.hi:], ';') + 1
	start := s.stmtStart(o.lo)
	lead := strings.TrimSpace(s.text[start:o.lo])
	v := strings.TrimSpace(strings.TrimSuffix(lead, "="))
	site.orig = start
	from, control := s.control(start)
	if control {
		s.removeBody(site, from, semi)
		return
	}
	decl := strings.Contains(strings.Trim(v, " *"), " ")
	name := v[strings.LastIndexAny(v, " *")+1:]
	test, header, denied := s.testAfter(semi, name)
	switch {
	case decl:
		s.cut(o.lo, o.hi, " 0")
		if test > 0 {
			s.removeIf(test, header, denied)
		}
	case test > 0 && denied && !s.hasElse(header):
		s.cut(start, s.stmtEnd(header), "")
	case test > 0:
		s.cut(start, semi, "")
		s.removeIf(test, header, denied)
	case lead == "":
		s.cut(start, semi, "")
	default:
		s.cut(o.lo, o.hi, " 0")
	}
}

// removeBody takes an if whose only body is a hook's statement out, with the else that it belongs to; its own other arm stays.
func (s *stripper) removeBody(site *Site, from, semi int) {
	if e := elseBeforeRE.FindStringIndex(s.text[:from]); e != nil {
		from = e[0]
	}
	site.orig = from
	if e := elseRE.FindString(s.text[semi:]); e != "" && !strings.HasPrefix(s.text[from:], "else") {
		semi += len(e)
	}
	s.cut(from, semi, "")
}

// testAfter finds an if that tests variable v alone right behind byte at.
func (s *stripper) testAfter(at int, v string) (start, header int, denied bool) {
	rest := s.text[at:]
	trimmed := strings.TrimLeft(rest, " \t\r\n")
	start = at + len(rest) - len(trimmed)
	if v == "" || !regexp.MustCompile(`^if\s*\(`).MatchString(trimmed) {
		return 0, 0, false
	}
	open := start + strings.IndexByte(trimmed, '(')
	end := closing(s.text, open)
	if end < 0 {
		return 0, 0, false
	}
	cond := strings.Join(strings.Fields(s.text[open+1:end]), "")
	cond = strings.TrimPrefix(strings.TrimPrefix(cond, "unlikely"), "likely")
	cond = strings.TrimSuffix(strings.TrimPrefix(cond, "("), ")")
	switch cond {
	case v, v + "!=0", v + "<0":
		return start, end + 1, true
	case "!" + v, v + "==0", v + ">=0":
		return start, end + 1, false
	}
	return 0, 0, false
}

func (s *stripper) hasElse(header int) bool {
	return regexp.MustCompile(`^\s*else\b`).MatchString(s.text[s.stmtEnd(header):])
}

// removeIf takes an if whose condition was a hook out: what it does on a denial goes, what it does otherwise stays.
func (s *stripper) removeIf(start, header int, denied bool) {
	end := s.stmtEnd(header)
	els := regexp.MustCompile(`^\s*else\b`).FindString(s.text[end:])
	switch {
	case denied && els == "":
		s.cut(start, end, "")
	case denied:
		s.cut(start, end+len(els), "")
	default:
		s.cut(start, header, "")
		if els != "" {
			s.cut(end, s.stmtEnd(end+len(els)), "")
		}
	}
}

// removeOperand takes one operand of a condition out, or, where the condition says when to ask, the whole conjunction.
func (s *stripper) removeOperand(site *Site, o operand, left, right string) {
	site.orig, site.Inside = s.stmtStart(o.lo), true
	chain := "&&"
	if !o.denied {
		chain = "||"
	}
	lo, hi := o.lo, o.hi
	for strings.HasSuffix(left, chain) { // "asked && denied": the question goes with its occasion
		lo = s.operandStart(len(left) - 2)
		left = strings.TrimRight(s.text[:lo], " \t\r\n")
		if m := headRE.FindStringIndex(strings.TrimRight(strings.TrimSuffix(left, "("), " \t\r\n")); strings.HasSuffix(left, "(") && m != nil && strings.HasPrefix(right, ")") {
			site.orig, site.Inside = m[0], false
			s.removeIf(m[0], len(s.text)-len(right)+1, o.denied)
			return
		}
	}
	switch {
	case strings.HasSuffix(left, "&&"), strings.HasSuffix(left, "||"):
		s.cut(len(left)-2, hi, "")
	case strings.HasPrefix(right, "&&"), strings.HasPrefix(right, "||"):
		end := len(s.text) - len(right) + 2
		s.cut(lo, end+len(right[2:])-len(strings.TrimLeft(right[2:], " \t\r\n")), "")
	default:
		s.cut(lo, hi, "0")
	}
}

// operandStart is where the operand that ends at byte at starts: behind the bracket or operator on its left.
func (s *stripper) operandStart(at int) int {
	depth := 0
	for i := at - 1; i > 0; i-- {
		switch c := s.text[i]; {
		case c == ')':
			depth++
		case c == '(' && depth == 0, c == ';', c == '{':
			return skipSpace(s.text, i+1)
		case c == '(':
			depth--
		case depth == 0 && (c == '&' && s.text[i-1] == '&' || c == '|' && s.text[i-1] == '|'):
			return skipSpace(s.text, i+1)
		}
	}
	return at
}

// stmtStart is the first byte of the statement around byte at: behind the last ; { } or label at its own depth.
func (s *stripper) stmtStart(at int) int {
	depth := 0
	for i := at - 1; i > 0; i-- {
		switch c := s.text[i]; {
		case c == ')':
			if depth == 0 && s.headed(i) && strings.TrimSpace(s.text[i+1:at]) != "" {
				return skipSpace(s.text, i+1)
			}
			depth++
		case c == '(':
			depth--
		case c == ';' || c == '{' || c == '}' || c == ':' && !s.ternary(i):
			return skipSpace(s.text, i+1)
		case depth == 0 && c == 'e' && regexp.MustCompile(`\belse$`).MatchString(s.text[max(0, i-5):i+1]):
			return skipSpace(s.text, i+1)
		}
	}
	return at
}

// headed reports whether the parenthesis that closes at byte end closes an if's or a loop's header.
func (s *stripper) headed(end int) bool {
	depth := 0
	for i := end; i >= 0; i-- {
		switch s.text[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return headRE.MatchString(s.text[:i])
			}
		}
	}
	return false
}

// control returns the start of the if that the statement is the only body of.
func (s *stripper) control(start int) (int, bool) {
	left := strings.TrimRight(s.text[:start], " \t\r\n")
	if !strings.HasSuffix(left, ")") || !s.headed(len(left)-1) {
		return start, false
	}
	depth := 0
	for i := len(left) - 1; i >= 0; i-- {
		switch left[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return headRE.FindStringIndex(left[:i])[0], true
			}
		}
	}
	return start, false
}

var keywordRE = regexp.MustCompile(`^(if|while|for|switch|else|do)\b`)

// stmtEnd is the byte behind the statement that starts at or behind byte at.
func (s *stripper) stmtEnd(at int) int {
	i := skipSpace(s.text, at)
	if i < len(s.text) && s.text[i] == '{' {
		return closing(s.text, i) + 1
	}
	if k := keywordRE.FindString(s.text[i:]); k != "" && k != "do" && k != "else" {
		open := i + strings.IndexByte(s.text[i:], '(')
		end := s.stmtEnd(closing(s.text, open) + 1)
		if e := regexp.MustCompile(`^\s*else\b`).FindString(s.text[end:]); k == "if" && e != "" {
			return s.stmtEnd(end + len(e))
		}
		return end
	}
	depth := 0
	for ; i < len(s.text); i++ {
		switch s.text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ';':
			if depth <= 0 {
				return i + 1
			}
		}
	}
	return len(s.text)
}

// sortSites orders sites by file and place.
func sortSites(s []*Site) {
	sort.SliceStable(s, func(i, j int) bool {
		if s[i].File != s[j].File {
			return s[i].File < s[j].File
		}
		return s[i].Offset < s[j].Offset
	})
}
