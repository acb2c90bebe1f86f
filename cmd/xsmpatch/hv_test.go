package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/hypervisor/toolstack"
)

func runHV(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(append([]string{"hv"}, args...), &stdout, &stderr)
	return code, stdout.String() + stderr.String()
}

const demos = "../../hypervisor/scenarios/"

func TestHVRun(t *testing.T) {
	code, out := runHV(t, "run", demos+"tenants.yaml", demos+"companies.yaml")
	if code != exitOK || strings.Count(out, "isolated tenants, module") != 5 || !strings.Contains(out, "deny   ok  [grant_mapref]") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	src, err := os.ReadFile(demos + "groups.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, bytes.Replace(src, []byte("expect: deny"), []byte("expect: allow"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := runHV(t, "run", wrong, "--module", "dummy"); code != exitFindings || !strings.Contains(out, "WRONG, expected allow") {
		t.Errorf("exit code %d for a step that goes otherwise:\n%s", code, out)
	}
	if code, out := runHV(t, "run", "/nonexistent.yaml"); code != exitUsage || !strings.Contains(out, "/nonexistent.yaml") {
		t.Errorf("exit code %d for no file:\n%s", code, out)
	}
	if code, _ := runHV(t, "run", demos+"tenants.yaml", "--module", "sand"); code != exitUsage {
		t.Errorf("exit code %d for an unknown module", code)
	}
}

func TestHVLearn(t *testing.T) {
	code, out := runHV(t, "run", "--learn", demos+"groups.yaml")
	if code != exitOK || !strings.Contains(out, "allow lead1_t member2_t:domain pause;\n") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestHVMatrix(t *testing.T) {
	code, out := runHV(t, "matrix", demos+"tenants.yaml")
	if code != exitOK || !strings.Contains(out, "red1 -> blue             emcafspdq  emca.....  .........  .........  .........") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestHVUsers(t *testing.T) {
	if got, err := userTable([]string{"1000=builder", "0=dom0"}); err != nil || got[1000] != "builder" || got[0] != "dom0" {
		t.Errorf("%v, error %v", got, err)
	}
	for _, bad := range []string{"builder", "x=dom0", "5=", "-1=dom0"} {
		if _, err := userTable([]string{bad}); err == nil {
			t.Errorf("--user %s was accepted", bad)
		}
	}
}

func TestHVBench(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.svg")
	code, out := runHV(t, "bench", "--rounds", "1", "--budget", "1ms", "--plot", file)
	if code != exitOK || !strings.Contains(out, "build mix domU: dummy / unmodified = ") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if b, err := os.ReadFile(file); err != nil || !bytes.Contains(b, []byte(">flask-enforcing<")) {
		t.Errorf("plot of %d bytes, error %v", len(b), err)
	}
	if code, out := runHV(t, "bench", "--plot", "p.gif"); code == exitOK || !strings.Contains(out, "p.gif") {
		t.Errorf("exit code %d for a gif:\n%s", code, out)
	}
}

// TestHVServe manages a machine through the daemon and its client; a follower sees
// a denial as it happens.
func TestHVServe(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- serve(ctx, io.Discard, &hvFlags{module: "flask", policy: demos + "policies/decomposed.te"}, socket, nil)
	}()
	for range 500 {
		if code, _ := runHV(t, "ctl", "list", "--socket", socket); code == exitOK {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	const guest = "system_u:system_r:guest_t"
	r, w := io.Pipe()
	go func() { w.CloseWithError(control(w, socket, &toolstack.Request{Cmd: "tail"})) }()
	lines := bufio.NewScanner(r)
	if !lines.Scan() || lines.Text() != "following" {
		t.Fatalf("tail: %q, error %v", lines.Text(), lines.Err())
	}
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{"create web --label " + guest, exitOK, "1\n"},
		{"list", exitOK, `"name":"web"`},
		{"pause web", exitOK, ""},
		{"list", exitOK, `"paused"`},
		{"label web", exitOK, guest + "\n"},
		{"query system_u:system_r:builder_t --class domain --label " + guest, exitOK, "pause\n"},
		{"avcstats", exitOK, `"Hits"`},
		{"relabel web --label system_u:system_r:driver_t", exitFindings, "EACCES"},
		{"fly", exitFindings, "no command"},
	} {
		code, out := runHV(t, append(append([]string{"ctl"}, strings.Fields(tc.args)...), "--socket", socket)...)
		if code != tc.code || !strings.Contains(out, tc.want) {
			t.Errorf("ctl %s: exit code %d, %q, want %d, %q", tc.args, code, out, tc.code, tc.want)
		}
	}
	time.AfterFunc(10*time.Second, func() { r.Close() })
	var seen []string
	for lines.Scan() && !strings.Contains(lines.Text(), "avc:  denied  { transition }") {
		seen = append(seen, lines.Text())
	}
	if !strings.Contains(lines.Text(), "denied") {
		t.Errorf("tail ended without the denial: %q, error %v", seen, lines.Err())
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the daemon does not stop")
	}
}
