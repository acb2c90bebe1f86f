package ir

import (
	"reflect"
	"testing"
)

// sample is a unit with something in every field that is encoded.
func sample() *Unit {
	f := Func{
		Name: 1, File: 2, Start: 3, End: 40, Body: 9, Static: true, InMacro: true, Tier: Tolerant, Result: 2, Params: 1,
		Vars: []Var{{Kind: VParam, Name: 1, Type: 2, Scope: None, Start: 5}}, Nodes: []Node{{Op: Call, X: None, Y: None, Z: None, Val: -7}},
		Lists: []int32{0, 0}, Instrs: []Instr{{Kind: ICall, N: 0, Var: None}}, Stmts: []Stmt{{Kind: SReturn, Parent: None, Start: 4, End: 9}},
		Blocks: []Block{{Len: 1, Term: TSwitch, Succs: []int32{0}, Cases: []Case{{Lo: -1, Hi: 5, Name: 1}}}, {Term: TReturn, N: None, Unreachable: true}},
	}
	return &Unit{
		Main: "a.c", Config: "c", Strings: []string{"", "f", "int"}, Funcs: []Func{f}, Globals: []Global{{Name: 1, Init: None}},
		Degraded: []Degraded{{"a.c", "f", "why", 3}}, Decls: []Decl{{Name: 1, Func: true}},
	}
}

func TestCodecRoundTrip(t *testing.T) {
	u := sample()
	b := append(u.Encode([]byte("before")), "after"...)
	got, rest, err := Decode(b[len("before"):])
	if err != nil || string(rest) != "after" {
		t.Fatalf("rest %q, error %v", rest, err)
	}
	if !reflect.DeepEqual(got, u) {
		t.Errorf("got %+v\nwant %+v", got, u)
	}
}

func TestCodecRefusesWhatIsShort(t *testing.T) {
	b := sample().Encode(nil)
	for n := range b {
		if u, _, err := Decode(b[:n]); err == nil {
			t.Fatalf("%d of %d bytes decode to %+v", n, len(b), u)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample().Encode(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if u, rest, err := Decode(b); err == nil && len(rest) > len(b) || (u == nil) == (err == nil) {
			t.Fatalf("unit %v, error %v", u, err)
		}
	})
}
