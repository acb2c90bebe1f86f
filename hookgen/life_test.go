package hookgen

import (
	"context"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

var lifeRE = regexp.MustCompile(`(?m)^    err = xsm_alloc_security_domain\(d\);\n    if \( err \)\n        goto fail_alloc;\n|^    xsm_(free_security_domain|security_domaininfo)\(.*\n`)

// TestLife takes the calls that follow a domain's life out of minixen: each comes back in the function that it was in, on the right side of the statement
// that begins or ends the life, and the one that can fail leaves by an exit that undoes what came before it.
func TestLife(t *testing.T) {
	files, taken := map[string]*refactor.File{}, 0
	err := fs.WalkDir(testdata.MiniXen(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := fs.ReadFile(testdata.MiniXen(), p)
		if strings.HasSuffix(p, "common/domain.c") {
			taken = len(lifeRE.FindAll(src, -1))
			src = lifeRE.ReplaceAll(src, nil)
		}
		files[p] = refactor.NewFile(0o100644, src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if taken != 4 {
		t.Fatalf("%d calls taken out of minixen, want 4", taken)
	}
	tree, err := refactor.NewTree("minixen", files)
	if err != nil {
		t.Fatal(err)
	}
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Configs: []compdb.Options{{}}})
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	tabs, err := tables.Read(tree, p.Profile)
	if err != nil {
		t.Fatal(err)
	}
	plan := NewPlan(tree, p, verify.Gaps(p, tree, tabs))
	for _, tc := range []struct{ hook, function, args, before, after string }{
		{"xsm_alloc_security_domain", "domain_create", "d", "domain_list = d;", "if ( !d )"},
		{"xsm_free_security_domain", "domain_destroy", "d", "xfree(d);", "grant_table_destroy(d);"},
		{"xsm_security_domaininfo", "getdomaininfo", "d, info", "}", "info->domain ="},
	} {
		found := false
		for _, x := range plan.Placements {
			if x.Hook != tc.hook || x.Function != tc.function {
				continue
			}
			found = true
			src, _ := tree.ReadFile(x.File)
			body := string(src)
			start := strings.LastIndex(body[:x.Offset], "\n{\n")
			end := x.Offset + strings.Index(body[x.Offset:], "\n}\n") + 2
			if args := strings.Join(x.Args, ", "); args != tc.args || x.Kind != "notify" {
				t.Errorf("%s: a %s with %q, want a notify with %q", tc.hook, x.Kind, args, tc.args)
			}
			if !strings.Contains(body[start:x.Offset], tc.after) || !strings.Contains(body[x.Offset:end], tc.before) {
				t.Errorf("%s in %s stands at line %d, not between %q and %q", tc.hook, tc.function, x.Line, tc.after, tc.before)
			}
			if tc.hook == "xsm_alloc_security_domain" && !regexp.MustCompile(`goto fail|xfree\(d\)`).MatchString(x.Text) {
				t.Errorf("the way out frees nothing:\n%s", x.Text)
			}
		}
		if !found {
			t.Errorf("%s is not placed in %s", tc.hook, tc.function)
			for _, r := range plan.Refusals {
				if r.Gap.Hook != nil && "xsm_"+r.Gap.Hook.Name == tc.hook {
					t.Logf("refused: %s", r.Reason)
				}
			}
			for _, x := range plan.Placements {
				if x.Hook == tc.hook {
					t.Logf("placed in %s line %d", x.Function, x.Line)
				}
			}
		}
	}
}
