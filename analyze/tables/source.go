package tables

import (
	"regexp"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// source is one file as the reader sees it: comments and literals blanked, and the catalogues that it includes several times expanded in
// place. Segments say where its bytes come from; a file without such an include has none, and its offsets are the file's own.
type source struct {
	path  string
	text  string
	segs  []segment
	conds []cond
	fns   []fn // see functions
}

// segment is a run of a source's text. Copied text keeps its length; an expansion stands for the whole invocation [Start,End) of path.
type segment struct {
	at         int // in the text
	path       string
	start, end int
	expanded   bool
}

// cond is the conditions that hold from an offset on, outermost first.
type cond struct {
	at    int
	stack []string
}

func newSource(p, text string) *source {
	s := &source{path: p, text: text}
	s.conds = conditions(text)
	s.text = wipeDefines(text)
	return s
}

// directives visits the preprocessor lines of a text: each from its first byte to behind its last line's end.
func directives(text string, visit func(from, to int)) {
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		i := at
		for i < end && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
		if i < end && text[i] == '#' {
			for end < len(text) && strings.HasSuffix(strings.TrimRight(text[at:end], "\r\n"), "\\") {
				end = lineEnd(text, end)
			}
			visit(at, end)
		}
		at = end
	}
}

// wipeDefines replaces macro definitions by spaces: what they hold is no code.
func wipeDefines(text string) string {
	var b []byte
	directives(text, func(from, to int) {
		if strings.HasPrefix(strings.TrimLeft(text[from:to], " \t#"), "define") {
			if b == nil {
				b = []byte(text)
			}
			wipe(b[from:to])
		}
	})
	if b == nil {
		return text
	}
	return string(b)
}

// where maps an offset of the text to a file and its offset; the invocation's bounds when it is expanded text.
func (s *source) where(at int) (p string, start, end int, expanded bool) {
	if len(s.segs) == 0 {
		return s.path, at, at, false
	}
	i := sort.Search(len(s.segs), func(i int) bool { return s.segs[i].at > at }) - 1
	if i < 0 {
		return s.path, 0, 0, false
	}
	g := s.segs[i]
	if g.expanded {
		return g.path, g.start, g.end, true
	}
	return g.path, g.start + at - g.at, g.start + at - g.at, false
}

// span is the file's bytes behind [start,end) of the text.
func (s *source) span(start, end int) refactor.Span {
	p, a, b, ex := s.where(start)
	if ex {
		return refactor.Span{Path: p, Start: a, End: b}
	}
	q, c, d, ex2 := s.where(max(start, end-1))
	switch {
	case q != p:
		return refactor.Span{Path: p, Start: a, End: a}
	case ex2:
		return refactor.Span{Path: p, Start: a, End: d}
	}
	return refactor.Span{Path: p, Start: a, End: c + end - max(start, end-1)}
}

// lines is the span of the lines from byte a to byte b.
func (s *source) lines(a, b int) refactor.Span {
	if _, _, _, ex := s.where(a); ex {
		return s.span(a, b)
	}
	return s.span(lineStart(s.text, a), lineEnd(s.text, b))
}

// guard is the condition under which byte at is compiled, include guards aside.
func (s *source) guard(at int) string {
	i := sort.Search(len(s.conds), func(i int) bool { return s.conds[i].at > at }) - 1
	if i < 0 {
		return ""
	}
	stack := s.conds[i].stack
	if len(stack) > 0 && strings.HasPrefix(stack[0], "!defined(_") {
		stack = stack[1:]
	}
	return strings.Join(stack, " && ")
}

var condRE = regexp.MustCompile(`(?s)^[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif)\b[ \t]*(.*)`)

// conditions reads the conditional directives of text.
func conditions(text string) (out []cond) {
	var stack, prior []string // prior: that none of the arms so far was taken
	directives(text, func(from, to int) {
		m := condRE.FindStringSubmatch(text[from:to])
		if m == nil {
			return
		}
		arg := strings.TrimSpace(strings.ReplaceAll(squeezeSpace(m[2]), "\\ ", ""))
		n := len(stack) - 1
		next := append([]string{}, stack...)
		open := func(c string) { next, prior = append(next, c), append(prior, negate(c)) }
		switch kind := m[1]; {
		case kind == "ifdef":
			open("defined(" + arg + ")")
		case kind == "ifndef":
			open("!defined(" + arg + ")")
		case kind == "if":
			open(bracket(arg))
		case n < 0:
		case kind == "elif":
			next[n] = prior[n] + " && " + bracket(arg)
			prior[n] += " && " + negate(bracket(arg))
		case kind == "else":
			next[n] = prior[n]
		case kind == "endif":
			next, prior = next[:n], prior[:n]
		}
		stack = next
		out = append(out, cond{from + len(strings.TrimRight(text[from:to], "\r\n")), next})
	})
	return out
}

func squeezeSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// bracket puts parentheses around a condition whose operators bind less than &&.
func bracket(s string) string {
	if strings.Contains(s, "||") || strings.Contains(s, "?") {
		return "(" + s + ")"
	}
	return s
}

// negate is the opposite of a condition: one negation of a single term is taken away.
func negate(s string) string {
	if t, ok := strings.CutPrefix(s, "!"); ok && !strings.Contains(t, "&&") && !strings.Contains(t, "||") {
		return t
	}
	if strings.HasPrefix(s, "defined(") && !strings.Contains(s, "&&") && !strings.Contains(s, "||") {
		return "!" + s
	}
	return "!(" + s + ")"
}
