package cfront

import "github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"

// chunk is one external declaration of a preprocessed unit: tokens [first,last].
// A function definition's body opens at token body (the brace), otherwise body is -1.
type chunk struct {
	first, last int32
	body        int32
	name        cpp.Sym   // the function's name
	defs        []cpp.Sym // every name the chunk declares, in any name space
	ordinary    int       // defs[ordinary:] are ordinary identifiers, the others tags and enumerators
	file        cpp.FileID
	noReturn    bool
	typedef     bool
	keep        bool
}

// splitter cuts a token stream into chunks.
type splitter struct {
	w    *words
	toks []cpp.Token
	out  []chunk
}

// split returns the external declarations of toks, in order. Unbalanced input ends the last chunk early; it never fails.
func split(w *words, toks []cpp.Token) []chunk {
	s := &splitter{w: w, toks: toks}
	for i := int32(0); i < int32(len(toks)); {
		i = s.one(i)
	}
	return s.out
}

// one reads the declaration that starts at token i and returns the token behind it.
func (s *splitter) one(i int32) int32 {
	c := chunk{first: i, body: -1, file: s.toks[i].File}
	n := int32(len(s.toks))
	sig := int32(-1)    // last token that is not part of an attribute or asm
	params := int32(-1) // the last parenthesis
	assigned := false
	for ; i < n; i++ {
		switch s.class(i) {
		case wAttr:
			open := i + 1
			i = s.match(open)
			c.noReturn = c.noReturn || s.hasNoReturn(open, i)
			continue
		case wAsm, wTypeof, wAssert:
			for i+1 < n && s.class(i+1) == wQual {
				i++
			}
			i = s.match(i + 1)
			sig = i
			continue
		case wNoReturn:
			c.noReturn = true
		case wTypedef:
			c.typedef = true
		case wAssign:
			assigned = true
		case wLParen:
			params = i
			i = s.match(i)
		case wLBrack:
			i = s.match(i)
		case wLBrace:
			if !assigned && sig >= 0 && s.class(sig) == wRParen {
				c.body = i
				c.last = s.match(i)
				s.finish(&c)
				return c.last + 1
			}
			i = s.match(i)
		case wSemi:
			if c.last = i; params >= 0 && !assigned && !c.typedef {
				if c.body = s.oldStyle(params, i); c.body >= 0 {
					c.last = s.match(c.body)
				}
			}
			s.finish(&c)
			return c.last + 1
		}
		sig = i
	}
	c.last = n - 1
	s.finish(&c)
	return n
}

// oldStyle returns the brace of a K&R definition whose list of names opens at token params and whose first parameter
// declaration ends at the semicolon semi, or -1. Such a list holds names only, and only declarations stand before the brace.
func (s *splitter) oldStyle(params, semi int32) int32 {
	close := s.match(params)
	for i := params + 1; i < close; i += 2 {
		if !s.isName(i) || i+1 < close && s.class(i+1) != wComma {
			return -1
		}
	}
	if close == params+1 || semi < close+3 {
		return -1
	}
	const most = 256
	for i := close + 1; i < int32(len(s.toks)) && i < close+most; i++ {
		switch k := s.class(i); k {
		case wLBrack, wLParen:
			i = s.match(i)
		case wLBrace:
			if s.class(i-1) == wSemi {
				return i
			}
			return -1
		case wSemi, wComma, wStar, wKeyword, wStruct, wEnum, wQual:
		default:
			if !s.isName(i) {
				return -1
			}
		}
	}
	return -1
}

// class of token i, wNone outside the tokens.
func (s *splitter) class(i int32) class {
	if i < 0 || i >= int32(len(s.toks)) {
		return wNone
	}
	return s.w.class[s.toks[i].Sym]
}

// match returns the token that closes the bracket at i, or i itself when i opens nothing.
func (s *splitter) match(i int32) int32 {
	depth := 0
	for j := i; j < int32(len(s.toks)); j++ {
		switch s.class(j) {
		case wLParen, wLBrack, wLBrace:
			depth++
		case wRParen, wRBrack, wRBrace:
			depth--
		}
		if depth <= 0 {
			return j
		}
	}
	return int32(len(s.toks)) - 1
}

