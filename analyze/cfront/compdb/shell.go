package compdb

import (
	"errors"
	"strings"
)

// errQuote reports a quote that is never closed.
var errQuote = errors.New("unterminated quote")

// SplitShell splits one simple command into its words as POSIX sh does (XCU 2.2: backslash, single and double quotes),
// without expansions. An unterminated quote is an error.
func SplitShell(s string) ([]string, error) {
	var words []string
	var w strings.Builder
	inWord := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\n', '\r':
			if inWord {
				words, inWord = append(words, w.String()), false
				w.Reset()
			}
		case '\\':
			if i++; i < len(s) && s[i] != '\n' {
				w.WriteByte(s[i])
				inWord = true
			}
		case '\'', '"':
			n, err := quoted(&w, s[i+1:], c)
			if err != nil {
				return nil, err
			}
			i += n
			inWord = true
		default:
			w.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, w.String())
	}
	return words, nil
}

// quoted copies the text of s up to the closing quote to w, and returns how many bytes of s it used with the quote.
func quoted(w *strings.Builder, s string, quote byte) (int, error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return i + 1, nil
		case quote == '"' && s[i] == '\\' && i+1 < len(s) && strings.IndexByte("$`\"\\\n", s[i+1]) >= 0:
			i++
			if s[i] != '\n' {
				w.WriteByte(s[i])
			}
		default:
			w.WriteByte(s[i])
		}
	}
	return 0, errQuote
}

// firstCommand returns the text before the first unquoted ; | or & (what follows is post-processing of the object).
func firstCommand(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\\':
			i++
		case c == '\'' || c == '"':
			quote = c
		case c == ';' || c == '|' || c == '&':
			return s[:i]
		}
	}
	return s
}
