package cpp

// opKind is one step of substituting a function-like macro's arguments into its body.
type opKind uint8

const (
	opText  opKind = iota // the body tokens [a, b)
	opArg                 // a parameter: its fully expanded argument
	opRaw                 // a parameter next to ##: its argument as written
	opStr                 // # parameter
	opVaOpt               // __VA_OPT__(...): the following ops up to index b, when there are variable arguments
)

// op is a step; a macro's ops are built once, when its #define is read.
type op struct {
	kind  opKind
	left  bool // its last token is the left operand of ##
	right bool // its first token is the right operand of ##
	first bool // nothing comes before it in the body
	white bool // white space comes before it in the body
	str   bool // #__VA_OPT__
	param int16
	a, b  int32
}

const maxParams = 1 << 14

// definer reads one #define line.
type definer struct {
	l    *lexer
	m    *Macro
	rest []Token // tokens not yet read
	ops  []op
	pos  int32 // index in the body of rest[0]
	prev int   // index of the op that a ## would follow, -1 before the first
	vaIn bool  // inside __VA_OPT__( )

	index map[Sym]int // of the parameters, when there are many
}

// parseDefine understands the tokens after #define. A nil macro comes with the reason.
func (l *lexer) parseDefine(args []Token) (*Macro, string) {
	if len(args) == 0 || args[0].Kind != Ident {
		return nil, "#define needs a macro name"
	}
	if s := args[0].Sym; s == symDefined || s == symVaArgs || s == symVaOpt {
		return nil, l.s.Spelling(s) + " cannot be used as a macro name"
	}
	m := &Macro{Name: args[0].Sym, File: args[0].File, Off: args[0].Off}
	d := &definer{l: l, m: m, rest: args[1:], prev: -1}
	if len(d.rest) > 0 && d.rest[0].Sym == symLParen && d.rest[0].Flags&SpaceBefore == 0 {
		m.FuncLike = true
		d.rest = d.rest[1:]
		if msg := d.params(); msg != "" {
			return nil, msg
		}
	}
	m.Body = d.rest
	if len(m.Body) > 0 {
		m.Body[0].Flags &^= SpaceBefore
	}
	if msg := d.compile(); msg != "" {
		return nil, msg
	}
	return m, ""
}

// params reads a parameter list after its opening parenthesis.
func (d *definer) params() string {
	wantName := true
	for i, t := range d.rest {
		switch {
		case t.Sym == symRParen && t.Kind == Punct && (!wantName || len(d.m.Params) == 0):
			d.rest = d.rest[i+1:]
			return ""
		case d.m.Variadic:
			return "expected ')' after '...'"
		case t.Kind == Ident && wantName:
			if d.param(t.Sym) >= 0 {
				return "duplicate macro parameter " + d.l.s.Spelling(t.Sym)
			}
			if t.Sym == symVaArgs {
				return "__VA_ARGS__ cannot name a parameter"
			}
			d.m.Params = append(d.m.Params, t.Sym)
			wantName = false
		case t.Sym == symEllipsis:
			if wantName {
				d.m.Params = append(d.m.Params, symVaArgs)
			}
			d.m.Variadic, wantName = true, false
		case t.Sym == symComma && !wantName:
			wantName = true
		default:
			return "unexpected " + d.l.s.Spelling(t.Sym) + " in a macro parameter list"
		}
		if len(d.m.Params) > maxParams {
			return "too many macro parameters"
		}
	}
	return "missing ')' in a macro parameter list"
}

// param returns the index of a parameter, -1 if there is none of that name.
func (d *definer) param(sym Sym) int {
	const few = 16
	if len(d.m.Params) > few {
		if d.index == nil {
			d.index = map[Sym]int{}
		}
		for i := len(d.index); i < len(d.m.Params); i++ {
			d.index[d.m.Params[i]] = i
		}
		if i, ok := d.index[sym]; ok {
			return i
		}
		return -1
	}
	for i, p := range d.m.Params {
		if p == sym {
			return i
		}
	}
	return -1
}

// compile turns the body into ops. A body that needs no substitution has none.
func (d *definer) compile() string {
	for len(d.rest) > 0 {
		if msg := d.step(); msg != "" {
			return msg
		}
	}
	if d.vaIn {
		return "unterminated __VA_OPT__"
	}
	if d.prev >= 0 && d.ops[d.prev].left {
		return pasteAtEdge
	}
	if len(d.ops) == 1 && d.ops[0].kind == opText || len(d.ops) == 0 {
		return ""
	}
	d.m.ops = d.ops
	for _, o := range d.ops {
		d.m.paste = d.m.paste || o.left
		d.m.vaOpt = d.m.vaOpt || o.kind == opVaOpt
	}
	return ""
}

