package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// wired judges the tables of a copy of minixen in which a text of a file is replaced; base is the copy's own state before that.
func wired(t *testing.T, file, from, to string, base bool) map[string][]*Finding {
	t.Helper()
	old, fresh := t.TempDir(), t.TempDir()
	for _, dir := range []string{old, fresh} {
		if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		p := filepath.Join(fresh, file)
		text, err := os.ReadFile(p)
		if err != nil || !strings.Contains(string(text), from) {
			t.Fatalf("%s has no %q (%v)", file, from, err)
		}
		if err := os.WriteFile(p, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var trees [2]*refactor.Tree
	for i, dir := range []string{old, fresh} {
		tree, err := refactor.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		trees[i] = tree
	}
	if !base {
		trees[0] = nil
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	found, err := Wiring(trees[1], pr, &analyze.Facts{}, trees[0])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// news lists what findings say beyond others, as "check hook: message".
func news(found, old map[string][]*Finding) string {
	was := map[string]bool{}
	for _, l := range old {
		for _, f := range l {
			was[f.Check+f.Hook+f.Message] = true
		}
	}
	var out []string
	for _, l := range found {
		for _, f := range l {
			if !was[f.Check+f.Hook+f.Message] {
				out = append(out, f.Check+" "+f.Hook+": "+f.Message)
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestWiring changes one text of minixen at a time; the wanted words are those of the one new finding, none when the change is sound.
func TestWiring(t *testing.T) {
	const hooks, dummy, header, domctl = "xen/xsm/flask/hooks.c", "xen/include/xsm/dummy.h", "xen/include/xsm/xsm.h", "xen/common/domctl.c"
	old := wired(t, "", "", "", false)
	for _, tc := range []struct{ name, file, from, to, want string }{
		{"an entry moved", "xen/xsm/dummy.c", "    .evtchn_send                  = xsm_evtchn_send,\n    .evtchn_status                = xsm_evtchn_status,\n",
			"    .evtchn_status                = xsm_evtchn_status,\n    .evtchn_send                  = xsm_evtchn_send,\n", ""},
		{"a comment with a call", domctl, "    ret = xsm_domctl(", "    /* xsm_domctl(XSM_HOOK, d) */\n    ret = xsm_domctl(", ""},
		{"another action", domctl, "xsm_domctl(XSM_OTHER", "xsm_domctl(XSM_PRIV", "XSM2002 xsm_domctl: XSM_PRIV at the call, XSM_OTHER"},
		{"no action", domctl, "xsm_domctl(XSM_OTHER, d", "xsm_domctl(d", "XSM2002 xsm_domctl: xsm_domctl takes a default action first"},
		{"a wrapper without the action", header, "xsm_getdomaininfo(xsm_default_t def, struct domain *d)", "xsm_getdomaininfo(struct domain *d)", "XSM2002 xsm_getdomaininfo: the default module's function takes a default action and the wrapper does not"},
		{"an entry of a module lost", hooks, "    .evtchn_send ", "    /* .evtchn_send */ //", "XSM2001 xsm_evtchn_send: flask_ops has no entry for xsm_evtchn_send"},
		{"the member lost", header, "    int (*evtchn_send)(", "    int *evtchn_send;\n    int (evtchn_send_)(", "XSM2001 xsm_evtchn_send: xsm_evtchn_send is implemented, and struct xsm_ops has no member"},
		{"a case lost", hooks, "    case XEN_DOMCTL_max_vcpus:\n", "", "XSM2003 xsm_domctl: do_domctl dispatches XEN_DOMCTL_max_vcpus"},
		{"an unknown permission", hooks, "GRANT__QUERY", "GRANT__QUERRY", "XSM2004 xsm_grant_query_size: flask_grant_query_size asks SECCLASS_GRANT for GRANT__QUERRY, and class grant has no"},
	} {
		got := news(wired(t, tc.file, tc.from, tc.to, false), old)
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestUnloadable compares object classes with those of a base.
func TestUnloadable(t *testing.T) {
	const vectors = "xen/xsm/flask/policy/access_vectors"
	found := wired(t, vectors, "class grant\n{\n", "class grant\n{\n    lend\n", true)["XSM2006"]
	if len(found) != 1 || !strings.Contains(found[0].Message, "permission lend of class grant is new") || found[0].File != vectors {
		t.Errorf("a new permission: %+v", found)
	}
	if found := wired(t, vectors, "class grant\n{\n", "# class of grants\nclass grant\n{\n", true)["XSM2006"]; len(found) > 0 {
		t.Errorf("a comment: %+v", found[0])
	}
	if found := wired(t, vectors, "class grant\n{\n", "class grant\n{\n    lend\n", false)["XSM2006"]; len(found) > 0 {
		t.Errorf("without a base: %+v", found[0])
	}
}
