package flaskmod

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

//go:embed data
var data embed.FS

func source(name string) []byte {
	b, err := data.ReadFile("data/" + name)
	if err != nil {
		panic(err) // embedded above
	}
	return b
}

// Definitions are the classes, permissions and initial SIDs of Xen 4.17.
func Definitions() (*vectors.Definitions, error) {
	src := func(name string) vectors.Source {
		return vectors.Source{Name: name, Reader: bytes.NewReader(source(name))}
	}
	return vectors.Parse(src("security_classes"), src("initial_sids"), src("access_vectors"))
}

// PolicyText completes a policy: rules, types, roles and users are given, and the
// classes, permissions and initial SIDs of Definitions go in front.
func PolicyText(rules string) string {
	return string(source("security_classes")) + string(source("initial_sids")) + string(source("access_vectors")) + rules
}

// Compile makes a binary policy of version 30 from a policy's rules (see
// PolicyText) with Debian's checkpolicy, which must be installed. The error has
// checkpolicy's messages.
func Compile(rules string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "xsmpatch-policy")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	conf, bin := filepath.Join(dir, "policy.conf"), filepath.Join(dir, "policy.30")
	if err := os.WriteFile(conf, []byte(PolicyText(rules)), 0o600); err != nil {
		return nil, err
	}
	out, err := exec.Command("checkpolicy", "-t", "Xen", "-c", "30", "-o", bin, conf).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("checkpolicy: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	return os.ReadFile(bin)
}

// IsBinary reports whether a policy file is compiled: it starts with the magic
// number of checkpolicy -t Xen.
func IsBinary(policy []byte) bool { return bytes.HasPrefix(policy, []byte{0x8c, 0xff, 0x7c, 0xf9}) }
