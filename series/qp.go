package series

import (
	"bytes"
	"fmt"
)

// maxMailLine is the longest line a mail may carry as it is (RFC 5322, 2.1.1).
const maxMailLine = 998

// needsQuoting reports whether a body would not survive as 8bit text through mbox and git mailsplit, which drops
// carriage returns and splits at lines that start with "From ".
func needsQuoting(body []byte) bool {
	if bytes.ContainsAny(body, "\r\x00") {
		return true
	}
	for _, l := range bytes.Split(body, []byte("\n")) {
		if len(l) > maxMailLine || bytes.HasPrefix(l, []byte("From ")) {
			return true
		}
	}
	return false
}

// quotePrintable encodes by RFC 2045, 6.7, keeping line ends and every other byte.
// (mime/quotedprintable turns a lone newline into CR LF, which git am would keep.)
func quotePrintable(body []byte) []byte {
	var out bytes.Buffer
	for i, l := range bytes.Split(body, []byte("\n")) {
		if i > 0 {
			out.WriteByte('\n')
		}
		col := 0
		for k, c := range l {
			unit := string(rune(c))
			plain := c > ' ' && c < 0x7f && c != '=' || (c == ' ' || c == '\t') && k < len(l)-1
			if !plain || k == 0 && bytes.HasPrefix(l, []byte("From ")) {
				unit = fmt.Sprintf("=%02X", c)
			}
			if col+len(unit) > 75 {
				out.WriteString("=\n")
				col = 0
			}
			out.WriteString(unit)
			col += len(unit)
		}
	}
	return out.Bytes()
}
