package policydb

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBitmapAgainstMap compares a bitmap with a map of its members.
func TestBitmapAgainstMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var a, b Bitmap
		ma, mb := map[uint32]bool{}, map[uint32]bool{}
		span := uint32(1) << (1 + rng.IntN(12))
		for range rng.IntN(80) {
			x, y := rng.Uint32N(span), rng.Uint32N(span)
			a.Set(x)
			ma[x] = true
			if rng.IntN(2) == 0 {
				y = x
			}
			b.Set(y)
			mb[y] = true
		}
		if got, want := slices.Collect(a.All), slices.Sorted(maps.Keys(ma)); !slices.Equal(got, want) {
			t.Fatalf("members %v, want %v", got, want)
		}
		for x := range span {
			if a.Has(x) != ma[x] {
				t.Fatalf("Has(%d) = %v", x, a.Has(x))
			}
		}
		contains := true
		for y := range mb {
			contains = contains && ma[y]
		}
		if a.Contains(&b) != contains || a.Equal(&b) != maps.Equal(ma, mb) || a.Len() != len(ma) {
			t.Fatalf("%v and %v: contains %v, equal %v, %d members", ma, mb, a.Contains(&b), a.Equal(&b), a.Len())
		}
	}
}
