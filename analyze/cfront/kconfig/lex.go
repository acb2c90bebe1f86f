package kconfig

import "strings"

// token is a word, a quoted string or an operator of one line.
type token struct {
	text  string
	quote bool
}

// isWord tells whether b may stand in a symbol or number.
func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.' || b == '/'
}

// tokens splits a line, expanding macro calls; # begins a comment.
func (p *parser) tokens(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t':
			i++
		case c == '#':
			return out, nil
		case c == '"' || c == '\'':
			text, n, err := p.quoted(s[i:])
			if err != nil {
				return nil, err
			}
			out = append(out, token{text, true})
			i += n
		case isWord(c) || c == '$':
			text, n, err := p.word(s[i:])
			if err != nil {
				return nil, err
			}
			if text != "" {
				out = append(out, token{text, false})
			}
			i += n
		default:
			n := operatorLen(s[i:])
			if n == 0 {
				i++ // an ignored character, as the reference parser warns and goes on
				continue
			}
			out = append(out, token{s[i : i+n], false})
			i += n
		}
	}
	return out, nil
}

// operatorLen returns the length of the operator that s begins with, or 0.
func operatorLen(s string) int {
	for _, o := range []string{"&&", "||", "!=", "<=", ">=", "=", "<", ">", "!", "(", ")"} {
		if strings.HasPrefix(s, o) {
			return len(o)
		}
	}
	return 0
}

// quoted reads a string constant, with backslash escapes and macro calls.
func (p *parser) quoted(s string) (text string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			text, err = p.expand(b.String(), nil, 0)
			return text, i + 1, err
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '(':
			end := closing(s, i+1)
			if end < 0 {
				return "", 0, p.errorf("unterminated $(")
			}
			b.WriteString(s[i : end+1])
			i = end
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, p.errorf("unterminated string %s", s)
}

// word reads an unquoted word, with macro calls inside.
func (p *parser) word(s string) (text string, n int, err error) {
	i := 0
	for i < len(s) {
		switch {
		case isWord(s[i]):
			i++
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '(':
			end := closing(s, i+1)
			if end < 0 {
				return "", 0, p.errorf("unterminated $(")
			}
			i = end + 1
		case s[i] == '$':
			i++
		default:
			text, err = p.expand(s[:i], nil, 0)
			return text, i, err
		}
	}
	text, err = p.expand(s, nil, 0)
	return text, i, err
}
