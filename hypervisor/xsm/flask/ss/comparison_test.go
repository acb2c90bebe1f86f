package ss

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// newServer returns an enforcing server with a policy.
func newServer(t testing.TB, bin []byte, rules Rules) *Server {
	t.Helper()
	defs, err := policytest.Definitions(bin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Definitions: defs, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(bin); err != nil {
		t.Fatal(err)
	}
	return s
}

func compileConf(t testing.TB, conf string, version int, mls bool) []byte {
	t.Helper()
	bin, err := policytest.Compile(t.TempDir(), conf, version, mls)
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// comparison puts the same questions to a server and to an oracle.
type comparison struct {
	t       *testing.T
	s       *Server
	o       *policytest.Oracle
	sids    []policydb.SID // by the oracle's index
	queries int
	errors  int
}

func (c *comparison) differ(format string, args ...any) {
	c.t.Helper()
	if c.errors++; c.errors <= 10 {
		c.t.Errorf(format, args...)
	}
}

// define gives the oracle contexts and checks that both accept the same ones.
func (c *comparison) define(contexts []string) {
	c.t.Helper()
	var questions []string
	for _, ctx := range contexts {
		questions = append(questions, "def "+ctx)
	}
	c.queries += len(questions)
	c.o.Ask(c.t, questions, func(i int, answer string) {
		sid, err := c.s.ContextToSID(contexts[i])
		if (err != nil) != (answer == "-1") {
			c.differ("context %q: the oracle says %s, we say %v", contexts[i], answer, err)
		}
		if err == nil && answer != "-1" {
			c.sids = append(c.sids, sid)
		}
	})
}

// contextStrings compares how contexts are parsed and printed.
func (c *comparison) contextStrings(contexts []string) {
	c.t.Helper()
	var questions []string
	for _, ctx := range contexts {
		questions = append(questions, "ctx "+ctx)
	}
	c.queries += len(questions)
	c.o.Ask(c.t, questions, func(i int, answer string) {
		got := "-"
		if sid, err := c.s.ContextToSID(contexts[i]); err == nil {
			got, _ = c.s.SIDToContext(sid)
		}
		if got != answer {
			c.differ("context %q: the oracle prints %s, we print %s", contexts[i], answer, got)
		}
	})
}

// triple is a question about two defined contexts and a class.
type triple struct {
	i, j  int
	class int
	kind  byte // 'a' access vector, 't' transition, 'm' member, 'c' change, 'v' validatetrans
}

func (c *comparison) triples(list []triple) {
	c.t.Helper()
	questions := make([]string, len(list))
	for n, q := range list {
		switch q.kind {
		case 'a':
			questions[n] = fmt.Sprintf("av %d %d %d", q.i, q.j, q.class)
		case 'v':
			questions[n] = fmt.Sprintf("vt %d %d %d %d", q.i, q.j, (q.i+q.j)%len(c.sids), q.class)
		default:
			questions[n] = fmt.Sprintf("sid %c %d %d %d", q.kind, q.i, q.j, q.class)
		}
	}
	c.queries += len(list)
	c.o.Ask(c.t, questions, func(n int, answer string) {
		if got := c.answer(list[n]); got != answer {
			a, _ := c.s.SIDToContext(c.sids[list[n].i])
			b, _ := c.s.SIDToContext(c.sids[list[n].j])
			c.differ("%c %s %s %s: the oracle says %s, we say %s", list[n].kind, a, b,
				c.s.Policy().Classes[list[n].class-1].Name, answer, got)
		}
	})
}

func (c *comparison) answer(q triple) string {
	s, t, class := c.sids[q.i], c.sids[q.j], policydb.Class(q.class)
	if q.kind == 'a' {
		d, err := c.s.ComputeAV(s, t, class)
		if err != nil {
			return "-"
		}
		return fmt.Sprintf("%x %x %x", d.Allowed, d.AuditAllow, d.AuditDeny)
	}
	if q.kind == 'v' {
		return number(c.s.ValidateTransition(s, t, c.sids[(q.i+q.j)%len(c.sids)], class))
	}
	kind := map[byte]policydb.RuleKind{'t': policydb.RuleTransition, 'm': policydb.RuleMember, 'c': policydb.RuleChange}[q.kind]
	sid, err := c.s.computeSID(s, t, class, kind)
	if err != nil {
		return "-"
	}
	ctx, _ := c.s.SIDToContext(sid)
	return ctx
}

// number writes an error as a hypercall returns it.
func number(err error) string {
	var e abi.Errno
	if errors.As(err, &e) {
		return fmt.Sprint(-int(e))
	}
	return "0"
}

// all returns every question over the defined contexts.
func (c *comparison) all() []triple {
	var out []triple
	for i := range c.sids {
		for j := range c.sids {
			for class := 1; class <= len(c.s.Policy().Classes); class++ {
				for _, kind := range []byte("atmcv") {
					out = append(out, triple{i, j, class, kind})
				}
			}
		}
	}
	return out
}

// random returns n questions, two of three about access vectors.
func (c *comparison) random(rng *rand.Rand, n int) []triple {
	out := make([]triple, n)
	for k := range out {
		out[k] = triple{rng.IntN(len(c.sids)), rng.IntN(len(c.sids)), 1 + rng.IntN(len(c.s.Policy().Classes)), "aaaaaaaatmcv"[rng.IntN(12)]}
	}
	return out
}

// toggle flips a boolean on both sides.
func (c *comparison) toggle(i int) {
	c.t.Helper()
	bools := c.s.Bools()
	values := make([]bool, len(bools))
	for k, b := range bools {
		values[k] = b.State != (k == i)
	}
	if err := c.s.SetBools(values); err != nil {
		c.t.Fatal(err)
	}
	if answer := c.o.One(c.t, fmt.Sprintf("bool %s %d", bools[i].Name, bit(values[i]))); answer != "ok" {
		c.t.Fatalf("the oracle does not set %s", bools[i].Name)
	}
}

// present returns the context that a SID has now, "-" if it has none.
func (c *comparison) present(sid policydb.SID) string {
	ctx, err := c.s.SIDToContext(sid)
	if err != nil {
		return "-"
	}
	return ctx
}

// initialSIDs compares the contexts of the initial SIDs.
func (c *comparison) initialSIDs() {
	for _, i := range c.s.Policy().InitialSIDs {
		want := c.o.One(c.t, fmt.Sprintf("isid %d", i.SID))
		if got := c.present(i.SID); got != want {
			c.differ("initial SID %d: the oracle says %s, we say %s", i.SID, want, got)
		}
		c.queries++
	}
}

// objects compares the labelled objects that the two sides have read.
func (c *comparison) objects() {
	c.t.Helper()
	for _, ob := range c.o.Objects(c.t) {
		for _, n := range []uint64{ob.Low, ob.High, ob.Low + (ob.High-ob.Low)/2} {
			sid, err := c.objectSID(ob, n)
			got, _ := c.s.SIDToContext(sid)
			if c.queries++; err != nil || got != ob.Context {
				c.differ("object %v at %#x: we say %s (%v)", ob, n, got, err)
			}
		}
	}
}

func (c *comparison) objectSID(ob policytest.Object, n uint64) (policydb.SID, error) {
	switch ObjectKind(ob.Kind) {
	case ObjectPIRQ:
		return c.s.IRQSID(uint32(n))
	case ObjectIOPort:
		return c.s.IOPortSID(uint32(n))
	case ObjectIOMem:
		return c.s.IOMemSID(n)
	case ObjectDevice:
		return c.s.DeviceSID(uint32(n))
	}
	return c.s.DeviceTreeSID(ob.Path)
}

// contexts returns the strings of all valid user, role, type combinations; with
// MLS each comes with a few ranges, valid and not.
func contexts(p *policydb.Policy, rng *rand.Rand) []string {
	var out []string
	for _, u := range p.Users {
		for _, r := range p.Roles {
			for _, t := range p.Types {
				if u == nil || r == nil || t == nil || t.Attribute {
					continue
				}
				s := u.Name + ":" + r.Name + ":" + t.Name
				if !p.MLS {
					c := policydb.Context{User: u.Value, Role: r.Value, Type: t.Value}
					if p.ContextValid(&c) {
						out = append(out, s)
					}
					continue
				}
				out = append(out, s+":"+randomRange(p, rng), s+":"+randomRange(p, rng))
			}
		}
	}
	return out
}

func randomRange(p *policydb.Policy, rng *rand.Rand) string {
	low := randomLevel(p, rng)
	if rng.IntN(3) == 0 {
		return low
	}
	return low + "-" + randomLevel(p, rng)
}

func randomLevel(p *policydb.Policy, rng *rand.Rand) string {
	// An alias takes a number but no place in the tables.
	levels := slices.DeleteFunc(slices.Clone(p.Levels), func(l *policydb.Sensitivity) bool { return l == nil })
	cats := slices.DeleteFunc(slices.Clone(p.Cats), func(c *policydb.Category) bool { return c == nil })
	s := levels[rng.IntN(len(levels))].Name
	for i, n := 0, rng.IntN(3); i < n && len(cats) > 0; i++ {
		s += string(":,"[min(i, 1)])
		lo := rng.IntN(len(cats))
		s += cats[lo].Name
		if hi := lo + rng.IntN(4); hi > lo && hi < len(cats) {
			s += "." + cats[hi].Name
		}
	}
	return s
}
