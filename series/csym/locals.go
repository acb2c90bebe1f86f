package csym

import "strings"

// uses records every identifier by line, and the balance of brackets.
func (c *cscan) uses() {
	c.s.Open = make([]Balance, len(c.s.Uses))
	local := c.locals()
	for k, t := range c.toks {
		switch {
		case t.kind == 'h':
			c.s.Uses[t.line] = append(c.s.Uses[t.line], Use{Name: t.text, File: true})
		case t.kind == 'i' && !keywords[t.text]:
			u := Use{Name: t.text}
			u.Member = k > 0 && (c.toks[k-1].text == "." || c.toks[k-1].text == "->") && c.toks[k-1].kind == 'p'
			u.Call = k+1 < len(c.toks) && c.toks[k+1].text == "(" && c.toks[k+1].kind == 'p'
			u.Tag = k > 0 && (c.toks[k-1].text == "struct" || c.toks[k-1].text == "union") && c.isPunct(k+1, ";") &&
				(k == 1 || c.isPunct(k-2, ";") || c.isPunct(k-2, "}") || c.toks[k-2].kind == 'e')
			if u.Decl = local[k]; u.Decl {
				u.Type = c.declType(k)
			}
			c.s.Uses[t.line] = append(c.s.Uses[t.line], u)
		case t.text == "do" && t.kind == 'i':
			c.s.Open[t.line].Do++
		case t.text == "while" && k > 0 && c.toks[k-1].text == "}" && c.toks[k-1].line == t.line:
			c.s.Open[t.line].Do--
		default:
			c.s.Open[t.line] = c.s.Open[t.line].Add(balanceOf(t))
		}
	}
}

func balanceOf(t token) Balance {
	switch t.text {
	case "{":
		return Balance{Brace: 1}
	case "}":
		return Balance{Brace: -1}
	case "(":
		return Balance{Paren: 1}
	case ")":
		return Balance{Paren: -1}
	case "if", "ifdef", "ifndef":
		if t.kind == '#' {
			return Balance{If: 1}
		}
	case "else", "elif":
		if t.kind == '#' {
			return Balance{Else: 1}
		}
	case "endif":
		if t.kind == '#' {
			return Balance{If: -1}
		}
	}
	return Balance{}
}

// locals marks the tokens that declare something in a function: names after a type at the start of a statement,
// parameters, and labels.
func (c *cscan) locals() map[int]bool {
	out := map[int]bool{}
	names, start, depth := 0, true, 0
	for k := 0; k < len(c.toks); k++ {
		t := c.toks[k]
		switch {
		case t.kind == '#':
			k = c.pastDirective(k, len(c.toks))
		case t.kind == 'i' && start:
			if names++; notAType[t.text] {
				start = false
			}
			if next := c.peek(k); names > 1 && strings.Contains(";=,[", next) && next != "" || names == 1 && next == ":" {
				out[k] = true
			}
		case t.text == "*" && t.kind == 'p' && start:
		case t.text == "(" && t.kind == 'p':
			depth++
			start = false
		case t.text == ")" && t.kind == 'p':
			depth--
			c.markParameter(out, k)
		case t.text == "," && depth > 0:
			c.markParameter(out, k)
		case t.kind == 'p' && (t.text == ";" || t.text == "{" || t.text == "}"):
			names, start, depth = 0, true, 0
		case t.kind == 'p' && (t.text == "=" || t.text == "," || t.text == "["):
			start = t.text == "," && names > 1
		default:
			start = false
		}
	}
	return out
}

// notAType lists what may start a statement without declaring.
var notAType = wordSet("return goto case else do break continue if for while switch sizeof")

func (c *cscan) peek(k int) string {
	if k+1 < len(c.toks) && c.toks[k+1].kind == 'p' {
		return c.toks[k+1].text
	}
	return ""
}

// markParameter marks the name before k as declared when a type stands before it: "struct domain *d)".
func (c *cscan) markParameter(out map[int]bool, k int) {
	if k < 3 || c.toks[k-1].kind != 'i' {
		return
	}
	n := k - 2
	for n > 0 && c.toks[n].text == "*" {
		n--
	}
	if t := c.toks[n]; n == k-2 && (t.text == "struct" || t.text == "union" || t.text == "enum") {
		return // a tag: sizeof(struct domain)
	}
	if t := c.toks[n]; t.kind == 'i' && !notAType[t.text] && (n == k-2 || keywords[t.text] || n > 0 && (keywords[c.toks[n-1].text] || c.toks[n-1].text == "," || c.toks[n-1].text == "(")) {
		out[k-1] = true
	}
}

// declType returns the tokens before the declared name k, back to where its declaration begins.
func (c *cscan) declType(k int) string {
	from := k
	for from > 0 && k-from < 16 {
		if t := c.toks[from-1]; t.kind == 'e' || t.kind == '#' || t.kind == 'p' && t.text != "*" {
			break
		}
		from--
	}
	return c.join(from, k)
}
