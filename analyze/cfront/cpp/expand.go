package cpp

// drain expands the input up to its end (of the files, or of the list at p.floor) and appends it to out.
func (p *pp) drain(out []Token) []Token {
	for p.err == nil {
		n := len(p.stack) - 1
		if n < 0 {
			var more bool
			if out, more = p.drainFile(out); !more {
				return out
			}
			continue
		}
		out = p.drainList(out, n)
		if c := &p.stack; len(*c) == n+1 && (*c)[n].i == len((*c)[n].toks) {
			if n == p.floor {
				return out
			}
			p.pop()
		}
	}
	return out
}

// drainList passes on tokens of the list stack[n] until it ends or the stack changes.
func (p *pp) drainList(out []Token, n int) []Token {
	c := &p.stack[n]
	for c.i < len(c.toks) {
		t := c.toks[c.i]
		c.i++
		if c.exp >= 0 {
			t.Exp = c.exp
		}
		if p.pad != noPadding {
			t.Flags = t.Flags.after(p.pad)
			p.pad = noPadding
		}
		if t.Kind == Ident && t.Flags&noExpand == 0 {
			if m := p.lookup(t.Sym); m != nil {
				if p.off[t.Sym] {
					t.Flags |= noExpand
				} else {
					p.from = c.id
					if !p.enter(m, t) {
						t.Flags |= deferred
						out = append(out, t)
					}
					return out
				}
			}
		}
		out = append(out, t)
	}
	return out
}

// drainFile passes on tokens of the current file until a macro is entered. It handles directives and ends of files;
// more is false at the end of the last one.
func (p *pp) drainFile(out []Token) (_ []Token, more bool) {
	f := p.cur
	if f.ti == f.tEnd {
		if len(out) > p.s.opt.MaxTokens {
			p.fail(f.f.id, f.offset(), ErrLimit, "the unit has more than %d tokens (MaxTokens)", p.s.opt.MaxTokens)
			return out, false
		}
		if f.di < len(f.lx.dirs) {
			p.nextDirective()
			return out, true
		}
		return out, p.popFrame()
	}
	if p.pad != noPadding {
		t := f.lx.text[f.ti]
		t.Flags = t.Flags.after(p.pad)
		p.pad = noPadding
		f.ti++
		return p.fileToken(out, t), true
	}
	text := f.lx.text[f.ti:f.tEnd]
	for i := range text {
		if t := &text[i]; t.Kind == Ident && p.lookup(t.Sym) != nil {
			out = append(out, text[:i]...)
			f.ti += i + 1
			return p.fileToken(out, *t), true
		}
	}
	f.ti = f.tEnd
	return append(out, text...), true
}

// fileToken passes on a token of a file, expanded.
func (p *pp) fileToken(out []Token, t Token) []Token {
	if t.Kind == Ident {
		if m := p.lookup(t.Sym); m != nil {
			p.work, p.from = 0, -1
			if p.enter(m, t) {
				return out
			}
		}
	}
	return append(out, t)
}

// next returns one expanded token of a directive's line.
func (p *pp) next() (Token, bool) {
	for p.err == nil {
		n := len(p.stack) - 1
		c := &p.stack[n]
		if c.i == len(c.toks) {
			if n == p.floor {
				return Token{}, false
			}
			p.pop()
			continue
		}
		t := c.toks[c.i]
		c.i++
		if p.pad != noPadding {
			t.Flags = t.Flags.after(p.pad)
			p.pad = noPadding
		}
		if t.Kind == Ident && t.Flags&noExpand == 0 {
			if m := p.lookup(t.Sym); m != nil {
				if p.off[t.Sym] {
					t.Flags |= noExpand
				} else if p.enter(m, t) {
					continue
				}
			}
		}
		return t, true
	}
	return Token{}, false
}

