//go:build xen

package silo_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

const oracle = `
#include <stdint.h>
#include <stdio.h>
#define __XEN_TOOLS__ 1
#define __XEN_INTERFACE_VERSION__ 0x00041300
#define CONFIG_XSM 1
#define CONFIG_ARGO 1
#define REAL_DUMMY 1
#include <public/xen.h>
#include <public/domctl.h>
#include <public/hvm/hvm_op.h>
#include "oracle.h"
#define XEN_GUEST_HANDLE_PARAM(t) void *
#define XENLOG_INFO
#define ESRCH 3
#define __init
#define __initconst_cf_clobber
static struct domain *rcu_lock_domain_by_any_id(domid_t id) { return id < 5 ? doms[id] : NULL; }
static void rcu_unlock_domain(struct domain *d) {}
struct xsm_ops {
    int (*evtchn_unbound)(struct domain *, struct evtchn *, domid_t);
    int (*evtchn_interdomain)(struct domain *, struct evtchn *, struct domain *, struct evtchn *);
    int (*grant_mapref)(struct domain *, struct domain *, uint32_t);
    int (*grant_transfer)(struct domain *, struct domain *);
    int (*grant_copy)(struct domain *, struct domain *);
    int (*argo_register_single_source)(const struct domain *, const struct domain *);
    int (*argo_send)(const struct domain *, const struct domain *);
};
#include "SILO"
struct domain d[NDOMS], *doms[NDOMS], *current_domain, *dom_io = &d[6];
static struct vcpu v;
struct vcpu *the_vcpu(void) { v.domain = current_domain; return &v; }
int main(void)
{
    struct evtchn c;
    const struct xsm_ops *o = silo_init();
    for ( int i = 0; i < NDOMS; i++ ) { doms[i] = &d[i]; d[i].domain_id = i; }
    d[0].is_privileged = 1; d[3].target = &d[1]; d[4].is_xenstore = 1;
    for ( int k = 0; k < 5; k++ ) for ( int a = 0; a < 5; a++ ) for ( int b = 0; b < 5; b++ )
    {
        current_domain = doms[k];
#define P(name, ...) printf("> " #name " %d %d %d %d\n", k, a, b, o->name(__VA_ARGS__))
        P(evtchn_unbound, doms[a], &c, b);
        P(evtchn_interdomain, doms[a], &c, doms[b], &c);
        P(grant_mapref, doms[a], doms[b], 0);
        P(grant_transfer, doms[a], doms[b]);
        P(grant_copy, doms[a], doms[b]);
        P(argo_register_single_source, doms[a], doms[b]);
        P(argo_send, doms[a], doms[b]);
    }
    return 0;
}
`

// TestAgainstXen compiles the tree's own xsm/silo.c and compares all seven hooks
// on every three parties.
func TestAgainstXen(t *testing.T) {
	xen := os.Getenv("XSMPATCH_XEN")
	if xen == "" {
		t.Fatal("XSMPATCH_XEN must name a Xen tree")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"xen/sched.h": "", "xsm/xsm.h": "",
		"oracle.c": strings.Replace(oracle, "SILO", filepath.Join(xen, "xen/xsm/silo.c"), 1),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"public": "xen/include/public", "xsm/dummy.h": "xen/include/xsm/dummy.h"} {
		if err := os.Symlink(filepath.Join(xen, to), filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	exe := filepath.Join(dir, "oracle")
	cc := exec.Command("gcc", "-w", "-O2", "-I"+dir, "-I../dummy/testdata", filepath.Join(dir, "oracle.c"), "-o", exe)
	if out, err := cc.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	doms := people()
	m := attached(doms)
	n := 0
	for sc := bufio.NewScanner(strings.NewReader(string(out))); sc.Scan(); {
		if !strings.HasPrefix(sc.Text(), "> ") {
			continue
		}
		var name string
		var k, a, b, want int
		if _, err := fmt.Sscanf(sc.Text(), "> %s %d %d %d %d", &name, &k, &a, &b, &want); err != nil {
			t.Fatal(err)
		}
		var e abi.Errno
		errors.As(seven[name](m, doms[k], doms[a], doms[b]), &e)
		if -int(e) != want {
			t.Errorf("%s: Go says %d", sc.Text(), -int(e))
		}
		n++
	}
	if n != 7*125 {
		t.Errorf("%d decisions compared, want %d", n, 7*125)
	}
}
