package main

import (
	"math"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

func TestAgreement(t *testing.T) {
	pairs := func(xs ...[2]int) (us []unit) {
		for _, x := range xs {
			us = append(us, unit{theirs: x[0], ours: x[1]})
		}
		return us
	}
	for _, c := range []struct {
		name       string
		us         []unit
		ari, share float64
	}{
		{"same under other names", pairs([2]int{1, 7}, [2]int{1, 7}, [2]int{2, 5}, [2]int{2, 5}), 1, 1},
		{"all in one", pairs([2]int{1, 1}, [2]int{1, 1}, [2]int{2, 1}, [2]int{2, 1}), 0, 1.0 / 3},
		{"crossed", pairs([2]int{1, 1}, [2]int{1, 2}, [2]int{2, 1}, [2]int{2, 2}), -0.5, 1.0 / 3},
	} {
		if ari, share := agreement(c.us); math.Abs(ari-c.ari) > 1e-9 || math.Abs(share-c.share) > 1e-9 {
			t.Errorf("%s: %v %v, want %v %v", c.name, ari, share, c.ari, c.share)
		}
	}
}

func TestLabels(t *testing.T) {
	tree := func(s string) *refactor.Tree {
		tr, err := refactor.NewTree("t", map[string]*refactor.File{"f": refactor.NewFile(refactor.ModeFile, []byte(s))})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	got, err := labels([]*refactor.Tree{tree("a\nb\nc\n"), tree("a\nx\nc\n"), tree("new\na\nx\n")})
	if err != nil {
		t.Fatal(err)
	}
	want := map[place]int{{"f", 1, true}: 1, {"f", 2, true}: 2, {"f", 0, false}: 2, {"f", 2, false}: 1}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for p, step := range want {
		if got[p] != step {
			t.Errorf("%v: step %d, want %d", p, got[p], step)
		}
	}
}