// rawNext returns one token of the input, not expanded; none at a directive or the end of a file or list.
func (p *pp) rawNext() (Token, bool) {
	for p.err == nil {
		n := len(p.stack) - 1
		if n < 0 {
			if f := p.cur; f.ti < f.tEnd {
				f.ti++
				return f.lx.text[f.ti-1], true
			}
			break
		}
		c := &p.stack[n]
		if c.i < len(c.toks) {
			p.pad = noPadding
			c.i++
			return c.toks[c.i-1], true
		}
		if n == p.floor {
			break
		}
		p.pop()
	}
	return Token{}, false
}

// openParen takes an opening parenthesis if it is the next token of the input, passing the ends of macros on the way.
func (p *pp) openParen() bool {
	for {
		n := len(p.stack) - 1
		if n < 0 {
			f := p.cur
			if f.ti < f.tEnd && isLParen(f.lx.text[f.ti]) {
				f.ti++
				return true
			}
			return false
		}
		c := &p.stack[n]
		if c.i < len(c.toks) {
			if !isLParen(c.toks[c.i]) {
				return false
			}
			c.i++
			return true
		}
		if n == p.floor {
			return false
		}
		p.pop()
	}
}

// peekedPadding is the padding left after openParen has returned false.
func (p *pp) peekedPadding() padding {
	if n := len(p.stack) - 1; n >= 0 {
		if c := &p.stack[n]; c.i < len(c.toks) {
			return p.pad.then(c.toks[c.i].Flags.pad()).peeked() | fixed
		}
	}
	return p.pad.peeked()
}

func isLParen(t Token) bool { return t.Sym == symLParen && t.Kind == Punct }

// enter replaces the macro name t, whose padding has been folded in: its expansion becomes the next input. It returns
// false if t stays as it is: a function-like macro's name with no arguments after it.
func (p *pp) enter(m *Macro, t Token) bool {
	if p.entered == 0 && (len(p.stack) == 0 || p.inDir && len(p.stack) == p.floor+1) {
		p.topFun, p.topLine = m.FuncLike, place{t.File, t.Off}
	}
	if m.kind != builtinNone {
		return p.enterBuiltin(m, t)
	}
	if !m.FuncLike {
		p.enterObject(m, t)
		return true
	}
	p.entered++
	ok := p.enterFunc(m, t)
	p.entered--
	return ok
}

func (p *pp) enterObject(m *Macro, t Token) {
	exp := p.newExpansion(m, t, p.s.End(t))
	p.pad = enterPadding(t.Flags)
	if m.ops == nil {
		p.push(context_{toks: m.Body, exp: exp, id: exp, macro: m.Name, tail: noPadding})
	} else {
		b := p.build(m, nil, exp, len(p.args))
		p.push(context_{toks: b.out, exp: -1, id: exp, macro: m.Name, tail: b.pad, buf: b.out})
	}
	p.off[m.Name] = true
}

// enterFunc collects the arguments of a function-like macro and pushes its body with them put in.
func (p *pp) enterFunc(m *Macro, t Token) bool {
	if !p.openParen() {
		p.pad = p.peekedPadding()
		return false
	}
	base := len(p.args)
	c := collector{p: p, m: m, name: t, buf: p.buffer(), base: base}
	if !c.collect() {
		p.release(c.buf)
		p.releaseArgs(base)
		return false
	}
	exp := p.newExpansion(m, t, c.end)
	if m.ops == nil {
		p.pad = enterPadding(t.Flags)
		p.push(context_{toks: m.Body, exp: exp, id: exp, macro: m.Name, tail: noPadding})
	} else {
		p.nest++
		if p.nest > p.s.opt.MaxExpansionDepth {
			p.fail(t.File, t.Off, ErrLimit, "macro invocations are nested deeper than %d (MaxExpansionDepth)",
				p.s.opt.MaxExpansionDepth)
		}
		b := p.build(m, c.buf, exp, base)
		p.nest--
		p.pad = enterPadding(t.Flags)
		p.push(context_{toks: b.out, exp: -1, id: exp, macro: m.Name, tail: b.pad, buf: b.out})
	}
	p.off[m.Name] = true
	p.release(c.buf)
	p.releaseArgs(base)
	return true
}
