package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// TestIndented: writing on all cores gives the bytes of the standard encoder, whatever the lists' lengths.
func TestIndented(t *testing.T) {
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		f := &analyze.Facts{Schema: "<s>", Ops: []analyze.Op{}, Missing: make([]string, n), Uncovered: make([]analyze.Region, n/2)}
		for i := range n {
			f.Ops = append(f.Ops, analyze.Op{ID: fmt.Sprintf("a/%d\n ]", i), Calls: make([]string, i%3)})
		}
		want, err := json.MarshalIndent(f, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		got, err := indented(f)
		if err != nil || string(got) != string(want) {
			t.Errorf("%d elements: error %v\n%s\nwant\n%s", n, err, got, want)
		}
	}
}
