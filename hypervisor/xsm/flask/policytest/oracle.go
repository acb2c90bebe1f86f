package policytest

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

//go:embed testdata/oracle.c
var oracleSource []byte

// buildOracle compiles the oracle once per process and returns the executable.
var buildOracle = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "flask-oracle")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	src, bin := filepath.Join(dir, "oracle.c"), filepath.Join(dir, "oracle")
	if err := os.WriteFile(src, oracleSource, 0o644); err != nil {
		return nil, err
	}
	out, err := exec.Command("gcc", "-O2", "-o", bin, src, "-l:libsepol.a").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("gcc: %w\n%s(libsepol-dev is needed)", err, out)
	}
	return os.ReadFile(bin)
})

// Oracle is a running libsepol with a policy; testdata/oracle.c lists what it
// can be asked.
type Oracle struct {
	File string // the policy it has loaded
	in   io.WriteCloser
	out  *bufio.Reader
}

// NewOracle starts libsepol on a binary policy. The test fails if gcc or
// libsepol-dev is missing or the policy does not load.
func NewOracle(t testing.TB, bin []byte) *Oracle {
	t.Helper()
	exe, err := buildOracle()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "oracle")
	o := &Oracle{File: filepath.Join(dir, "policy")}
	if err := os.WriteFile(program, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.File, bin, 0o644); err != nil {
		t.Fatal(err)
	}
	o.start(t, program)
	return o
}

func (o *Oracle) start(t testing.TB, program string) {
	t.Helper()
	cmd := exec.Command(program, o.File)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o.in, o.out = in, bufio.NewReaderSize(out, 1<<16)
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("oracle: %v", err)
		}
	})
}

// Ask sends questions and calls each with every answer in order.
func (o *Oracle) Ask(t testing.TB, questions []string, each func(i int, answer string)) {
	t.Helper()
	go func() {
		w := bufio.NewWriterSize(o.in, 1<<16)
		for _, q := range questions {
			w.WriteString(q)
			w.WriteByte('\n')
		}
		w.WriteString("flush\n")
		w.Flush()
	}()
	for i := range questions {
		each(i, o.line(t))
	}
}

func (o *Oracle) line(t testing.TB) string {
	t.Helper()
	line, err := o.out.ReadString('\n')
	if err != nil {
		t.Fatalf("oracle stopped: %v", err)
	}
	return strings.TrimSuffix(line, "\n")
}

// One asks one question.
func (o *Oracle) One(t testing.TB, question string) string {
	t.Helper()
	var answer string
	o.Ask(t, []string{question}, func(_ int, a string) { answer = a })
	return answer
}

// Object is a labelled object as libsepol has read it. Kind counts from 1:
// interrupt, IO ports, IO memory, PCI device, device tree node.
type Object struct {
	Kind      int
	Low, High uint64
	Path      string
	Context   string
}

// Objects returns the labelled objects of the policy.
func (o *Oracle) Objects(t testing.TB) []Object {
	t.Helper()
	fmt.Fprint(o.in, "ocon\nflush\n")
	var out []Object
	for line := o.line(t); line != "."; line = o.line(t) {
		var ob Object
		if _, err := fmt.Sscan(line, &ob.Kind, &ob.Low, &ob.High, &ob.Path, &ob.Context); err != nil {
			t.Fatalf("oracle says %q: %v", line, err)
		}
		out = append(out, ob)
	}
	return out
}
