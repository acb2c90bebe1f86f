package series

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// crashDir names, in a child process, the folder to write into until it is killed.
const crashDir = "XSMPATCH_TEST_CRASH"

// TestKilledWhileWriting kills a process with SIGKILL while it writes output directories: each that is there is whole.
func TestKilledWhileWriting(t *testing.T) {
	files := map[string][]byte{}
	for i := range 60 {
		files[fmt.Sprintf("%d/patch", i)] = bytes.Repeat([]byte{byte(i)}, 4000)
	}
	if dir := os.Getenv(crashDir); dir != "" {
		for i := 0; ; i++ {
			if err := WriteFiles(filepath.Join(dir, fmt.Sprint("out", i)), files); err != nil {
				t.Fatal(err)
			}
		}
	}
	whole, partial := 0, 0
	for k := range 5 {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2000 { // until it has begun
			if some, _ := os.ReadDir(dir); len(some) > 1+k {
				break
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(k) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		outs, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outs {
			if strings.HasPrefix(o.Name(), ".") {
				partial++ // what was being written, under another name
				continue
			}
			whole++
			for name, want := range files {
				if got, err := os.ReadFile(filepath.Join(dir, o.Name(), name)); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%s/%s: half written, %v", o.Name(), name, err)
				}
			}
		}
	}
	if whole == 0 || partial == 0 {
		t.Errorf("%d whole, %d left behind: the process was not killed at work", whole, partial)
	}
}
