package cpp

// builder makes the token list that replaces one invocation.
type builder struct {
	p    *pp
	m    *Macro
	exp  int32
	raw  []Token // the arguments' tokens
	base int     // index in p.args of the first argument
	out  []Token
	pad  padding // after the last token of out
	va   int     // len(out) where __VA_OPT__ began; -1 outside
}

// build substitutes arguments into a macro's body and applies # and ##.
func (p *pp) build(m *Macro, raw []Token, exp int32, base int) builder {
	b := builder{p: p, m: m, exp: exp, raw: raw, base: base, out: p.buffer(), pad: noPadding, va: -1}
	if m.vaOpt { // GCC expands the arguments before it looks at __VA_OPT__: __COUNTER__ can tell
		for i := range m.ops {
			if o := &m.ops[i]; o.kind == opArg {
				b.expand(int(o.param))
			}
		}
	}
	for i := 0; i < len(m.ops) && p.err == nil; i++ {
		o := &m.ops[i]
		if o.kind == opVaOpt {
			b.vaOpt(o, i)
			i = int(o.b) - 1
			continue
		}
		b.op(o)
	}
	if m.paste {
		b.out = p.pasteAll(b.out, exp)
	}
	return b
}

func (b *builder) op(o *op) {
	switch o.kind {
	case opText:
		b.text(o)
	case opArg:
		b.expandedArg(o)
	case opRaw:
		b.rawArg(o)
	case opStr:
		b.leftPad(o)
		b.one(b.stringArg(int(o.param)), o.left)
		b.rightPad(o)
	}
}

// text appends body tokens.
func (b *builder) text(o *op) {
	at := len(b.out)
	b.out = append(b.out, b.m.Body[o.a:o.b]...)
	for i := at; i < len(b.out); i++ {
		b.out[i].Exp = b.exp
	}
	if b.pad != noPadding {
		b.out[at].Flags = b.out[at].Flags.after(b.pad)
		b.pad = noPadding
	}
	if o.left {
		b.out[len(b.out)-1].Flags |= pasteL
	}
}

// one appends a single token.
func (b *builder) one(t Token, left bool) {
	t.Flags = t.Flags.after(b.pad)
	b.pad = noPadding
	if left {
		t.Flags |= pasteL
	}
	b.out = append(b.out, t)
}

// leftPad and rightPad are the padding around a parameter.
func (b *builder) leftPad(o *op) {
	if !o.first && !o.right && len(b.out) != b.va {
		b.pad = b.pad.begin(o.white)
	}
}

func (b *builder) rightPad(o *op) {
	if !o.left {
		b.pad = b.pad.end()
	}
}

// expandedArg appends an argument after its full expansion.
func (b *builder) expandedArg(o *op) {
	b.expand(int(o.param))
	b.leftPad(o)
	a := &b.p.args[b.base+int(o.param)]
	b.tokens(a.expanded)
	b.pad = b.pad.then(a.tail)
	b.rightPad(o)
}

// rawArg appends an argument that is an operand of ##.
func (b *builder) rawArg(o *op) {
	a := &b.p.args[b.base+int(o.param)]
	toks := b.raw[a.lo:a.hi]
	flag := -1 // the token that takes over whether this one is a left operand
	if n := len(b.out) - 1; o.right && n >= 0 && b.pad == noPadding {
		if b.out[n].Sym == symComma && b.out[n].Kind == Punct && b.m.Variadic && int(o.param) == len(b.m.Params)-1 {
			if a.omitted {
				b.pad = b.out[n].Flags.pad()
				b.out = b.out[:n]
			} else {
				flag = n
			}
		} else if len(toks) == 0 {
			flag = n
		}
	}
	b.leftPad(o)
	b.tokens(toks)
	if len(toks) > 0 && o.left {
		flag = len(b.out) - 1
	}
	if flag >= 0 {
		b.out[flag].Flags &^= pasteL
		if o.left {
			b.out[flag].Flags |= pasteL
		}
	}
	b.rightPad(o)
}

// tokens appends an argument's tokens, which now are delivered by this expansion if they were written in it.
func (b *builder) tokens(toks []Token) {
	if len(toks) == 0 {
		return
	}
	at := len(b.out)
	b.out = append(b.out, toks...)
	for i := at; i < len(b.out); i++ {
		if t := &b.out[i]; t.Exp == -1 || b.p.within(t.Exp, b.exp) {
			t.Exp = b.exp
			t.Flags |= FromArg
		}
	}
	if b.pad != noPadding {
		b.out[at].Flags = b.out[at].Flags.after(b.pad)
		b.pad = noPadding
	}
	b.p.charge(len(toks))
}

// within reports whether expansion outer is an ancestor of inner, or inner itself.
func (p *pp) within(outer, inner int32) bool {
	n := 0
	for ; inner > outer; n++ {
		inner = p.exps[inner].Parent
	}
	p.far(n)
	return inner == outer && inner >= 0
}

// expand fully expands an argument, once.
func (b *builder) expand(i int) {
	p := b.p
	a := &p.args[b.base+i]
	if a.done {
		return
	}
	a.done = true
	if !a.macros {
		a.expanded, a.tail = b.raw[a.lo:a.hi], noPadding
		return
	}
	floor, pad, encl := p.floor, p.pad, p.encl
	p.pad, p.encl = noPadding, b.exp
	p.push(context_{toks: b.raw[a.lo:a.hi], exp: -1, id: -1, tail: noPadding})
	p.floor = len(p.stack) - 1
	p.noOp++
	out := p.drain(p.buffer())
	p.noOp--
	p.stack = p.stack[:p.floor]
	a = &p.args[b.base+i]
	a.expanded, a.buf, a.tail = out, out, p.pad
	p.floor, p.pad, p.encl = floor, pad, encl
}

// vaOpt appends __VA_OPT__(...), whose op has the index i, if the variable argument is not empty.
func (b *builder) vaOpt(o *op, i int) {
	if !o.first && !o.right {
		b.pad = b.pad.begin(o.white)
	}
	start := len(b.out)
	b.va = start
	startPad := b.pad
	b.expand(int(o.param))
	if len(b.p.args[b.base+int(o.param)].expanded) > 0 {
		for j := i + 1; j < int(o.b); j++ {
			b.op(&b.m.ops[j])
		}
	}
	b.va = -1
	if o.str {
		body := b.p.pasteAll(b.out[start:], b.exp)
		t := b.synthetize(Stringized, String, b.p.stringize(body))
		b.out, b.pad = b.out[:start], startPad
		b.one(t, o.left)
		return
	}
	if len(b.out) == start && start > 0 && startPad == noPadding {
		b.out[start-1].Flags &^= pasteL
	}
	if !o.left {
		b.pad = b.pad.end()
		return
	}
	if len(b.out) > start || startPad == noPadding && start > 0 {
		b.pad = noPadding
		b.out[len(b.out)-1].Flags |= pasteL
	}
}

// releaseArgs takes back the memory of the arguments from base on.
func (p *pp) releaseArgs(base int) {
	for i := base; i < len(p.args); i++ {
		if b := p.args[i].buf; b != nil {
			p.release(b)
		}
		p.args[i] = arg{}
	}
	p.args = p.args[:base]
}
