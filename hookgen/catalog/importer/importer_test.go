package importer_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog/importer"
)

// A two-hook tree of our own, with one table of each kind.
func tree() fstest.MapFS {
	return fstest.MapFS{
		"xen/include/xsm/xsm.h": {Data: []byte(`struct xsm_ops {
    int (*knock)(struct domain *a, int what);
#ifdef CONFIG_BELL
    void (*ring)(struct domain *d); /* a note */
#endif
};
`)},
		"xen/include/xsm/dummy.h": {Data: []byte(`static XSM_INLINE int cf_check xsm_knock(
    XSM_DEFAULT_ARG struct domain *d, int cmd)
{
    XSM_ASSERT_ACTION(XSM_OTHER);
    switch ( cmd )
    {
    case KNOCK_soft:
    case KNOCK_hard:
        return xsm_default_action(XSM_TARGET, current->domain, d);
    default:
        return -EPERM;
    }
}

static XSM_INLINE void cf_check xsm_ring(struct domain *d)
{
    return;
}
`)},
		"xen/xsm/flask/hooks.c": {Data: []byte(`static int helper(struct domain *d)
{
    return check(d, DOOR__OPEN);
}

static int cf_check flask_knock(struct domain *d, int cmd)
{
    if ( cmd )
        return check(d, DOOR__KNOCK);
    return helper(d);
}

static const struct xsm_ops flask_ops = {
    .knock = flask_knock,
};
`)},
		"xen/xsm/flask/flask_op.c": {Data: []byte("\n")},
	}
}

func TestImport(t *testing.T) {
	c, err := importer.Import(tree(), "toy", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `version: 1
flavour: toy
hooks:
  - name: knock
    phase: authorize
    params: ["struct domain *d", "int cmd"]
    action: XSM_OTHER
    subject: current
    object: d
    rules:
      - action: XSM_TARGET
        when:
          - {param: cmd, in: [KNOCK_soft, KNOCK_hard]}
      - action: deny
    vectors: [door:knock, door:open]
  - name: ring
    phase: notify
    params: ["struct domain *d"]
    result: "void"
    action: none
    guard: "CONFIG_BELL"
`
	if got := string(c.Format()); got != want {
		t.Errorf("imported:\n%s\nwant:\n%s", got, want)
	}
}

func TestImportRefuses(t *testing.T) {
	for name, change := range map[string]struct{ file, old, new, msg string }{
		"no ops structure":  {"xen/include/xsm/xsm.h", "struct xsm_ops", "struct other", "no struct xsm_ops"},
		"no dummy function": {"xen/include/xsm/dummy.h", "xsm_ring(", "xsm_bell(", "hook ring: no dummy function"},
		"parameter counts":  {"xen/include/xsm/dummy.h", "xsm_ring(struct domain *d)", "xsm_ring(int a, int b)", "2 parameters"},
	} {
		tr := tree()
		src := string(tr[change.file].Data)
		tr[change.file] = &fstest.MapFile{Data: []byte(strings.Replace(src, change.old, change.new, 1))}
		if _, err := importer.Import(tr, "toy", nil); err == nil || !strings.Contains(err.Error(), change.msg) {
			t.Errorf("%s: error %v, want %q", name, err, change.msg)
		}
	}
	if _, err := importer.Import(fstest.MapFS{}, "toy", nil); err == nil {
		t.Error("an empty tree was accepted")
	}
}
