package importer

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
)

var (
	assertRx  = regexp.MustCompile(`XSM_ASSERT_ACTION\((\w+)\)`)
	defaultRx = regexp.MustCompile(`xsm_default_action\(\s*(\w+),\s*([\w>-]+),\s*([\w>-]+)\s*\)`)
	verboseRx = regexp.MustCompile(`(?s)#ifdef CONFIG_VERBOSE_DEBUG.*?#endif`)
)

// defaults fills in action, parties and rules from a dummy function. Its
// parameters' names win over the ops structure's, for its rules speak of them.
func defaults(h *catalog.Hook, f function) error {
	body := f.body
	if err := rename(h, f.params); err != nil {
		return err
	}
	h.Action = catalog.None
	if m := assertRx.FindStringSubmatch(body); m != nil {
		h.Action = catalog.Action(m[1])
	}
	m := defaultRx.FindStringSubmatch(body)
	if m == nil {
		return nil
	}
	h.Subject, h.Object = party(m[2]), party(m[3])
	if h.Action != catalog.XSMOther {
		return nil
	}
	p := &stmts{toks: tokens(verboseRx.ReplaceAllString(body, ""))}
	p.parse(nil)
	h.Rules = p.rules
	return p.err
}

// party turns an argument of the default check into a parameter's name.
func party(arg string) string {
	switch arg {
	case "current->domain":
		return "current"
	case "NULL":
		return ""
	}
	return arg
}

var tokenRx = regexp.MustCompile(`->|==|&&|\w+|[^\s\w]`)

func tokens(s string) []string { return tokenRx.FindAllString(s, -1) }

// stmts reads the few statement forms dummy functions are made of: a switch over
// a parameter, if ( A == B ) or if ( d->flag ) before a return, and returns.
type stmts struct {
	toks  []string
	pos   int
	rules []catalog.Rule
	err   error
}

func (p *stmts) next() string {
	if p.pos >= len(p.toks) {
		return ""
	}
	p.pos++
	return p.toks[p.pos-1]
}

// until returns the tokens before the first one that closes, and skips it.
func (p *stmts) until(closing string) []string {
	start := p.pos
	for p.pos < len(p.toks) && p.toks[p.pos] != closing {
		p.pos++
	}
	p.pos++
	return p.toks[start:min(p.pos-1, len(p.toks))]
}

// parse reads statements to the end of a block; when holds the conditions around it.
func (p *stmts) parse(when []catalog.Cond) {
	for p.err == nil {
		switch t := p.next(); t {
		case "", "}":
			return
		case "switch":
			p.next()
			param := strings.Join(p.until(")"), "")
			p.next()
			p.cases(when, param)
		case "if":
			p.next()
			p.result(append(when[:len(when):len(when)], conditions(p.until(")"))...))
		case "return":
			p.pos--
			p.result(when)
		default:
			p.until(";")
		}
	}
}

// cases reads the body of a switch over param.
func (p *stmts) cases(when []catalog.Cond, param string) {
	var labels []string
	for p.err == nil {
		switch t := p.next(); t {
		case "", "}":
			return
		case "case":
			labels = append(labels, p.until(":")...)
		case "default":
			p.next()
			labels = nil
		case "if":
			p.next()
			p.result(join(when, param, labels, conditions(p.until(")"))...))
		case "return":
			p.pos--
			p.result(join(when, param, labels))
			labels = nil
		default:
			p.until(";")
		}
	}
}

func join(when []catalog.Cond, param string, labels []string, more ...catalog.Cond) []catalog.Cond {
	out := when[:len(when):len(when)]
	if labels != nil {
		out = append(out, catalog.Cond{Param: param, In: append([]string(nil), labels...)})
	}
	return append(out, more...)
}

// conditions reads "CONST == param", "param == CONST" or "param->flag", and several of them joined by &&.
func conditions(toks []string) (out []catalog.Cond) {
	from := 0
	for i := 0; i <= len(toks); i++ {
		if i == len(toks) || toks[i] == "&&" {
			out = append(out, condition(toks[from:i]))
			from = i + 1
		}
	}
	return out
}

var constRx = regexp.MustCompile(`^[A-Z0-9]\w*$`)

func condition(toks []string) catalog.Cond {
	if len(toks) == 3 && toks[1] == "==" {
		if constRx.MatchString(toks[2]) {
			return catalog.Cond{Param: toks[0], In: []string{toks[2]}}
		}
		return catalog.Cond{Param: toks[2], In: []string{toks[0]}}
	}
	return catalog.Cond{Param: strings.ReplaceAll(strings.Join(toks, ""), "->", "."), In: []string{"true"}}
}

// result reads a return statement and records what it decides.
func (p *stmts) result(when []catalog.Cond) {
	if t := p.next(); t != "return" {
		p.err = fmt.Errorf("cannot read the default action near %q", t)
		return
	}
	expr := p.until(";")
	rule := catalog.Rule{When: when}
	switch {
	case len(expr) > 2 && expr[0] == "xsm_default_action":
		rule.Action = catalog.Action(expr[2])
	case len(expr) == 1 && expr[0] == "0":
		rule.Action = catalog.XSMHook
	default:
		rule.Action = catalog.Deny
	}
	p.rules = append(p.rules, rule)
}

// rename gives h's parameters the names of a dummy function's parameter list. A list of another length leaves them.
func rename(h *catalog.Hook, params string) error {
	params = strings.TrimPrefix(strings.TrimSpace(params), "XSM_DEFAULT_ARG")
	if strings.TrimSpace(params) == "XSM_DEFAULT_VOID" {
		params = ""
	}
	list := splitParams(params)
	if len(list) != len(h.Params) {
		return nil
	}
	for i, decl := range list {
		p, err := catalog.ParseParam(decl)
		if err != nil {
			return err
		}
		h.Params[i].Name = p.Name
	}
	return nil
}
