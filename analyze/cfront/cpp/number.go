package cpp

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// constant converts a number or a character constant in #if.
func constant(text string, kind Kind, arch string) (value, error) {
	if kind == Char {
		return charConstant(text, arch)
	}
	return integer(text)
}

// integer converts an integer constant (C11 6.4.4.1, and GNU's 0b).
func integer(text string) (value, error) {
	digits, base := text, uint64(10)
	switch {
	case len(text) > 2 && (text[:2] == "0x" || text[:2] == "0X"):
		digits, base = text[2:], 16
	case len(text) > 2 && (text[:2] == "0b" || text[:2] == "0B"):
		digits, base = text[2:], 2
	case len(text) > 1 && text[0] == '0':
		digits, base = text[1:], 8
	}
	var n uint64
	i := 0
	for ; i < len(digits); i++ {
		d := digitOf(digits[i])
		if d >= base {
			break
		}
		hi, lo := bits.Mul64(n, base)
		sum, carry := bits.Add64(lo, d, 0)
		if hi != 0 || carry != 0 {
			return value{}, fmt.Errorf("integer constant %s is too large", text)
		}
		n = sum
	}
	unsigned, ok := integerSuffix(digits[i:])
	if !ok {
		return value{}, fmt.Errorf("%s is not an integer constant", text)
	}
	return value{n, unsigned || n>>63 != 0}, nil
}

func digitOf(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return uint64(c - '0')
	case c >= 'a' && c <= 'f':
		return uint64(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return uint64(c-'A') + 10
	}
	return 99
}

func integerSuffix(s string) (unsigned, ok bool) {
	u := strings.Count(s, "u") + strings.Count(s, "U")
	switch rest := strings.Trim(s, "uU"); rest {
	case "", "l", "L", "ll", "LL":
		return u == 1, u <= 1
	}
	return false, false
}

// charConstant converts a character constant to its value as GCC has it: the last four characters of a narrow one
// count, char is signed on x86 and unsigned on ARM.
func charConstant(text, arch string) (value, error) {
	wide := text[0] != '\''
	body := text[strings.IndexByte(text, '\'')+1 : len(text)-1]
	if body == "" {
		return value{}, fmt.Errorf("empty character constant")
	}
	var n uint64
	count := 0
	for len(body) > 0 {
		c, size, err := oneChar(body, wide)
		if err != nil {
			return value{}, err
		}
		body = body[size:]
		if wide {
			n = c
		} else {
			n = n<<8 | c&0xff
		}
		count++
	}
	switch {
	case wide:
		return value{n: uint64(int64(int32(n)))}, nil
	case count > 1:
		return value{n: uint64(int64(int32(n)))}, nil
	case arch == "aarch64" || arch == "arm32":
		return value{n: n & 0xff}, nil
	}
	return value{n: uint64(int64(int8(n)))}, nil
}

var simpleEscapes = map[byte]uint64{
	'n': '\n', 't': '\t', 'r': '\r', 'a': 7, 'b': 8, 'f': 12, 'v': 11, 'e': 27, 'E': 27,
	'\\': '\\', '\'': '\'', '"': '"', '?': '?',
}

// oneChar decodes one character or escape sequence and returns its length.
func oneChar(s string, wide bool) (c uint64, size int, err error) {
	if s[0] != '\\' {
		if wide {
			r, n := utf8.DecodeRuneInString(s)
			return uint64(r), n, nil
		}
		return uint64(s[0]), 1, nil
	}
	if len(s) < 2 {
		return 0, 0, fmt.Errorf("incomplete escape sequence")
	}
	switch e := s[1]; {
	case e == 'x':
		i := 2
		for ; i < len(s) && digitOf(s[i]) < 16; i++ {
			c = c<<4 | digitOf(s[i])
		}
		if i == 2 {
			return 0, 0, fmt.Errorf("\\x used with no following hex digits")
		}
		return c, i, nil
	case e >= '0' && e <= '7':
		i := 1
		for ; i < len(s) && i < 4 && digitOf(s[i]) < 8; i++ {
			c = c<<3 | digitOf(s[i])
		}
		return c, i, nil
	default:
		if v, ok := simpleEscapes[e]; ok {
			return v, 2, nil
		}
		return uint64(e), 2, nil
	}
}
