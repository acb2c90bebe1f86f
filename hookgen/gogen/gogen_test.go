package gogen_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/gogen"
)

// The committed files are what go generate writes today.
func TestReproducible(t *testing.T) {
	c, err := catalog.Builtin("xen-4.17")
	if err != nil {
		t.Fatal(err)
	}
	files, err := gogen.Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		have, err := os.ReadFile("../../" + f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, f.Text) {
			t.Errorf("%s is not up to date: run go generate ./hypervisor/xsm", f.Path)
		}
	}
}

func TestUnknownCType(t *testing.T) {
	c := &catalog.Catalog{Flavour: "f", Hooks: []*catalog.Hook{{Name: "a", Params: []catalog.Param{{Type: "float", Name: "x"}}}}}
	if _, err := gogen.Generate(c); err == nil {
		t.Error("a parameter of type float was accepted")
	}
}

func TestGoName(t *testing.T) {
	for in, want := range map[string]string{
		"evtchn_send": "EvtchnSend", "map_domain_pirq": "MapDomainPIRQ", "do_xsm_op": "DoXSMOp", "domctl": "Domctl",
	} {
		if got := gogen.GoName(in); got != want {
			t.Errorf("GoName(%q) = %q, want %q", in, got, want)
		}
	}
}
