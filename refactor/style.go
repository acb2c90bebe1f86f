package refactor

import (
	"bytes"
	"strings"
)

// Style is how a C file is laid out, as far as inserted text must agree with it.
type Style struct {
	Tabs          bool // one level is a tab, else Width spaces
	Width         int  // columns of one level
	BraceOwnLine  bool // "if ( x )" and "{" on two lines, as in Xen
	InnerSpace    bool // "if ( x )", as in Xen; else "if (x)", as in Linux
	KeywordSpace  bool // "if (" rather than "if("
	CRLF          bool
	FinalNewline  bool
	MaxLineLength int // longest line that is common in the file, at least 80
}

// StyleOf reads the style off a C file by counting. A file with nothing to go by gets Xen's
// (CODING_STYLE at the root of xen.git): 4 spaces, braces on their own line, spaces inside parentheses.
func StyleOf(src []byte) Style {
	s := Style{Width: 4, BraceOwnLine: true, InnerSpace: true, KeywordSpace: true, FinalNewline: true, MaxLineLength: 80}
	if len(src) == 0 {
		return s
	}
	c := countStyle(src)
	s.FinalNewline = src[len(src)-1] == '\n'
	s.CRLF = 2*c.crlf > c.lines
	if s.Tabs = c.tabs > c.spaces; s.Tabs {
		s.Width = 8
	} else {
		s.Width = commonWidth(c.widths)
	}
	if c.braceOwn+c.braceEnd > 0 {
		s.BraceOwnLine = c.braceOwn >= c.braceEnd
	}
	if c.inner+c.tight > 0 {
		s.InnerSpace = c.inner >= c.tight
	}
	if c.kwSpace+c.kwTight > 0 {
		s.KeywordSpace = c.kwSpace >= c.kwTight
	}
	if 10*c.long > c.lines {
		s.MaxLineLength = 100
	}
	return s
}

// styleCount is what StyleOf counts, in lines.
type styleCount struct {
	lines, crlf, long, tabs, spaces int
	braceOwn, braceEnd              int
	inner, tight, kwSpace, kwTight  int
	widths                          map[int]int // first indentation after a "{" line, in columns, deeper than the line
}

func countStyle(src []byte) styleCount {
	c := styleCount{widths: map[int]int{}}
	prev, opened := 0, false
	for _, raw := range SplitLines(src) {
		c.lines++
		if bytes.HasSuffix(raw, []byte("\r\n")) {
			c.crlf++
		}
		line := strings.TrimRight(string(raw), " \t\r\n")
		if len(line) > 82 {
			c.long++
		}
		text := strings.TrimLeft(line, " \t")
		if text == "" || text[0] == '*' || text[0] == '#' {
			continue
		}
		cols, _ := indentOf([]byte(line))
		if opened && cols > prev {
			c.widths[cols-prev]++
		}
		prev, opened = cols, strings.HasSuffix(text, "{")
		c.addIndent(line)
		c.addStatement(text)
	}
	return c
}

func (c *styleCount) addIndent(line string) {
	switch {
	case line[0] == '\t':
		c.tabs++
	case strings.HasPrefix(line, "  "):
		c.spaces++
	}
}

// addStatement looks at a control statement's head for its spaces and its brace.
func (c *styleCount) addStatement(text string) {
	if text == "{" {
		c.braceOwn++
		return
	}
	head := strings.TrimPrefix(strings.TrimPrefix(text, "} "), "else ")
	for _, kw := range []string{"if", "for", "while", "switch"} {
		rest, ok := strings.CutPrefix(head, kw)
		if !ok || !strings.HasPrefix(strings.TrimLeft(rest, " "), "(") {
			continue
		}
		if rest[0] == ' ' {
			c.kwSpace++
		} else {
			c.kwTight++
		}
		if strings.HasPrefix(strings.TrimLeft(rest, " "), "( ") {
			c.inner++
		} else {
			c.tight++
		}
		if strings.HasSuffix(text, "{") {
			c.braceEnd++
		}
	}
}

// commonWidth returns the commonest step of indentation; 4 when there is none.
func commonWidth(widths map[int]int) int {
	best := 4
	for _, w := range []int{2, 3, 4, 8} {
		if widths[w] > widths[best] {
			best = w
		}
	}
	return best
}

// IndentAt returns the white space that the line of the byte at off starts with.
func IndentAt(src []byte, off int) string {
	start := bytes.LastIndexByte(src[:min(off, len(src))], '\n') + 1
	end := start
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	return string(src[start:end])
}

// Level returns the white space of n more levels of indentation.
func (s Style) Level(n int) string {
	if s.Tabs {
		return strings.Repeat("\t", n)
	}
	return strings.Repeat(" ", n*s.Width)
}

// EOL returns the end of a line.
func (s Style) EOL() string {
	if s.CRLF {
		return "\r\n"
	}
	return "\n"
}

// Head returns the head of a control statement, such as `if ( x )`, in this style.
func (s Style) Head(keyword, cond string) string {
	if s.KeywordSpace {
		keyword += " "
	}
	if s.InnerSpace {
		return keyword + "( " + cond + " )"
	}
	return keyword + "(" + cond + ")"
}
