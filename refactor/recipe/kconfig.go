package recipe

import (
	"bytes"
	"strings"
)

// kline is a line of a Kconfig file, as bytes [start,end) without the newline.
type kline struct {
	start, end int
	word       string // the first word
	help       bool   // part of a help text
	prompt     bool   // mainmenu, menu or comment: text for people only
	indent     int
}

// kconfigLines cuts a Kconfig file into lines and tells help texts: the lines behind "help" that are indented more than what the
// entry's first help line is (Linux, Documentation/kbuild/kconfig-language.rst).
func kconfigLines(data []byte) (out []kline) {
	inHelp, helpIndent := false, 0
	for off := 0; off < len(data); {
		end := bytes.IndexByte(data[off:], '\n')
		if end < 0 {
			end = len(data)
		} else {
			end += off
		}
		l := kline{start: off, end: end}
		line := string(data[off:end])
		body := strings.TrimLeft(line, " \t")
		l.indent = columns(line[:len(line)-len(body)])
		if f := strings.Fields(body); len(f) > 0 {
			l.word = f[0]
		}
		switch {
		case inHelp && l.word == "":
			l.help = true
		case inHelp && helpIndent == 0 && l.indent > 0:
			helpIndent = l.indent
			l.help = true
		case inHelp && helpIndent > 0 && l.indent >= helpIndent:
			l.help = true
		default:
			inHelp = l.word == "help" || l.word == "---help---"
			helpIndent = 0
			l.prompt = l.word == "mainmenu" || l.word == "menu" || l.word == "comment" || strings.HasPrefix(l.word, "#")
		}
		out = append(out, l)
		off = end + 1
	}
	return out
}

func columns(space string) (n int) {
	for _, c := range space {
		if c == '\t' {
			n += 8 - n%8
		} else {
			n++
		}
	}
	return n
}

// kconfigWord returns where the line names the symbol, -1 if it does not.
func kconfigWord(data []byte, l kline, name string) int {
	if l.help || l.prompt {
		return -1
	}
	for _, off := range words(data[l.start:l.end], name) {
		if !quotedAt(data[l.start : l.start+off]) {
			return l.start + off
		}
	}
	return -1
}

// quotedAt reports whether a position behind text is inside quotes.
func quotedAt(text []byte) bool { return bytes.Count(text, []byte{'"'})%2 == 1 }
