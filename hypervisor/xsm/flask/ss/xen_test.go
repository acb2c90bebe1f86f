//go:build xen

package ss

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// xenPolicyConf runs the tree's own makefile to join its policy into one text.
func xenPolicyConf(t testing.TB, mls bool) string {
	t.Helper()
	tree := os.Getenv("XSMPATCH_XEN")
	if tree == "" {
		t.Fatal("XSMPATCH_XEN is not set to a Xen source tree")
	}
	dir := t.TempDir()
	args := []string{"-s", "-f", "Makefile.common", "-C", filepath.Join(tree, "tools/flask/policy"),
		"FLASK_BUILD_DIR=" + dir, "XEN_ROOT=" + tree, "XEN_FULLVERSION=test", filepath.Join(dir, "policy.conf")}
	if mls {
		args = append(args, "CONFIG_MLS=y")
	} else {
		args = append(args, "CONFIG_MLS=n")
	}
	var stderr bytes.Buffer
	cmd := exec.Command("make", args...)
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("make: %v\n%s", err, stderr.Bytes())
	}
	conf, err := os.ReadFile(filepath.Join(dir, "policy.conf"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(conf)
	if mls { // Xen 4.17's policy/mls names permissions that are gone
		for _, gone := range []string{"getextvcpucontext", "scheduler ", "setextvcpucontext"} {
			text = policytest.Edit(text, gone, "")
		}
	}
	return text
}

// withObjects adds labelled objects to the end of a policy text.
func withObjects(conf string, version int, suffix string) string {
	lines := []string{
		"pirqcon 33 system_u:object_r:nic_dev_t", "pirqcon 55 system_u:object_r:irq_t",
		"iomemcon 0xfebe0-0xfebff system_u:object_r:nic_dev_t", "iomemcon 0xfebd9 system_u:object_r:nic_dev_t",
		"ioportcon 0xecc0-0xecdf system_u:object_r:nic_dev_t", "ioportcon 0x3f8 system_u:object_r:ioport_t",
		"pcidevicecon 0xc800 system_u:object_r:nic_dev_t",
	}
	if version == 30 {
		lines = append(lines, "iomemcon 0x100000000-0x1000fffff system_u:object_r:iomem_t",
			`devicetreecon "/soc/uart@1000" system_u:object_r:nic_dev_t`)
	}
	return conf + strings.Join(lines, suffix+"\n") + suffix + "\n"
}

// TestXenPolicyAgainstLibsepol puts every question that the Xen policy's
// contexts permit.
func TestXenPolicyAgainstLibsepol(t *testing.T) {
	total := 0
	for _, mls := range []bool{false, true} {
		conf := xenPolicyConf(t, mls)
		suffix := ""
		if mls {
			suffix = ":s0"
		}
		for _, version := range []int{24, 30} {
			for _, text := range []string{conf, withObjects(conf, version, suffix)} {
				bin := compileConf(t, text, version, mls)
				perState := 0
				if mls {
					perState = 200000
				}
				total += agree(t, bin, Xen, rand.New(rand.NewPCG(7, uint64(version))), perState)
			}
		}
	}
	t.Logf("%d queries", total)
}

func BenchmarkXenComputeAV(b *testing.B) {
	benchmarkComputeAV(b, compileConf(b, xenPolicyConf(b, false), 30, false), "system_u")
}

func BenchmarkXenLoad(b *testing.B) {
	benchmarkLoad(b, compileConf(b, xenPolicyConf(b, false), 30, false))
}

// TestManyRandomPoliciesAgainstLibsepol puts over a million random questions.
func TestManyRandomPoliciesAgainstLibsepol(t *testing.T) {
	total := randomPolicies(t, 400, 4000)
	t.Logf("%d queries", total)
	if total < 1000000 {
		t.Errorf("only %d queries", total)
	}
}
