package cpp

// arg is one argument of an invocation: tokens of the collector's buffer, and what was made of them so far.
type arg struct {
	lo, hi   int
	macros   bool    // some token names a macro
	omitted  bool    // the variable argument is absent, not just empty
	done     bool    // expanded and tail are set
	expanded []Token // the argument, fully expanded; shares the raw tokens if nothing in it expands
	buf      []Token // expanded's own memory, if any
	tail     padding // after the last expanded token
	str      Sym     // the argument after #
}

// collector reads the arguments of one invocation, after its opening parenthesis.
type collector struct {
	p     *pp
	m     *Macro
	name  Token
	buf   []Token // the tokens of all arguments
	base  int     // index in p.args of the first argument
	argc  int
	depth int // of parentheses
	end   int32
}

// collect reads up to the closing parenthesis. It returns false, having said why, if that is missing or the number of
// arguments is wrong.
func (c *collector) collect() bool {
	p := c.p
	c.openArg()
	for p.err == nil {
		n := len(p.stack) - 1
		if n < 0 {
			f := p.cur
			if f.ti < f.tEnd {
				k, done := c.feed(f.lx.text[f.ti:f.tEnd], -1)
				f.ti += k
				if done {
					return c.check()
				}
			} else if f.di < len(f.lx.dirs) {
				p.nextDirective()
			} else {
				return c.unterminated()
			}
			continue
		}
		x := &p.stack[n]
		if x.i < len(x.toks) {
			k, done := c.feed(x.toks[x.i:], x.exp)
			x.i += k
			if done {
				return c.check()
			}
		} else if n == p.floor {
			return c.unterminated()
		} else {
			p.pop()
		}
	}
	return false
}

func (c *collector) unterminated() bool {
	c.p.diag(SevError, c.name.File, c.name.Off, "unterminated argument list invoking macro %s",
		c.p.s.Spelling(c.m.Name))
	return false
}

// feed takes tokens of a list whose tokens all have the given Exp, if that is not -1. It returns how many it took, and
// whether the last of them closed the invocation.
func (c *collector) feed(list []Token, exp int32) (n int, done bool) {
	p := c.p
	a := &p.args[len(p.args)-1]
	for i := range list {
		t := list[i]
		switch t.Kind {
		case Ident:
			if m := p.lookup(t.Sym); m != nil && t.Flags&noExpand == 0 {
				if p.off[t.Sym] {
					t.Flags |= noExpand
				} else {
					a.macros = true
				}
			}
		case Punct:
			switch t.Sym {
			case symLParen:
				c.depth++
			case symRParen:
				if c.depth == 0 {
					c.close(t, exp)
					return i + 1, true
				}
				c.depth--
			case symComma:
				if c.depth == 0 && !(c.m.Variadic && c.argc == len(c.m.Params)) {
					a.hi = len(c.buf)
					c.openArg()
					a = &p.args[len(p.args)-1]
					continue
				}
			}
		}
		c.add(t, exp, a)
	}
	p.charge(len(list))
	return len(list), false
}

// add appends a token to the argument. Padding before an argument's first token does not count.
func (c *collector) add(t Token, exp int32, a *arg) {
	if exp >= 0 {
		t.Exp = exp
	}
	if t.Flags&LineStart != 0 && len(c.p.stack) == 0 {
		t.Flags |= SpaceBefore
	}
	if len(c.buf) == a.lo {
		t.Flags = t.Flags.withPad(noPadding)
	} else if pad := c.p.pad; pad != noPadding {
		t.Flags = t.Flags.after(pad)
	}
	c.p.pad = noPadding
	c.buf = append(c.buf, t)
}

func (c *collector) openArg() {
	c.argc++
	c.p.pad = noPadding
	c.p.args = append(c.p.args, arg{lo: len(c.buf)})
}

// close ends the last argument and the invocation at its closing parenthesis t.
func (c *collector) close(t Token, exp int32) {
	p := c.p
	p.args[len(p.args)-1].hi = len(c.buf)
	p.pad = noPadding
	if exp >= 0 {
		t.Exp = exp
	}
	c.end = p.s.End(c.name)
	if t.File == c.name.File && t.Exp == c.name.Exp && t.Off > c.name.Off && (t.Flags^c.name.Flags)&FromArg == 0 {
		c.end = t.Off + 1
	}
}

// check compares the number of arguments with the macro's parameters (GCC manual, "Variadic Macros").
func (c *collector) check() bool {
	p, want := c.p, len(c.m.Params)
	first := &p.args[c.base]
	if c.argc == 1 && want == 0 && first.lo == first.hi {
		c.argc = 0
	}
	switch {
	case c.argc == want:
	case c.argc+1 == want && c.m.Variadic:
		p.args = append(p.args, arg{lo: len(c.buf), hi: len(c.buf)})
	default:
		p.diag(SevError, c.name.File, c.name.Off, "macro %s takes %d arguments, but %d are given",
			p.s.Spelling(c.m.Name), want, c.argc)
		return false
	}
	first = &p.args[c.base]
	if c.m.Variadic && (c.argc < want || c.argc == 1 && first.lo == first.hi && !p.std) {
		p.args[c.base+want-1].omitted = true
	}
	return true
}
