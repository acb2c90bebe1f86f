//go:build xen

package ss

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// withObjects adds labelled objects to the end of a policy text.
func withObjects(conf string, version int, suffix string) string {
	lines := []string{
		"pirqcon 33 system_u:object_r:nic_dev_t", "pirqcon 55 system_u:object_r:irq_t",
		"iomemcon 0xfebe0-0xfebff system_u:object_r:nic_dev_t", "iomemcon 0xfebd9 system_u:object_r:nic_dev_t",
		"ioportcon 0xecc0-0xecdf system_u:object_r:nic_dev_t", "ioportcon 0x3f8 system_u:object_r:ioport_t",
		"pcidevicecon 0xc800 system_u:object_r:nic_dev_t",
	}
	if version == 30 {
		lines = append(lines, "iomemcon 0x100000000-0x1000fffff system_u:object_r:iomem_t",
			`devicetreecon "/soc/uart@1000" system_u:object_r:nic_dev_t`)
	}
	return conf + strings.Join(lines, suffix+"\n") + suffix + "\n"
}

// TestXenPolicyAgainstLibsepol puts every question that the Xen policy's
// contexts permit.
func TestXenPolicyAgainstLibsepol(t *testing.T) {
	total := 0
	for _, mls := range []bool{false, true} {
		conf := policytest.XenConf(t, mls)
		suffix := ""
		if mls {
			suffix = ":s0"
		}
		for _, version := range []int{24, 30} {
			for _, text := range []string{conf, withObjects(conf, version, suffix)} {
				bin := compileConf(t, text, version, mls)
				perState := 0
				if mls {
					perState = 200000
				}
				total += agree(t, bin, Xen, rand.New(rand.NewPCG(7, uint64(version))), perState)
			}
		}
	}
	t.Logf("%d queries", total)
}

func BenchmarkXenComputeAV(b *testing.B) {
	benchmarkComputeAV(b, compileConf(b, policytest.XenConf(b, false), 30, false), "system_u")
}

func BenchmarkXenLoad(b *testing.B) {
	benchmarkLoad(b, compileConf(b, policytest.XenConf(b, false), 30, false))
}

// TestManyRandomPoliciesAgainstLibsepol puts over a million random questions.
func TestManyRandomPoliciesAgainstLibsepol(t *testing.T) {
	total := randomPolicies(t, 160, 4000)
	t.Logf("%d queries", total)
	if total < 1000000 {
		t.Errorf("only %d queries", total)
	}
}

// TestRandomPoliciesAgainstXen compares with Xen's own security server: policies
// with everything in which it differs from libsepol, type bounds included that
// no compiler has checked.
func TestRandomPoliciesAgainstXen(t *testing.T) {
	var program string
	total := 0
	for seed := range uint64(72) {
		f := policytest.Features{MLS: seed&1 != 0, SELinux: true, NoCommons: true, Version: 24 + 6*int(seed>>1&1)}
		bin, err := policytest.Compile(t.TempDir(), policytest.Random(seed, f), f.Version, f.MLS)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		rng := rand.New(rand.NewPCG(seed, 2))
		addBounds(bin, rng, true)
		s := newServer(t, bin, Xen)
		if program == "" {
			program = policytest.BuildXenOracle(t, os.Getenv("XSMPATCH_XEN"), s.Definitions())
		}
		c := &comparison{t: t, s: s, o: policytest.StartOracle(t, program, bin)}
		total += c.run(rng, 3000)
		c.reload(f, seed, rng)
		c.changeObjects(rng)
		if t.Failed() {
			t.Fatalf("first difference with seed %d, %+v", seed, f)
		}
	}
	t.Logf("%d queries", total)
}

