package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGenCheckGo: the reference hypervisor's generated files are held to the catalogue, and a change of either is told with a diff.
func TestGenCheckGo(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "hypervisor", "xsm"), os.DirFS("../../hypervisor/xsm")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../hookgen/catalog/data/xen-4.17.yaml")
	if err != nil {
		t.Fatal(err)
	}
	now := bytes.Replace(text, []byte("  - name: evtchn_send\n"), []byte("  - name: evtchn_sent\n"), 1)
	if bytes.Equal(now, text) {
		t.Fatal("the catalogue has no evtchn_send")
	}
	changed := filepath.Join(t.TempDir(), "changed.yaml")
	if err := os.WriteFile(changed, now, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		file string
		code int
		want string
	}{
		{"../../hookgen/catalog/data/xen-4.17.yaml", exitOK, "4 generated files are current"},
		{changed, exitFindings, "+\t// EvtchnSent is hook evtchn_sent (authorize, XSM_HOOK)."},
	} {
		var stdout, stderr bytes.Buffer
		if code := run([]string{"gen", "--check", tc.file, dir}, &stdout, &stderr); code != tc.code || !strings.Contains(stdout.String(), tc.want) {
			t.Errorf("%s: exit %d, want %d and %q\n%.2000s%s", tc.file, code, tc.code, tc.want, &stdout, &stderr)
		}
	}
}
