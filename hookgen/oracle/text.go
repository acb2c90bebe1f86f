package oracle

import (
	"regexp"
	"strings"
)

// skipSpace is the first byte from i on that is no space.
func skipSpace(text string, i int) int {
	for i < len(text) && strings.IndexByte(" \t\r\n", text[i]) >= 0 {
		i++
	}
	return i
}

// closing is the bracket that closes the one at byte open, -1 for none.
func closing(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// splitArgs splits an argument list at its top-level commas, with comments taken out and space squeezed.
func splitArgs(list string) (out []string) {
	list = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(list, "")
	depth, from := 0, 0
	for i := 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ',' && depth == 0 {
			if a := strings.Join(strings.Fields(list[from:i]), " "); a != "" {
				out = append(out, a)
			}
			from = i + 1
			continue
		}
		switch list[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
	}
	return out
}

var blankRE = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'`)
var directiveRE = regexp.MustCompile(`(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$`)

// blank replaces comments, literals and directives with spaces of the same length.
func blank(src string) string {
	wipe := func(m string) string {
		b := []byte(m)
		for i, c := range b {
			if c != '\n' {
				b[i] = ' '
			}
		}
		return string(b)
	}
	return directiveRE.ReplaceAllStringFunc(blankRE.ReplaceAllStringFunc(src, wipe), wipe)
}
