package cfront

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/tolerant"
)

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
