package cpp

const (
	maxPasted     = 1 << 20  // bytes of a token made by ##
	maxStringized = 16 << 20 // bytes of a token made by #
)

// pasted is the result of ##: a token's spelling and kind, or ok false if the two do not make one token.
type pasted struct {
	sym  Sym
	kind Kind
	ok   bool
}

// pasteAll applies the ## operators of a list, left to right, in place.
func (p *pp) pasteAll(list []Token, exp int32) []Token {
	w := 0
	for r := 0; r < len(list); r++ {
		t := list[r]
		for t.Flags&pasteL != 0 {
			t.Flags &^= pasteL
			if r+1 == len(list) {
				break
			}
			rhs := list[r+1]
			x := p.pasteTokens(t, rhs)
			if !x.ok {
				break
			}
			r++
			at := p.origin(exp)
			t = Token{Sym: x.sym, Kind: x.kind, File: at.file, Off: at.off, Exp: exp,
				Flags: t.Flags&(SpaceBefore|padFlags) | Pasted | rhs.Flags&pasteL}
		}
		list[w] = t
		w++
	}
	return list[:w]
}

// pasteTokens joins two spellings. Failure is an error in C, and accepted in assembly.
func (p *pp) pasteTokens(l, r Token) pasted {
	key := [2]Sym{l.Sym, r.Sym}
	x, known := p.paste[key]
	if !known {
		x = p.pasteSpellings(l, r)
		if len(p.paste) > 1<<20 {
			clear(p.paste)
		}
		p.paste[key] = x
	}
	if !x.ok && p.mode != modeAsm {
		p.diag(SevError, p.topLine.file, p.topLine.off, "pasting %s and %s does not give a valid preprocessing token",
			p.s.Spelling(l.Sym), p.s.Spelling(r.Sym))
	}
	return x
}

func (p *pp) pasteSpellings(l, r Token) pasted {
	p.bytes = append(append(p.bytes[:0], p.s.Spelling(l.Sym)...), p.s.Spelling(r.Sym)...)
	if len(p.bytes) > maxPasted {
		p.fail(p.topLine.file, p.topLine.off, ErrLimit, "## makes a token longer than %d bytes", maxPasted)
		return pasted{}
	}
	if l.Sym == symSlash && r.Sym != symEquals || len(p.bytes) == 0 || charClass[p.bytes[0]] == cSpace {
		return pasted{}
	}
	sc := newScanner(p.mode)
	end, kind, _ := sc.scan(p.bytes, 0)
	if end != len(p.bytes) {
		return pasted{}
	}
	return pasted{sym: p.s.in.intern(p.bytes), kind: kind, ok: true}
}

// stringArg returns # of an argument.
func (b *builder) stringArg(i int) Token {
	a := &b.p.args[b.base+i]
	if a.str == 0 {
		a.str = b.p.stringize(b.raw[a.lo:a.hi])
	}
	return b.synthetize(Stringized, String, a.str)
}

// synthetize makes a token that is spelled nowhere.
func (b *builder) synthetize(flag Flags, kind Kind, sym Sym) Token {
	at := b.p.origin(b.exp)
	return Token{Sym: sym, Kind: kind, File: at.file, Off: at.off, Exp: b.exp, Flags: flag}
}

// origin is where the outermost macro name that led to an expansion is.
func (p *pp) origin(exp int32) place {
	if exp < 0 {
		return p.topLine
	}
	exp = p.outermost(exp)
	return place{p.exps[exp].File, p.exps[exp].Start}
}

func (p *pp) outermost(exp int32) int32 {
	n := 0
	for ; p.exps[exp].Parent >= 0; n++ {
		exp = p.exps[exp].Parent
	}
	p.far(n)
	return exp
}

// stringize spells tokens as a string literal (C11 6.10.3.2).
func (p *pp) stringize(toks []Token) Sym {
	buf := append(p.bytes[:0], '"')
	backslashes := 0
	for i := range toks {
		t := &toks[i]
		if i > 0 && t.Flags.spaced() {
			buf = append(buf, ' ')
		}
		text := p.s.Spelling(t.Sym)
		if t.Kind == String || t.Kind == Char {
			buf = appendEscaped(buf, text)
		} else {
			buf = append(buf, text...)
		}
		if t.Sym == symBackslash {
			backslashes++
		} else {
			backslashes = 0
		}
		if len(buf) > maxStringized {
			p.fail(p.topLine.file, p.topLine.off, ErrLimit, "# makes a string longer than %d bytes", maxStringized)
			break
		}
	}
	if backslashes%2 == 1 {
		p.diag(Warning, p.topLine.file, p.topLine.off, "invalid string literal, ignoring final '\\'")
		buf = buf[:len(buf)-1]
	}
	buf = append(buf, '"')
	p.bytes = buf
	p.charge(len(buf) / 16)
	return p.s.in.intern(buf)
}

// appendEscaped appends text with \ before each quote and backslash.
func appendEscaped(buf []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\n':
			buf = append(buf, '\\', 'n')
		case '"', '\\':
			buf = append(buf, '\\', c)
		default:
			buf = append(buf, c)
		}
	}
	return buf
}
