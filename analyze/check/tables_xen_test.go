//go:build xen

package check

import (
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// xenWiring is what is wrong with the tables of Xen 4.17; each was read in the source.
var xenWiring = []string{
	"XSM2003 flask_domctl XEN_DOMCTL_set_broken_page_p2m", // refused to everybody; the command has no hook of its own either
	"XSM2003 flask_domctl XEN_DOMCTL_soft_reset_cont",     // the continuation of soft_reset, which is allowed, is refused
	"XSM2003 flask_domctl XEN_DOMCTL_vuart_op",            // Arm's; fixed upstream by 29daa72e4019
	"XSM2003 flask_profile XENOPROF_get_ibs_caps",
	"XSM2003 flask_profile XENOPROF_ibs_counter",
	"XSM2003 flask_profile XENOPROF_set_backtrace",
	"XSM2004 flask_domctl XEN_DOMCTL_setvnumainfo", // DOMAIN2__SET_VNUMAINFO of SECCLASS_DOMAIN
}

// TestXenWiring finds these and nothing else.
func TestXenWiring(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	found, err := Wiring(tree, pr, &analyze.Facts{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range found {
		for _, f := range l {
			got = append(got, f.Check+" "+f.Function+" "+f.Operation)
		}
	}
	sort.Strings(got)
	if strings.Join(got, "\n") != strings.Join(xenWiring, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(xenWiring, "\n"))
	}
}
