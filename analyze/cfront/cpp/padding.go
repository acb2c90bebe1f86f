package cpp

// padding stands for the padding tokens that GCC puts into its token stream where a macro begins and ends, to decide
// whether # writes a space there. A consumer is in one of three states: it has met no padding since the last token
// (neutral), or padding that decided for a space (white) or against one for now (tight). A token met in the neutral
// state uses its own SpaceBefore. White is final; in tight, the end of a macro leads back to neutral.
//
// A padding value is the effect of some such tokens, as the states to which they lead from neutral (low two bits) and
// from tight (next two). Folding it into the token that follows sets SpaceBefore to what a consumer decides if it was
// neutral before, and spaceNW to what it decides if it was tight, so that the padding itself need not be kept.
type padding uint8

const (
	neutral = 0
	white   = 1
	tight   = 2

	noPadding padding = neutral | tight<<2
)

// begin adds the padding of a macro's, or a parameter's, start; space is whether white space precedes its name.
func (p padding) begin(space bool) padding {
	to := padding(tight)
	if space {
		to = white
	}
	lo, hi := p&3, p>>2
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
	lo, hi := p&3, p>>2
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

// fold returns a token's flags with the padding before it folded in.
func (p padding) fold(f Flags) Flags {
	out := f &^ (SpaceBefore | spaceNW)
	if decide(p&3, f) {
		out |= SpaceBefore
	}
	if decide(p>>2, f) {
		out |= spaceNW
	}
	return out
}

func decide(state padding, f Flags) bool {
	return state == white || state == neutral && f&SpaceBefore != 0 || state == tight && f&spaceNW != 0
}

// enterPadding is the padding where a macro name with folded flags f has been replaced.
func enterPadding(f Flags) padding {
	lo, hi := padding(tight), padding(tight)
	if f&SpaceBefore != 0 {
		lo = white
	}
	if f&spaceNW != 0 {
		hi = white
	}
	return lo | hi<<2
}
