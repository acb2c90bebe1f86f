package ss

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// agree checks a policy against libsepol: all or so many random questions,
// with each boolean flipped in turn.
func agree(t *testing.T, bin []byte, rules Rules, rng *rand.Rand, perState int) int {
	t.Helper()
	c := &comparison{t: t, s: newServer(t, bin, rules), o: policytest.NewOracle(t, bin)}
	return c.run(rng, perState)
}

// run puts all questions, or so many random ones for each state of the booleans,
// and returns their number.
func (c *comparison) run(rng *rand.Rand, perState int) int {
	t := c.t
	t.Helper()
	c.initialSIDs()
	c.objects()
	list := contexts(c.s.Policy(), rng)
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if len(list) > 400 {
		list = list[:400]
	}
	c.define(list)
	c.contextStrings(list)
	for b := range 1 + len(c.s.Bools()) {
		if b > 0 {
			c.toggle(b - 1)
		}
		questions := c.random(rng, max(perState, 1))
		if perState == 0 {
			questions = c.all()
		}
		c.triples(questions)
	}
	if c.errors > 0 {
		t.Errorf("%d differences in %d queries", c.errors, c.queries)
	}
	return c.queries
}

func TestSmallPolicyAgainstLibsepol(t *testing.T) {
	for _, version := range []int{24, 30} {
		bin := compileConf(t, policytest.Small, version, false)
		n := agree(t, bin, Xen, rand.New(rand.NewPCG(1, 1)), 0)
		t.Logf("version %d: %d queries", version, n)
	}
}

// TestRandomPoliciesAgainstLibsepol compares random policies that both sides'
// rules agree on, and random policies that need libsepol's rules.
func TestRandomPoliciesAgainstLibsepol(t *testing.T) {
	total := randomPolicies(t, 48, 1500)
	t.Logf("%d queries", total)
}

// randomPolicies compares n random policies and returns the number of queries.
func randomPolicies(t *testing.T, n, perState int) int {
	total := 0
	for seed := range uint64(n) {
		f := policytest.Features{MLS: seed&1 != 0, SELinux: seed&2 != 0, Version: 24 + 6*int(seed>>2&1)}
		rules := Xen
		if f.SELinux {
			rules = SELinux
		}
		conf := policytest.Random(seed, f)
		bin, err := policytest.Compile(t.TempDir(), conf, f.Version, f.MLS)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if f.SELinux {
			addBounds(bin, rand.New(rand.NewPCG(seed, 2)), false)
		}
		before := t.Failed()
		total += agree(t, bin, rules, rand.New(rand.NewPCG(seed, 1)), perState)
		if t.Failed() && !before {
			t.Fatalf("first difference with seed %d, %+v", seed, f)
		}
	}
	return total
}

// addBounds makes random types the parents of others, in the binary, which no
// compiler has checked. Parents have parents only if chains is set: libsepol 3.4
// crashes when a parent exceeds its own.
func addBounds(bin []byte, rng *rand.Rand, chains bool) {
	for range 12 {
		child, parent := fmt.Sprintf("type%d", rng.IntN(20)), fmt.Sprintf("type%d", 20+rng.IntN(20))
		if chains {
			parent = fmt.Sprintf("type%d", rng.IntN(40))
		}
		c, p := findType(bin, child), findType(bin, parent)
		if c < 0 || p < 0 || c == p {
			continue
		}
		old := binary.LittleEndian.Uint32(bin[c+12:])
		copy(bin[c+12:c+16], bin[p+4:p+8])
		if _, err := policydb.Read(bin); err != nil { // looped or too deep
			binary.LittleEndian.PutUint32(bin[c+12:], old)
		}
	}
}

// findType returns where the record of a type starts: length, value, properties,
// bounds, name.
func findType(bin []byte, name string) int {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
	for at := 0; at+16+len(name) <= len(bin); at++ {
		if bytes.Equal(bin[at:at+4], head) && string(bin[at+16:at+16+len(name)]) == name && bin[at+8] == 1 {
			return at
		}
	}
	return -1
}
