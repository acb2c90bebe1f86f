package flat

import (
	"slices"
	"testing"
)

// plain has parts of several sizes.
type plain struct {
	A int64
	B int32
	C bool
}

func encoding(prefix int) []byte {
	e := NewEncoder(make([]byte, prefix))
	Put(e, []plain{{-1, 2, true}, {1 << 40, -3, false}})
	e.Strings("", "one", "\x00two")
	Put(e, []int32(nil))
	Put(e, []int32{7})
	e.End()
	return e.Bytes()[prefix:]
}

func read(b []byte) (ps []plain, ss []string, none, seven []int32, rest []byte, err error) {
	d := NewDecoder(b)
	ps, ss, none, seven = Get[plain](d), d.Strings(), Get[int32](d), Get[int32](d)
	err = d.End()
	return ps, ss, none, seven, d.Rest(), err
}

// TestRoundTrip: what was put comes back, wherever in memory the buffer starts.
func TestRoundTrip(t *testing.T) {
	for prefix := range 9 {
		for shift := range 9 {
			b := append(append(make([]byte, shift), encoding(prefix)...), "after"...)[shift:]
			ps, ss, none, seven, rest, err := read(b)
			if err != nil || !slices.Equal(ps, []plain{{-1, 2, true}, {1 << 40, -3, false}}) || !slices.Equal(ss, []string{"", "one", "\x00two"}) ||
				none != nil || !slices.Equal(seven, []int32{7}) || string(rest) != "after" {
				t.Fatalf("prefix %d, shift %d: %v %q %v %v %q %v", prefix, shift, ps, ss, none, seven, rest, err)
			}
		}
	}
}

// TestTwo: an encoding that starts where Align says is read without copying.
func TestTwo(t *testing.T) {
	b := Align(append(encoding(0), 1))
	at := len(b)
	b = append(b, encoding(at)...)
	ps, _, _, _, _, err := read(b[at:])
	if err != nil || at%maxAlign != 0 {
		t.Fatal(at, err)
	}
	b[at+8] = 5 // the first byte of the first list's first number
	if ps[0].A&0xff != 5 {
		t.Errorf("the list is a copy: %v", ps)
	}
}

// TestShort: every part of an encoding that is missing something is an error.
func TestShort(t *testing.T) {
	b := encoding(0)
	for n := range b {
		if _, _, _, _, _, err := read(b[:n]); err == nil {
			t.Errorf("%d of %d bytes are enough", n, len(b))
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(encoding(0))
	f.Fuzz(func(t *testing.T, b []byte) {
		ps, ss, _, _, rest, err := read(b)
		size := len(ps)*int(Size[plain]()) + len(rest)
		for _, s := range ss {
			size += len(s)
		}
		if size > len(b) || err != nil && len(b) == len(encoding(0)) && string(b) == string(encoding(0)) {
			t.Fatalf("%d bytes give %d, error %v", len(b), size, err)
		}
	})
}
