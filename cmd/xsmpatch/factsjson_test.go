package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// TestWriteAtomicKeepsWhatIsNoFile: a pipe or a device is written to, and stays what it is.
func TestWriteAtomicKeepsWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		b, err := os.ReadFile(pipe)
		got <- fmt.Sprint(string(b), err)
	}()
	if err := writeAtomic(pipe, []byte("text")); err != nil {
		t.Error(err)
	}
	if s := <-got; s != "text<nil>" {
		t.Errorf("the reader got %q", s)
	}
	if st, err := os.Stat(pipe); err != nil || st.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("it is now %v, %v", st, err)
	}
}

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
