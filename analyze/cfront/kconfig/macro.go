package kconfig

import (
	"fmt"
	"strings"
)

// maxExpansion bounds the nesting of macro calls.
const maxExpansion = 64

// expand replaces $(NAME), $(FUNC,ARGS) and, in the old language, $NAME by their values.
func (p *parser) expand(s string, args []string, depth int) (string, error) {
	if depth > maxExpansion {
		return "", p.errorf("macro calls nest too deeply (a recursive definition?)")
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		if s[i+1] != '(' {
			n := nameLen(s[i+1:])
			out.WriteString(p.variable(s[i+1 : i+1+n]))
			i += n
			continue
		}
		end := closing(s, i+1)
		if end < 0 {
			return "", p.errorf("unterminated $( in %q", s)
		}
		v, err := p.call(s[i+2:end], args, depth+1)
		if err != nil {
			return "", err
		}
		out.WriteString(v)
		i = end
		if out.Len() > 1<<20 {
			return "", p.errorf("macro expands to more than 1 MB")
		}
	}
	return out.String(), nil
}

// nameLen returns the length of the symbol name that s begins with.
func nameLen(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) && s[n] != '-' && s[n] != '.' && s[n] != '/' {
		n++
	}
	return n
}

// closing returns the index of the parenthesis that closes the one at s[open], or -1.
func closing(s string, open int) int {
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// call evaluates the inside of $(...): a positional argument, a variable, or a function with arguments.
func (p *parser) call(body string, outer []string, depth int) (string, error) {
	parts := splitArgs(body)
	if len(parts) > 1 {
		if v, ok, err := p.answer(parts, outer, depth); ok || err != nil {
			return v, err
		}
	}
	for i := range parts {
		v, err := p.expand(parts[i], outer, depth)
		if err != nil {
			return "", err
		}
		parts[i] = v
	}
	name := parts[0]
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		if n := int(name[0] - '0'); n <= len(outer) {
			return outer[n-1], nil
		}
		return "", nil
	}
	if len(parts) == 1 {
		if v, ok := p.vars[name]; ok {
			return p.expand(v, nil, depth)
		}
		return p.variable(name), nil
	}
	if v, ok := p.vars[name]; ok {
		return p.expand(v, parts[1:], depth)
	}
	switch name {
	case "error-if", "warning-if", "info": // messages: a reader of configurations has none to give
		return "", nil
	}
	return "", p.errorf("function $(%s,...) is unknown", name)
}

// answer puts a question to the source's toolchain table.
func (p *parser) answer(parts, outer []string, depth int) (string, bool, error) {
	if p.src.Answer == nil {
		return "", false, nil
	}
	args := make([]string, len(parts)-1)
	for i, a := range parts[1:] {
		v, err := p.expand(a, outer, depth)
		if err != nil {
			return "", false, err
		}
		args[i] = v
	}
	v, ok := p.src.Answer(parts[0], args)
	return v, ok, nil
}

// splitArgs cuts a call's body at the commas outside nested parentheses.
func splitArgs(s string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}

// variable returns the value of a macro variable or, failing that, of the environment.
func (p *parser) variable(name string) string {
	if v, ok := p.vars[name]; ok {
		return v
	}
	return p.src.Env[name]
}

// assign reads "NAME = VALUE", "NAME := VALUE" and "NAME += VALUE"; ok is false for other lines.
func (p *parser) assign(line string) (ok bool, err error) {
	i := strings.Index(line, "=")
	if i <= 0 {
		return false, nil
	}
	op := "="
	if line[i-1] == ':' || line[i-1] == '+' {
		i--
		op = line[i : i+2]
	}
	name := strings.TrimSpace(line[:i])
	if name == "" || nameEnd(name) != len(name) {
		return false, nil
	}
	value := strings.TrimLeft(line[i+len(op):], " \t")
	if op == ":=" {
		if value, err = p.expand(value, nil, 0); err != nil {
			return true, err
		}
	}
	if op == "+=" {
		value = strings.TrimLeft(p.vars[name]+" "+value, " ")
	}
	p.vars[name] = value
	return true, nil
}

// nameEnd returns the length of the word that s begins with.
func nameEnd(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

// Error is a Kconfig file that cannot be read: where and why.
type Error struct {
	File string
	Line int
	Msg  string
}

// Error prints FILE:LINE: message.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// errorf makes an error at the parser's line.
func (p *parser) errorf(format string, args ...any) error {
	return &Error{File: p.file, Line: p.line, Msg: fmt.Sprintf(format, args...)}
}
