//go:build boot

package boot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lab is a place where a Xen is built and booted.
type lab struct {
	t      *testing.T
	dir    string
	tree   string // a copy of the sources, the hypervisor in tree/xen
	kernel string // the test kernel
}

// bootParts are the parts of Xen's source that its hypervisor's build reads.
var bootParts = []string{"xen", "Config.mk", "config", "tools/flask", "scripts", "version.sh", "COPYING", "MAINTAINERS"}

// newLab copies the sources of XSMPATCH_XEN, without what a build left there, and compiles the test kernel.
func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, dir: t.TempDir()}
	l.tree, l.kernel = filepath.Join(l.dir, "xen"), filepath.Join(l.dir, "dom0.elf")
	for _, p := range bootParts {
		to := filepath.Join(l.tree, filepath.Dir(p))
		if err := os.MkdirAll(to, 0o755); err != nil {
			t.Fatal(err)
		}
		shell(t, "", "cp", "-a", filepath.Join(os.Getenv("XSMPATCH_XEN"), p), to)
	}
	l.make("distclean")
	src := "testdata"
	shell(t, src, "gcc", "-m64", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-stack-protector", "-fno-pic", "-no-pie", "-mcmodel=kernel",
		"-mno-red-zone", "-mgeneral-regs-only", "-nostdlib", "-static", "-Wl,-T,kernel.lds,--build-id=none,--no-warn-rwx-segments",
		"-o", l.kernel, "entry.S", "kernel.c")
	return l
}

func (l *lab) make(args ...string) {
	l.t.Helper()
	shell(l.t, l.tree, "make", append([]string{"-C", "xen", "XEN_CONFIG_EXPERT=y", "-j" + strconv.Itoa(runtime.NumCPU())}, args...)...)
}

// build makes xen/xen with the small configuration and returns its path.
func (l *lab) build() string {
	l.t.Helper()
	conf, err := filepath.Abs(filepath.Join("testdata", "xen-tiny.config"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.make("KCONFIG_ALLCONFIG="+conf, "allnoconfig")
	l.make()
	return filepath.Join(l.tree, "xen", "xen")
}

// policySource is the policy of the lab's tree as one text, with the rules that a patch added.
func (l *lab) policySource() string {
	l.t.Helper()
	out := filepath.Join(l.dir, "policy")
	if err := os.MkdirAll(out, 0o755); err != nil {
		l.t.Fatal(err)
	}
	shell(l.t, l.tree, "make", "-s", "-f", "Makefile.common", "-C", "tools/flask/policy", "FLASK_BUILD_DIR="+out, "POLICY_FILENAME="+out+"/xenpolicy",
		"XEN_ROOT="+l.tree, "XEN_FULLVERSION=4.17")
	text, err := os.ReadFile(filepath.Join(out, "policy.conf"))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

// compilePolicy turns a policy's text into a file that Xen loads.
func (l *lab) compilePolicy(name, text string) string {
	l.t.Helper()
	conf, out := filepath.Join(l.dir, name+".conf"), filepath.Join(l.dir, name)
	write(l.t, conf, text)
	shell(l.t, "", "checkpolicy", "-t", "Xen", "-c", "30", "-o", out, conf)
	return out
}

var (
	allowRule    = regexp.MustCompile(`(?m)^\s*allow\s[^;]*;`)
	noPermission = regexp.MustCompile(`:\s*\w+\s*(\{\s*\})?\s*;`)
)

// withoutPermission takes a permission out of every allow rule of a policy's text.
func withoutPermission(text, perm string) string {
	word := regexp.MustCompile(`\b` + perm + `\b`)
	return allowRule.ReplaceAllStringFunc(text, func(rule string) string {
		rule = word.ReplaceAllString(rule, " ")
		if noPermission.MatchString(rule) {
			return "" // nothing is left to allow
		}
		return rule
	})
}

// boot is one run of a machine.
type boot struct {
	console string           // what Xen printed
	result  map[string]int64 // by probe
	order   []string
}

// run boots xen with the test kernel as dom0, which makes the probes. policy may be "".
func (l *lab) run(xen, args, policy string, probes []probe) *boot {
	l.t.Helper()
	dir, err := os.MkdirTemp(l.dir, "run")
	if err != nil {
		l.t.Fatal(err)
	}
	module, serial, debug := filepath.Join(dir, "probes"), filepath.Join(dir, "serial"), filepath.Join(dir, "debug")
	if err := os.WriteFile(module, encodeProbes(probes), 0o644); err != nil {
		l.t.Fatal(err)
	}
	modules := l.kernel + "," + module
	if policy != "" {
		modules += "," + policy
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64", "-M", "pc", "-cpu", "max", "-m", "512", "-display", "none", "-monitor", "none", "-no-reboot",
		"-net", "none", "-serial", "file:"+serial, "-debugcon", "file:"+debug, "-kernel", xen,
		"-append", "console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all dom0_mem=64M noreboot=no "+args, "-initrd", modules)
	out, err := cmd.CombinedOutput()
	b := &boot{result: map[string]int64{}}
	console, _ := os.ReadFile(serial)
	b.console = string(bytes.ReplaceAll(console, []byte("\r"), nil))
	said, _ := os.ReadFile(debug)
	if err := errors.Join(err, b.read(string(said))); err != nil {
		l.t.Fatalf("boot with %q: %v\n%s\nXen's console:\n%s", args, err, out, b.console)
	}
	return b
}

// read takes the kernel's lines; the last one is "end 0".
func (b *boot) read(said string) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if lines[len(lines)-1] != "end 0" {
		return fmt.Errorf("the kernel did not come to its end; it said %q", said)
	}
	for _, line := range lines[:len(lines)-1] {
		name, text, _ := strings.Cut(line, " ")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("the kernel said %q", line)
		}
		b.result[name] = n
		b.order = append(b.order, name)
	}
	return nil
}

// shell runs a command and returns its standard output.
func shell(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args, err, out, &stderr)
	}
	return string(out)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
