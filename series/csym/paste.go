package csym

// paste is a name that a macro makes of an argument: before##argument##after.
type paste struct {
	param         int
	before, after string
	member        bool // after . or ->
}

// pastes adds the names that macros defined in the same file make of their arguments to the uses of the lines that these stand on. Of several
// definitions of one macro the last one before counts.
func (c *cscan) pastes() {
	of := map[string][]paste{}
	for k := 0; k < len(c.toks); k++ {
		t := c.toks[k]
		switch {
		case t.kind == '#' && (t.text == "define" || t.text == "undef"):
			end := c.pastDirective(k, len(c.toks))
			if k+1 < end {
				of[c.toks[k+1].text] = c.pastesIn(k+2, end)
			}
			k = end
		case t.kind == 'i' && len(of[t.text]) > 0 && c.isPunct(k+1, "("):
			args := c.arguments(k + 1)
			for _, p := range of[t.text] {
				if p.param < len(args) && len(args[p.param]) == 1 {
					if a := c.toks[args[p.param][0]]; a.kind == 'i' || a.kind == 'l' && a.text != `"` {
						c.s.Uses[a.line] = append(c.s.Uses[a.line], Use{Name: p.before + a.text + p.after, Member: p.member})
					}
				}
			}
		}
	}
}

// pastesIn reads a macro's parameters and its body, in tokens [from,end).
func (c *cscan) pastesIn(from, end int) (out []paste) {
	if !c.isPunct(from, "(") {
		return nil
	}
	params := map[string]int{}
	body := from
	for ; body < end && c.toks[body].text != ")"; body++ {
		if c.toks[body].kind == 'i' {
			params[c.toks[body].text] = len(params)
		}
	}
	for k := body + 1; k < end; k++ {
		p, last := c.chain(k, end, params)
		if last > k && p.param >= 0 {
			out = append(out, p)
		}
		k = last
	}
	return out
}

// chain reads what ## joins from token k on, and returns its last token. The paste has no parameter if it is of two, or of what is no word.
func (c *cscan) chain(k, end int, params map[string]int) (p paste, last int) {
	p = paste{param: -1, member: c.isPunct(k-1, ".") || c.isPunct(k-1, "->")}
	words := true
	for {
		t := c.toks[k]
		i, is := params[t.text]
		switch is = is && t.kind == 'i'; {
		case t.kind != 'i' && t.kind != 'l' || is && p.param >= 0:
			words = false
		case is:
			p.param = i
		case p.param < 0:
			p.before += t.text
		default:
			p.after += t.text
		}
		if k+3 >= end || !c.isPunct(k+1, "#") || !c.isPunct(k+2, "#") {
			break
		}
		k += 3
	}
	if !words {
		p.param = -1
	}
	return p, k
}

func (c *cscan) isPunct(k int, text string) bool {
	return k >= 0 && k < len(c.toks) && c.toks[k].kind == 'p' && c.toks[k].text == text
}

// arguments lists the tokens of each argument of the call whose "(" is at k.
func (c *cscan) arguments(k int) (out [][]int) {
	depth := 0
	for end := c.match(k, "(", ")"); k < end; k++ {
		switch {
		case c.isPunct(k, "(") || c.isPunct(k, "[") || c.isPunct(k, "{"):
			if depth++; depth == 1 {
				out = append(out, nil)
				continue
			}
		case c.isPunct(k, ")") || c.isPunct(k, "]") || c.isPunct(k, "}"):
			depth--
		case c.isPunct(k, ",") && depth == 1:
			out = append(out, nil)
			continue
		}
		if depth > 0 {
			out[len(out)-1] = append(out[len(out)-1], k)
		}
	}
	return out
}
