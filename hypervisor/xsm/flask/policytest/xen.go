package policytest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

//go:embed testdata/xenoracle.c
var xenOracleSource []byte

//go:embed testdata/xenshim.h
var xenShim []byte

// BuildXenOracle compiles Xen's own security server from a Xen source tree, for
// a hypervisor with the given definitions (of which only class domain matters),
// and returns the path of the program in the test's folder.
func BuildXenOracle(t testing.TB, tree string, defs *vectors.Definitions) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"xenoracle.c": string(xenOracleSource), "xenshim.h": string(xenShim)}
	for _, h := range []string{"lib", "xmalloc", "types", "errno", "string", "spinlock", "rwlock", "sched", "percpu", "bitmap", "init"} {
		files["xen/"+h+".h"] = ""
	}
	files["asm/byteorder.h"] = ""
	flask := filepath.Join(tree, "xen/xsm/flask")
	// Not from their place: a built tree has its generated headers beside them.
	for _, h := range []string{"avc", "avc_ss", "conditional", "objsec", "security"} {
		text, err := os.ReadFile(filepath.Join(flask, "include", h+".h"))
		if err != nil {
			t.Fatal(err)
		}
		files[h+".h"] = string(text)
	}
	generatedHeaders(files, defs)
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exe := filepath.Join(dir, "xenoracle")
	sources, err := filepath.Glob(filepath.Join(flask, "ss/*.c"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no security server in %s (%v)", flask, err)
	}
	args := append([]string{"-O2", "-w", "-Werror=implicit-function-declaration", "-include", filepath.Join(dir, "xenshim.h"), "-iquote", dir, "-I", dir,
		"-I", filepath.Join(flask, "ss"), "-o", exe, filepath.Join(dir, "xenoracle.c")}, sources...)
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return exe
}

// generatedHeaders adds the headers that Xen's build makes from its policy files.
func generatedHeaders(files map[string]string, defs *vectors.Definitions) {
	var sids, names strings.Builder
	fmt.Fprintf(&sids, "#define SECCLASS_DOMAIN %d\n#define SECINITSID_NUM %d\n", defs.Class("domain"), len(defs.SIDs))
	fmt.Fprintf(&names, "static char *initial_sid_to_string[] = { \"null\"")
	for i, s := range defs.SIDs {
		fmt.Fprintf(&sids, "#define SECINITSID_%s %d\n", strings.ToUpper(s), i+1)
		fmt.Fprintf(&names, ", %q", s)
	}
	files["flask.h"] = sids.String()
	files["initial_sid_to_string.h"] = names.String() + " };\n"
	files["av_permissions.h"] = fmt.Sprintf("#define DOMAIN__TRANSITION %#xU\n", uint32(defs.Perm("domain", "transition")))
}

// StartOracle starts a program that BuildXenOracle has made on a binary policy.
func StartOracle(t testing.TB, program string, bin []byte) *Oracle {
	t.Helper()
	o := &Oracle{File: filepath.Join(t.TempDir(), "policy")}
	if err := os.WriteFile(o.File, bin, 0o644); err != nil {
		t.Fatal(err)
	}
	o.start(t, program)
	return o
}