const pasteAtEdge = "'##' cannot appear at either end of a macro expansion"

// step reads one body token, or an operator with its operand.
func (d *definer) step() string {
	t := d.rest[0]
	o := op{param: -1, first: len(d.ops) == 0, white: t.Flags&SpaceBefore != 0}
	if d.prev >= 0 {
		o.right = d.ops[d.prev].left
	}
	switch {
	case isPaste(t):
		return d.pasteOp()
	case isHash(t) && d.m.FuncLike:
		return d.stringOp(o)
	case t.Kind == Ident && t.Sym == symVaOpt && d.m.Variadic:
		return d.vaOpt(o)
	case t.Kind == Ident && d.m.FuncLike && d.param(t.Sym) >= 0:
		o.kind, o.param = opArg, int16(d.param(t.Sym))
		if o.right {
			o.kind = opRaw
		}
		d.take(1)
		d.add(o)
	default:
		d.text(o)
	}
	return ""
}

func isPaste(t Token) bool {
	return t.Kind == Punct && (t.Sym == symHashHash || t.Sym == symDigHashHash)
}

func isHash(t Token) bool { return t.Kind == Punct && (t.Sym == symHash || t.Sym == symDigHash) }

func (d *definer) take(n int) {
	d.rest = d.rest[n:]
	d.pos += int32(n)
}

func (d *definer) add(o op) {
	d.prev = len(d.ops)
	d.ops = append(d.ops, o)
}

// text appends one literal token, to the last op if that is literal too.
func (d *definer) text(o op) {
	if n := len(d.ops) - 1; n >= 0 && d.ops[n].kind == opText && !d.ops[n].left && d.ops[n].b == d.pos {
		d.ops[n].b++
	} else {
		o.kind, o.a, o.b = opText, d.pos, d.pos+1
		d.add(o)
	}
	d.take(1)
}

// pasteOp reads a ## (or several, which count as one).
func (d *definer) pasteOp() string {
	n := d.prev
	if n < 0 {
		return pasteAtEdge
	}
	for len(d.rest) > 0 && isPaste(d.rest[0]) {
		d.take(1)
	}
	if o := &d.ops[n]; o.kind == opText && o.b-o.a > 1 { // only the last token is an operand
		o.b--
		d.add(op{kind: opText, param: -1, left: true, a: o.b, b: o.b + 1})
		return ""
	}
	d.ops[n].left = true
	if d.ops[n].kind == opArg {
		d.ops[n].kind = opRaw
	}
	return ""
}

// stringOp reads # and its parameter.
func (d *definer) stringOp(o op) string {
	if len(d.rest) > 1 && d.rest[1].Kind == Ident {
		next := d.rest[1].Sym
		if i := d.param(next); i >= 0 {
			o.kind, o.param = opStr, int16(i)
			d.take(2)
			d.add(o)
			return ""
		}
		if next == symVaOpt && d.m.Variadic {
			o.str = true
			d.take(1)
			return d.vaOpt(o)
		}
	}
	if d.l.mode != modeAsm {
		return "'#' is not followed by a macro parameter"
	}
	d.text(o)
	return ""
}

// vaOpt reads __VA_OPT__ ( ... ).
func (d *definer) vaOpt(o op) string {
	if d.vaIn {
		return "__VA_OPT__ may not appear in a __VA_OPT__"
	}
	if len(d.rest) < 2 || d.rest[1].Sym != symLParen {
		return "__VA_OPT__ must be followed by an open parenthesis"
	}
	d.take(2)
	d.vaIn = true
	o.kind, o.param = opVaOpt, int16(len(d.m.Params)-1)
	at := len(d.ops)
	d.add(o)
	for depth := 0; len(d.rest) > 0; {
		switch t := d.rest[0]; {
		case t.Sym == symLParen && t.Kind == Punct:
			depth++
		case t.Sym == symRParen && t.Kind == Punct:
			if depth--; depth < 0 {
				return d.endVaOpt(at)
			}
		case isPaste(t) && len(d.ops) == at+1:
			return "'##' cannot appear at either end of __VA_OPT__"
		}
		if msg := d.step(); msg != "" {
			return msg
		}
	}
	return ""
}

func (d *definer) endVaOpt(at int) string {
	n := len(d.ops)
	if d.ops[n-1].left && n > at+1 {
		return "'##' cannot appear at either end of __VA_OPT__"
	}
	d.take(1)
	d.vaIn = false
	d.ops[at].b = int32(n)
	d.prev = at
	return ""
}
