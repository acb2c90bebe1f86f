package cpp

// Character classes, as bits.
const (
	cSpace    = 1 << iota // horizontal white space, NUL included as GCC has it
	cIdent                // may start an identifier
	cDigit                // 0-9
	cDollar               // $: an identifier character in C, not in assembly
	cHigh                 // a byte of a non-ASCII character
	cQuote                // " or '
	cIdentAny = cIdent | cDigit
)

var charClass = func() (t [256]uint8) {
	for _, c := range " \t\v\f\x00" {
		t[c] = cSpace
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = cIdent, cIdent
	}
	t['_'] = cIdent
	for c := '0'; c <= '9'; c++ {
		t[c] = cDigit
	}
	t['$'] = cDollar
	t['"'], t['\''] = cQuote, cQuote
	for c := 0x80; c < 0x100; c++ {
		t[c] = cHigh
	}
	return t
}()

// spliceLen returns the length of the line splice at src[i], which holds a backslash: the backslash, blanks (as GCC
// allows), and the newline; 0 if it is none.
func spliceLen(src []byte, i int) int {
	j := i + 1
	for j < len(src) && charClass[src[j]] == cSpace && src[j] != 0 {
		j++
	}
	if j < len(src) && src[j] == '\r' && j+1 < len(src) && src[j+1] == '\n' {
		j++
	}
	if j < len(src) && src[j] == '\n' {
		return j + 1 - i
	}
	return 0
}

// skipSplices returns the offset of the first byte at or after i that is not in a line splice.
func skipSplices(src []byte, i int) int {
	for i < len(src) && src[i] == '\\' {
		n := spliceLen(src, i)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// newlineAt reports whether a line ends at src[i].
func newlineAt(src []byte, i int) bool {
	return src[i] == '\n' || src[i] == '\r' && i+1 < len(src) && src[i+1] == '\n'
}

// identRanges are the non-ASCII characters an identifier may hold (C11 Annex D.1).
var identRanges = [...][2]rune{
	{0xA8, 0xA8}, {0xAA, 0xAA}, {0xAD, 0xAD}, {0xAF, 0xAF}, {0xB2, 0xB5}, {0xB7, 0xBA}, {0xBC, 0xBE}, {0xC0, 0xD6},
	{0xD8, 0xF6}, {0xF8, 0xFF}, {0x100, 0x167F}, {0x1681, 0x180D}, {0x180F, 0x1FFF}, {0x200B, 0x200D},
	{0x202A, 0x202E}, {0x203F, 0x2040}, {0x2054, 0x2054}, {0x2060, 0x206F}, {0x2070, 0x218F}, {0x2460, 0x24FF},
	{0x2776, 0x2793}, {0x2C00, 0x2DFF}, {0x2E80, 0x2FFF}, {0x3004, 0x3007}, {0x3021, 0x302F}, {0x3031, 0x303F},
	{0x3040, 0xD7FF}, {0xF900, 0xFD3D}, {0xFD40, 0xFDCF}, {0xFDF0, 0xFE44}, {0xFE47, 0xFFFD}, {0x10000, 0x1FFFD},
	{0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}, {0x40000, 0x4FFFD},
}

func identRune(r rune) bool {
	for _, x := range identRanges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	return false
}
