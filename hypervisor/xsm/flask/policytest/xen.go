package policytest

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

//go:embed testdata/xenoracle.c
var xenOracleSource []byte

//go:embed testdata/xencache.c
var xenCacheSource []byte

//go:embed testdata/xenshim.h
var xenShim []byte

// BuildXenOracle compiles Xen's own security server from a Xen source tree, for
// a hypervisor with the given definitions (of which only class domain matters),
// and returns the path of the program in the test's folder.
func BuildXenOracle(t testing.TB, tree string, defs *vectors.Definitions) string {
	t.Helper()
	dir := xenHeaders(t, tree, defs, nil)
	return xenProgram(t, tree, dir, xenOracleSource)
}

// BuildXenCache compiles Xen's access vector cache, avc.c, with the statistics that
// it has by default, on top of its security server. testdata/xencache.c lists
// what the program can be asked.
func BuildXenCache(t testing.TB, tree string, defs *vectors.Definitions) string {
	t.Helper()
	lists, err := os.ReadFile(filepath.Join(tree, "xen/include/xen/list.h"))
	if err != nil {
		t.Fatal(err)
	}
	dir := xenHeaders(t, tree, defs, map[string]string{
		"xen/list.h": string(lists), "xen/prefetch.h": "", "xen/kernel.h": "", "xen/rcupdate.h": "", "asm/atomic.h": "", "asm/current.h": "",
		"asm/system.h":          "",
		"public/xsm/flask_op.h": "struct xen_flask_hash_stats { u32 entries, buckets_used, buckets_total, max_chain_len; };\n",
		"av_perm_to_string.h":   "",
		"class_to_string.h":     "S_(\"null\")\n",
	})
	object := filepath.Join(dir, "avc.o")
	gcc(t, append(xenFlags(dir, filepath.Join(tree, "xen/xsm/flask/ss")), "-DREAL_LISTS", "-c", "-o", object, filepath.Join(tree, "xen/xsm/flask/avc.c"))...)
	return xenProgram(t, tree, dir, xenCacheSource, object)
}

// xenHeaders makes a folder with what the sources include.
func xenHeaders(t testing.TB, tree string, defs *vectors.Definitions, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"xenshim.h": string(xenShim)}
	for _, h := range []string{"lib", "xmalloc", "types", "errno", "string", "spinlock", "rwlock", "sched", "percpu", "bitmap", "init"} {
		files["xen/"+h+".h"] = ""
	}
	files["asm/byteorder.h"] = ""
	// Not from their place: a built tree has its generated headers beside them.
	for _, h := range []string{"avc", "avc_ss", "conditional", "objsec", "security"} {
		text, err := os.ReadFile(filepath.Join(tree, "xen/xsm/flask/include", h+".h"))
		if err != nil {
			t.Fatal(err)
		}
		files[h+".h"] = string(text)
	}
	generatedHeaders(files, defs)
	maps.Copy(files, more)
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// xenFlags are the compiler's flags for sources that need xenHeaders' folder.
func xenFlags(dir, ss string) []string {
	return []string{"-O2", "-w", "-Werror=implicit-function-declaration", "-DCONFIG_XSM_FLASK_AVC_STATS",
		"-include", filepath.Join(dir, "xenshim.h"), "-iquote", dir, "-I", dir, "-I", ss}
}

// xenProgram compiles a program of ours with the tree's security server.
func xenProgram(t testing.TB, tree, dir string, source []byte, objects ...string) string {
	t.Helper()
	ss := filepath.Join(tree, "xen/xsm/flask/ss")
	sources, err := filepath.Glob(filepath.Join(ss, "*.c"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no security server in %s (%v)", ss, err)
	}
	src, exe := filepath.Join(dir, "main.c"), filepath.Join(dir, "main")
	if err := os.WriteFile(src, source, 0o644); err != nil {
		t.Fatal(err)
	}
	gcc(t, append(append(append(xenFlags(dir, ss), "-o", exe, src), objects...), sources...)...)
	return exe
}

func gcc(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
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

// StartOracle starts a program that BuildXenOracle or BuildXenCache has made on a binary policy.
func StartOracle(t testing.TB, program string, bin []byte) *Oracle {
	t.Helper()
	o := &Oracle{File: filepath.Join(t.TempDir(), "policy")}
	if err := os.WriteFile(o.File, bin, 0o644); err != nil {
		t.Fatal(err)
	}
	o.start(t, program)
	return o
}

// XenConf joins the policy of the tree at XSMPATCH_XEN into one text with the
// tree's own makefile.
func XenConf(t testing.TB, mls bool) string {
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
			text = Edit(text, gone, "")
		}
	}
	return text
}