func (s *splitter) hasNoReturn(from, to int32) bool {
	for ; from <= to; from++ {
		if s.class(from) == wNoReturn {
			return true
		}
	}
	return false
}

// finish finds the names that c declares and appends it.
func (s *splitter) finish(c *chunk) {
	end := c.last
	if c.body >= 0 {
		end = c.body - 1
	}
	s.tags(c, end)
	c.ordinary = len(c.defs)
	s.declarators(c, end)
	s.out = append(s.out, *c)
}

// tags collects struct, union and enum tags and the enumerators defined anywhere in the chunk's head.
func (s *splitter) tags(c *chunk, end int32) {
	for i := c.first; i < end; i++ {
		k := s.class(i)
		if k != wStruct && k != wEnum {
			continue
		}
		j := i + 1
		for j < end && s.class(j) == wAttr {
			j = s.match(j+1) + 1
		}
		if s.isName(j) {
			c.defs = append(c.defs, s.toks[j].Sym)
			j++
		}
		if k == wEnum && j < end && s.class(j) == wLBrace {
			s.enumerators(c, j, s.match(j))
		}
	}
}

// enumerators collects the names at depth one of an enum's braces.
func (s *splitter) enumerators(c *chunk, open, close int32) {
	expect := true
	for i := open + 1; i < close; i++ {
		switch s.class(i) {
		case wLParen, wLBrack, wLBrace:
			i = s.match(i)
		case wComma:
			expect = true
		default:
			if expect && s.isName(i) {
				c.defs = append(c.defs, s.toks[i].Sym)
			}
			expect = false
		}
	}
}

// declarators collects declared ordinary names: an identifier outside braces that ends a declarator, or that a parameter list follows,
// or the name inside the parentheses of a function pointer.
func (s *splitter) declarators(c *chunk, end int32) {
	for i := c.first; i <= end; i++ {
		switch s.class(i) {
		case wAttr, wAsm, wTypeof, wAssert:
			for i+1 <= end && s.class(i+1) == wQual {
				i++
			}
			i = s.match(i + 1)
		case wAssign: // skip the initializer
			for i++; i <= end && s.class(i) != wComma && s.class(i) != wSemi; i++ {
				i = s.match(i)
			}
		case wLBrace, wLBrack:
			i = s.match(i)
		case wLParen:
			close := s.match(i)
			if sym := s.inParens(i, close); sym != 0 {
				s.declare(c, sym)
			}
			i = close
		default:
			if s.isName(i) && s.endsDeclarator(i+1, end) {
				s.declare(c, s.toks[i].Sym)
			}
		}
	}
}

// declare records a declared name; the first one names a function definition.
func (s *splitter) declare(c *chunk, sym cpp.Sym) {
	c.defs = append(c.defs, sym)
	if c.name == 0 {
		c.name = sym
	}
}

// inParens returns the declared name of "(*name" or "(name)(", 0 for a parameter list.
func (s *splitter) inParens(open, close int32) cpp.Sym {
	prev := open - 1
	if prev >= 0 && s.isName(prev) && s.class(open+1) != wStar {
		return 0 // name(parameters
	}
	if open+1 >= close || close+1 >= int32(len(s.toks)) {
		return 0
	}
	next := s.class(close + 1)
	star := s.class(open+1) == wStar
	if !star && next != wLParen {
		return 0
	}
	for i := open + 1; i < close; i++ {
		if s.class(i) == wAttr {
			i = s.match(i + 1)
			continue
		}
		if s.isName(i) {
			return s.toks[i].Sym
		}
	}
	return 0
}

// endsDeclarator reports whether token i can follow a declared name.
func (s *splitter) endsDeclarator(i, end int32) bool {
	if i > end {
		return true
	}
	switch s.class(i) {
	case wSemi, wComma, wAssign, wLBrack, wLParen, wColon, wAttr, wAsm:
		return true
	}
	return false
}

// isName reports whether token i is an identifier that is not a keyword.
func (s *splitter) isName(i int32) bool {
	return i < int32(len(s.toks)) && s.toks[i].Kind == cpp.Ident && s.class(i) == wNone
}
