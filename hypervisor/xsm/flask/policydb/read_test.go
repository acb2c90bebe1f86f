package policydb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

func compile(t testing.TB, conf string, version int, mls bool, extra ...string) []byte {
	t.Helper()
	bin, err := policytest.Compile(t.TempDir(), conf, version, mls, extra...)
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func read(t testing.TB, bin []byte) *policydb.Policy {
	t.Helper()
	p, err := policydb.Read(bin)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refused checks that a policy is refused in a section, with words.
func refused(t *testing.T, bin []byte, section, words string) {
	t.Helper()
	_, err := policydb.Read(bin)
	var f *policydb.FormatError
	if !errors.As(err, &f) || f.Section != section || !strings.Contains(f.Reason, words) {
		t.Errorf("%v\nwant section %q and %q", err, section, words)
		return
	}
	if f.Offset < 0 || f.Offset > len(bin) {
		t.Errorf("offset %d of %d bytes", f.Offset, len(bin))
	}
}

func TestEverySectionIsRead(t *testing.T) {
	conf := policytest.Edit(policytest.Small, "class xen {", "common io { ioctl }\nclass xen {")
	conf = policytest.Edit(conf, "class grant {", "class grant inherits io {")
	conf = policytest.Edit(conf, "attribute domain_type;", "default_type grant source;\nattribute domain_type;")
	conf = policytest.Edit(conf, "role sys_r; role vm_r;", `type domU_t.child; typebounds domU_t domU_t.child;
type_transition domU_t nic_t:grant free_t "name";
role sys_r; role vm_r; role_transition sys_r domU_t : grant vm_r;`)
	conf += "devicetreecon \"/soc/uart\" sys_u:object_r:nic_t\n"
	conf = policytest.Edit(conf, "constrain grant", "validatetrans grant (t3 == dom0_t);\nconstrain grant")
	p := read(t, compile(t, conf, 30, false, "-U", "allow"))
	counts := map[string][2]int{
		"commons": {len(p.Commons), 1}, "classes": {len(p.Classes), 7}, "roles": {len(p.Roles), 3}, "users": {len(p.Users), 2},
		"booleans": {len(p.Bools), 1}, "conditionals": {len(p.Conds), 1}, "role allows": {len(p.RoleAllows), 1},
		"role transitions": {len(p.RoleTransitions), 1}, "filename transitions": {len(p.FilenameTransitions), 1},
		"initial SIDs": {len(p.InitialSIDs), 13}, "pirqs": {len(p.PIRQs), 1}, "iomem": {len(p.IOMem), 2},
		"ioports": {len(p.IOPorts), 1}, "devices": {len(p.Devices), 1}, "device tree": {len(p.DeviceTree), 1},
		"constraints": {len(p.ClassByName("grant").Constraints), 1}, "validatetrans": {len(p.ClassByName("grant").ValidateTrans), 1},
		"permissive": {p.Permissive.Len(), 1},
	}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	grant := p.ClassByName("grant")
	if grant.Common == nil || grant.Perms["ioctl"] != 1 || grant.Perms["map_read"] != 2 || grant.DefaultType != policydb.DefaultSource {
		t.Errorf("%+v", grant)
	}
	if p.HandleUnknown != policydb.UnknownAllow || p.MLS || p.Version != 30 {
		t.Errorf("unknown %d, MLS %v, version %d", p.HandleUnknown, p.MLS, p.Version)
	}
	if f := p.FilenameTransitions[0]; f.Name != "name" || p.Types[f.Type-1].Name != "free_t" || f.Class != grant.Value {
		t.Errorf("%+v", f)
	}
	bounded := 0
	for _, typ := range p.Types {
		if typ.Bounds != 0 && p.Types[typ.Bounds-1].Name == "domU_t" {
			bounded++
		}
	}
	if bounded != 1 {
		t.Errorf("%d types are bounded by domU_t", bounded)
	}
}

func TestEveryPrefixIsRefused(t *testing.T) {
	for _, version := range []int{24, 30} {
		bin := compile(t, policytest.Small, version, false)
		for n := range bin {
			_, err := policydb.Read(bin[:n])
			var f *policydb.FormatError
			if !errors.As(err, &f) || f.Offset < 0 || f.Offset > n {
				t.Fatalf("%d of %d bytes: %v", n, len(bin), err)
			}
		}
	}
}

// TestHugeNumbersCostNothing puts huge words at every place of a policy and
// bounds what reading it allocates.
func TestHugeNumbersCostNothing(t *testing.T) {
	bin := compile(t, policytest.Random(3, policytest.Features{MLS: true, SELinux: true, Version: 24}), 24, true)
	bin = bin[:len(bin):len(bin)]
	var before, after runtime.MemStats
	for at := 0; at+4 <= len(bin); at++ {
		for _, word := range []uint32{0xffffffff, 0x80000000, 0x00ffffff, 0xffff} {
			broken := bytes.Clone(bin)
			binary.LittleEndian.PutUint32(broken[at:], word)
			if at%37 != 0 {
				policydb.Read(broken)
				continue
			}
			runtime.ReadMemStats(&before)
			policydb.Read(broken)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
				t.Fatalf("%#x at byte %#x: %d bytes allocated for a policy of %d", word, at, n, len(bin))
			}
		}
		if len(bin) > 8000 && at%11 != 0 {
			at += 7
		}
	}
}

// word finds the word that lies distance bytes before a name in a policy.
func word(t *testing.T, bin []byte, name string, distance int) []byte {
	t.Helper()
	key := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
	for at := 0; at+4 < len(bin); at++ {
		end := at + 16 + len(name)
		if bytes.HasPrefix(bin[at:], key) && end <= len(bin) && string(bin[at+16:end]) == name {
			return bin[at+16-distance:]
		}
	}
	t.Fatalf("no type %s in the policy", name)
	return nil
}

func TestMalformedPoliciesAreLocated(t *testing.T) {
	good := compile(t, policytest.Small, 30, false)
	edit := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	put := func(at int, v uint32) []byte {
		return edit(func(b []byte) { binary.LittleEndian.PutUint32(b[at:], v) })
	}
	refused(t, nil, "header", "truncated")
	refused(t, []byte("not a policy"), "header", "not a binary policy")
	refused(t, put(0, 1), "header", "magic")
	refused(t, edit(func(b []byte) { copy(b[8:], "SE Linux") }), "header", "checkpolicy -t Xen")
	refused(t, edit(func(b []byte) { copy(b[8:], "Fuzzbuzz") }), "header", "Fuzzbuzz")
	refused(t, put(16, 33), "header", "version 33")
	refused(t, put(24, 9), "header", "9 symbol")
	refused(t, put(32, 32), "policy capabilities", "unit of 32")
	refused(t, make([]byte, policydb.MaxSize+1), "header", "more than")
	bounds := func(child, parent string) []byte {
		return edit(func(b []byte) {
			value := binary.LittleEndian.Uint32(word(t, b, parent, 12))
			binary.LittleEndian.PutUint32(word(t, b, child, 4), value)
		})
	}
	refused(t, bounds("guard_t", "guard_t"), "bounds", "looped")
	refused(t, edit(func(b []byte) {
		for _, pair := range [][2]string{{"guard_t", "free_t"}, {"free_t", "guard_t"}} {
			value := binary.LittleEndian.Uint32(word(t, b, pair[1], 12))
			binary.LittleEndian.PutUint32(word(t, b, pair[0], 4), value)
		}
	}), "bounds", "looped")
	refused(t, bounds("guard_t", "domain_type"), "bounds", "cannot be bounded")
	refused(t, edit(func(b []byte) { binary.LittleEndian.PutUint32(word(t, b, "guard_t", 4), 999) }), "bounds", "unknown value 999")
	refused(t, edit(func(b []byte) { binary.LittleEndian.PutUint32(word(t, b, "guard_t", 12), 0) }), "types", "value 0")
	refused(t, edit(func(b []byte) {
		binary.LittleEndian.PutUint32(word(t, b, "guard_t", 12), binary.LittleEndian.Uint32(word(t, b, "free_t", 12)))
	}), "types", "defined twice")
	refused(t, edit(func(b []byte) { word(t, b, "guard_t", 0)[2] = '\n' }), "types", "not a name")
}

func TestContextsRoundTrip(t *testing.T) {
	p := read(t, compile(t, policytest.Random(5, policytest.Features{MLS: true, Version: 24}), 24, true))
	for _, i := range p.InitialSIDs {
		s := p.FormatContext(&i.Context)
		c, err := p.ParseContext(s)
		if err != nil || !c.Equal(&i.Context) {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"", ":", "::", ":::", "user0:object_r:type0", "user0:object_r:type0:", "user0:object_r:type0:s0:",
		"user0:object_r:type0:s0-", "user0:object_r:type0:s0:c0,", "user0:object_r:type0:s0:c0.c0", "user0:object_r:type0:s99",
		"user0:object_r:attr0:s0", "user0:object_r:type0:s0:c0-s0:c0-s0", strings.Repeat("a", 1<<16)} {
		var e *policydb.ContextError
		if _, err := p.ParseContext(s); !errors.As(err, &e) {
			t.Errorf("%.80q: %v", s, err)
		}
	}
}

func FuzzParseContext(f *testing.F) {
	p := read(f, compile(f, policytest.Random(5, policytest.Features{MLS: true, Version: 24}), 24, true))
	for _, s := range []string{"user0:object_r:type0:s0", "user0:role0:type0:s0-s0:c0", "user0:object_r:type1:s0:c0.c2,c4-s0:c0.c6"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := p.ParseContext(s)
		if err != nil {
			return
		}
		again, err := p.ParseContext(p.FormatContext(&c))
		if err != nil || !again.Equal(&c) {
			t.Errorf("%q prints as %q: %v", s, p.FormatContext(&c), err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	bin := compile(b, policytest.Small, 30, false)
	b.SetBytes(int64(len(bin)))
	for b.Loop() {
		if _, err := policydb.Read(bin); err != nil {
			b.Fatal(err)
		}
	}
}