// reload loads another random policy on both sides and compares what has become
// of the SIDs.
func (c *comparison) reload(f policytest.Features, seed uint64, rng *rand.Rand) {
	c.t.Helper()
	f.Version = 54 - f.Version
	bin, err := policytest.Compile(c.t.TempDir(), policytest.Random(seed+1000, f), f.Version, f.MLS)
	if err != nil {
		c.t.Fatal(err)
	}
	c.s.defs, err = policytest.Definitions(bin)
	if err != nil {
		c.t.Fatal(err)
	}
	enforcing := rng.IntN(2)
	c.s.SetEnforcing(enforcing == 1)
	c.o.One(c.t, fmt.Sprintf("enforce %d", enforcing))
	file := filepath.Join(c.t.TempDir(), "next")
	if err := os.WriteFile(file, bin, 0o644); err != nil {
		c.t.Fatal(err)
	}
	if err := c.s.Load(bin); err != nil {
		c.t.Fatal(err)
	}
	if answer := c.o.One(c.t, "reload "+file); answer != "ok" {
		c.t.Fatal("Xen does not load the second policy")
	}
	for i, sid := range c.sids {
		want := c.o.One(c.t, fmt.Sprintf("sidctx %d", i))
		if got := c.present(sid); got != want {
			c.differ("after the reload SID %d is %s to Xen, %s to us", sid, want, got)
		}
	}
	c.initialSIDs()
	c.s.SetEnforcing(true)
	c.o.One(c.t, "enforce 1")
	if c.present(c.s.isid.unlabeled) == "-" {
		// Xen's security_compute_sid then frees a context that it has not set up.
		return
	}
	valid := c.all()
	rng.Shuffle(len(valid), func(i, j int) { valid[i], valid[j] = valid[j], valid[i] })
	c.triples(valid[:min(len(valid), 2000)])
}

// changeObjects labels and unlabels random ranges on both sides.
func (c *comparison) changeObjects(rng *rand.Rand) {
	c.t.Helper()
	for range 150 {
		kind := ObjectKind(1 + rng.IntN(4))
		low := rng.Uint64N(0x600)
		high := low
		if kind == ObjectIOPort || kind == ObjectIOMem {
			high += rng.Uint64N(0x40)
		}
		i := rng.IntN(len(c.sids))
		var got, question string
		switch rng.IntN(5) {
		case 0, 1:
			got, question = number(c.s.AddObject(kind, low, high, c.sids[i])), fmt.Sprintf("add %d %d %d %d", kind, low, high, i)
		case 2:
			got, question = number(c.s.DelObject(kind, low, high)), fmt.Sprintf("del %d %d %d", kind, low, high)
		case 3:
			sid, _ := c.objectSID(policytest.Object{Kind: int(kind)}, low)
			got = c.present(sid)
			question = fmt.Sprintf("obj %d %d", kind, low)
		default:
			question = fmt.Sprintf("each %d %d %d", 2+kind%2, low, high+0x80)
			part := func(sid policydb.SID, low, high uint64) error {
				got += fmt.Sprintf("%d-%d=%s;", low, high, c.present(sid))
				return nil
			}
			if kind%2 == 0 {
				c.s.EachIOPort(uint32(low), uint32(high)+0x80, part)
			} else {
				c.s.EachIOMem(low, high+0x80, part)
			}
		}
		if want := c.o.One(c.t, question); got != want {
			c.differ("%s: Xen says %s, we say %s", question, want, got)
		}
	}
}

// TestXenPolicyAgainstXen puts every question that the Xen policy's contexts
// permit to Xen's own security server.
func TestXenPolicyAgainstXen(t *testing.T) {
	for _, mls := range []bool{false, true} {
		bin := compileConf(t, policytest.XenConf(t, mls), 30, mls)
		s := newServer(t, bin, Xen)
		program := policytest.BuildXenOracle(t, os.Getenv("XSMPATCH_XEN"), s.Definitions())
		c := &comparison{t: t, s: s, o: policytest.StartOracle(t, program, bin)}
		perState := 0
		if mls {
			perState = 200000
		}
		t.Logf("%d queries", c.run(rand.New(rand.NewPCG(1, 1)), perState))
	}
}
