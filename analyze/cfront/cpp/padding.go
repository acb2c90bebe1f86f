package cpp

// padding stands for the padding tokens that GCC puts into its token stream where a macro begins and ends, to decide
// whether # writes a space there. A consumer is in one of three states: it has met no padding since the last token
// (neutral), or padding that decided for a space (white) or against one for now (tight). A token met in the neutral
// state uses its own SpaceBefore. White is final; in tight, the end of a macro leads back to neutral.
//
// A padding value is the effect of some such tokens: the states to which they lead from neutral (low two bits) and
// from tight (next two). A token carries the padding that comes before it in its flags.
type padding uint8

const (
	neutral = 0
	white   = 1
	tight   = 2

	noPadding padding = neutral | tight<<2
	endOnly   padding = neutral | neutral<<2
	whiteOnly padding = white | white<<2

	// fixed marks padding that replaces the padding of the token after it, instead of adding to it.
	fixed padding = 1 << 4
)

// begin adds the padding of a macro's, or a parameter's, start; space is whether white space precedes its name.
func (p padding) begin(space bool) padding {
	to := padding(tight)
	if space {
		to = white
	}
	lo, hi := p&3, p>>2&3
	if lo == neutral {
		lo = to
	}
	if hi == neutral {
		hi = to
	}
	return lo | hi<<2
}

// end adds the padding of a macro's, or an argument's, end.
func (p padding) end() padding {
	lo, hi := p&3, p>>2&3
	if lo == tight {
		lo = neutral
	}
	if hi == tight {
		hi = neutral
	}
	return lo | hi<<2
}

// then returns the effect of p followed by q.
func (p padding) then(q padding) padding {
	if p&fixed != 0 {
		return p &^ fixed
	}
	return q.from(p&3) | q.from(p>>2)<<2
}

// from returns the state to which p leads from a state.
func (p padding) from(state padding) padding {
	switch state {
	case neutral:
		return p & 3
	case tight:
		return p >> 2
	}
	return white
}

// peeked is the effect of p after a search for an opening parenthesis has passed it in vain: GCC then keeps one
// padding token in its place and ends it as if it were a macro.
func (p padding) peeked() padding {
	switch {
	case p == noPadding:
		return p
	case p&3 == white:
		return whiteOnly
	}
	return endOnly
}

// pad returns the padding before a token.
func (f Flags) pad() padding { return padding(f>>padShift) ^ noPadding }

// withPad returns f with the padding before the token replaced.
func (f Flags) withPad(p padding) Flags { return f&^padFlags | Flags(p^noPadding)<<padShift }

// after returns f with padding put before that which is there.
func (f Flags) after(p padding) Flags { return f.withPad(p.then(f.pad())) }

// spaced reports whether # would write a space before the token.
func (f Flags) spaced() bool {
	switch f.pad() & 3 {
	case white:
		return true
	case tight:
		return false
	}
	return f&SpaceBefore != 0
}

// enterPadding is the padding where a macro name with flags f has been replaced.
func enterPadding(f Flags) padding { return f.pad().begin(f&SpaceBefore != 0) }
