//go:build xen

package avc

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// TestAudit2Allow gives our denials to audit2allow, adds the rules that it writes
// to the policy, and checks that exactly the denied things are then allowed.
func TestAudit2Allow(t *testing.T) {
	k, lines := newChecker(t)
	denials := []struct {
		source, target, class, perm string
		audit                       *Audit
	}{
		{domU, xen, "xen", "settime", &Audit{Current: "d5"}},
		{domU, domU, "domain", "pause", &Audit{Source: "d5", Target: "d6", Kind: AuditRange, Start: 1, End: 2}},
		{domU, dom0, "domain", "destroy", &Audit{Source: "d5", Target: "d0", Kind: AuditMemory, Start: 1, End: 2}},
		{dom0, "sys_u:object_r:nic_t", "resource", "use", &Audit{Current: "d0", Kind: AuditDevice, Start: 0xc800}},
		{dom0, "sys_u:object_r:nic_t", "resource", "add", &Audit{Current: "d0", Kind: AuditIRQ, Start: 33}},
		{"sys_u:vm_r:guard_t", "sys_u:object_r:nic_t", "resource", "remove", &Audit{Kind: AuditPath, Path: "/soc/nic"}},
	}
	for _, d := range denials {
		if err := k.check(d.source, d.target, d.class, d.perm, d.audit); err != abi.EACCES {
			t.Fatalf("%+v: %v", d, err)
		}
	}
	rules := audit2allow(t, *lines)
	after, _ := newChecker(t)
	after.s, after.c = newCache(t, policytest.Edit(policytest.Small, "role sys_r; role vm_r;", rules+"\nrole sys_r; role vm_r;"), nil)
	for _, d := range denials {
		if err := after.check(d.source, d.target, d.class, d.perm, d.audit); err != nil {
			t.Errorf("%+v after adding\n%s: %v", d, rules, err)
		}
	}
	if err := after.check(domU, xen, "xen", "writeconsole", nil); err != abi.EACCES {
		t.Errorf("what nobody asked for: %v", err)
	}
}

// audit2allow returns the rules that Debian's tool makes of console lines.
func audit2allow(t *testing.T, lines []string) string {
	t.Helper()
	bin, err := policytest.Compile(t.TempDir(), policytest.Small, 30, false)
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(policy, bin, 0o644); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.Command("audit2allow", "-p", policy)
	cmd.Stdin = strings.NewReader("(XEN) " + strings.Join(lines, "\n(XEN) ") + "\n")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("audit2allow (package policycoreutils-python-utils): %v\n%s", err, stderr.String())
	}
	rules := regexp.MustCompile(`(?m)^allow .*;$`).FindAllString(string(out), -1)
	if len(rules) == 0 {
		t.Fatalf("audit2allow makes no rules of %q:\n%s", lines, out)
	}
	return strings.Join(rules, "\n")
}
