package cfront

import (
	"context"
	"fmt"
	"sort"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/tolerant"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// byTolerant ends the reason of what the strict parser could not read and the tolerant one did.
const byTolerant = "; read by the tolerant parser"

// ReadAfter reads a unit that another reader could not preprocess because of cause. The session of r should be a tolerant one
// ([cpp.Options].Tolerant), which goes on behind missing headers and #error; what that loses is stated in Result.Unit.Degraded.
func (r *Reader) ReadAfter(ctx context.Context, u *cpp.Unit, cause error) (*Result, error) {
	pre, err := r.ses.Preprocess(ctx, u)
	if err != nil {
		return nil, err
	}
	w := r.pool.Get().(*worker)
	defer r.pool.Put(w)
	t := &unit{r: r, w: w, u: u, pre: pre, cause: cause}
	return t.read()
}

// lossy records the cause for which the unit had to be preprocessed tolerantly.
func (t *unit) lossy() {
	d := ir.Degraded{File: t.u.Main, Line: 1, Reason: "preprocessed with errors: " + t.cause.Error()}
	n := 0
	for i, g := range t.pre.Diags {
		if g.Severity != cpp.SevError {
			continue
		}
		if n == 0 {
			f := t.pre.Diags[i]
			d.File = t.r.ses.FileName(f.File)
			d.Line, _ = t.r.ses.Position(f.File, f.Off)
			d.Reason = f.Msg + " (in unit " + t.u.Main + "; preprocessed without"
		}
		n++
	}
	if n > 0 {
		if n > 1 {
			d.Reason += fmt.Sprintf(", like %d more", n-1)
		}
		d.Reason += ")"
	}
	t.out.Unit.Degraded = append(t.out.Unit.Degraded, d)
}

// tolerant makes the tolerant parser of the unit, which knows what the unit's declarations declare.
func (t *unit) tolerant() *tolerant.Parser {
	p := tolerant.New(t.pre.Tokens, t.r.ses.Spelling, t.emit.isType)
	for i := range t.chunks {
		c := &t.chunks[i]
		switch {
		case !c.keep:
		case c.body >= 0:
			p.Declare(c.first, c.body-1)
		default:
			p.Declare(c.first, c.last)
		}
	}
	return p
}

// fallBack reads what the strict parser left out, and after err everything, with the tolerant parser.
func (t *unit) fallBack(err error) {
	if err == nil {
		t.undelivered()
		if len(t.failed) == 0 {
			return
		}
	}
	p := t.tolerant()
	if err != nil {
		t.out.Tier = ir.Tolerant
		t.out.Unit.Degraded = append(t.out.Unit.Degraded, ir.Degraded{File: t.u.Main, Line: 1, Reason: err.Error() + byTolerant})
		for i := range t.chunks {
			if t.chunks[i].keep {
				t.tolerate(p, int32(i))
			}
		}
	} else {
		var list []int32
		for i := range t.failed {
			list = append(list, i)
		}
		sort.Slice(list, func(a, b int) bool { return list[a] < list[b] })
		for _, i := range list {
			t.out.Unit.Degraded[t.failed[i]].Reason += t.tolerate(p, i)
		}
	}
	for i, k := range t.keys {
		if t.mine[i] && !t.done[i] {
			t.out.Lost[k] = true
		}
	}
}

// undelivered degrades the functions that no parser has complained about and that are missing all the same.
func (t *unit) undelivered() {
	for i := range t.chunks {
		c, n := &t.chunks[i], int32(i)
		if _, inHeader := t.keys[n]; c.keep && c.body >= 0 && !t.done[n] && (!inHeader || t.mine[n]) {
			t.degrade(n, "not delivered by the strict parser", c.first)
		}
	}
}

// tolerate reads chunk i with the tolerant parser if it is a function or a variable that this unit has to deliver, and returns
// what to say about that.
func (t *unit) tolerate(p *tolerant.Parser, i int32) string {
	c := &t.chunks[i]
	_, inHeader := t.keys[i]
	switch {
	case c.body >= 0 && (t.done[i] || inHeader && !t.mine[i]):
		return ""
	case c.body >= 0:
		before := p.Bad()
		t.guard(c.first, func() { t.lower(i, p.Func(c.first, c.body, c.last)) })
		if !t.done[i] {
			return ""
		}
		t.out.Tolerant++
		if n := p.Bad() - before; n > 0 {
			return fmt.Sprintf("%s, %d pieces not understood", byTolerant, n)
		}
		return byTolerant
	case isHeader(t.r.ses.FileName(c.file)) || c.typedef:
		return ""
	}
	n := 0
	t.guard(c.first, func() {
		for _, g := range p.Globals(c.first, c.last) {
			t.lowered.Global(g)
			n++
		}
	})
	if n == 0 {
		return ""
	}
	return byTolerant
}
