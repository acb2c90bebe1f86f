package silo_test

import (
	"errors"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/silo"
)

// people is every kind of domain: control, two guests, a device model of the
// first, a xenstore domain.
func people() []*xsm.Domain {
	d := make([]*xsm.Domain, 5)
	for i := range d {
		d[i] = &xsm.Domain{ID: xsm.DomID(i)}
	}
	d[0].SetControl(true)
	d[3].SetTarget(d[1])
	d[4].Xenstore = true
	return d
}

func attached(doms []*xsm.Domain) *silo.Module {
	m := silo.New()
	m.Attach(func(cur *xsm.Domain, id xsm.DomID) *xsm.Domain {
		if id == abi.DOMID_SELF {
			return cur
		}
		if int(id) < len(doms) {
			return doms[id]
		}
		return nil
	})
	return m
}

// decision is one of the seven hooks on three parties.
type decision func(m xsm.Hooks, cur, a, b *xsm.Domain) error

var seven = map[string]decision{
	"evtchn_unbound": func(m xsm.Hooks, cur, a, b *xsm.Domain) error {
		return m.EvtchnUnbound(cur, a, &xsm.Evtchn{}, b.ID)
	},
	"evtchn_interdomain": func(m xsm.Hooks, cur, a, b *xsm.Domain) error {
		return m.EvtchnInterdomain(cur, a, &xsm.Evtchn{}, b, &xsm.Evtchn{})
	},
	"grant_mapref":   func(m xsm.Hooks, cur, a, b *xsm.Domain) error { return m.GrantMapRef(cur, a, b, 0) },
	"grant_transfer": func(m xsm.Hooks, cur, a, b *xsm.Domain) error { return m.GrantTransfer(cur, a, b) },
	"grant_copy":     func(m xsm.Hooks, cur, a, b *xsm.Domain) error { return m.GrantCopy(cur, a, b) },
	"argo_register_single_source": func(m xsm.Hooks, cur, a, b *xsm.Domain) error {
		return m.ArgoRegisterSingleSource(cur, a, b)
	},
	"argo_send": func(m xsm.Hooks, cur, a, b *xsm.Domain) error { return m.ArgoSend(cur, a, b) },
}

// SILO refuses exactly when no party is the control domain and the two differ,
// and otherwise says what dummy says.
func TestSevenHooks(t *testing.T) {
	doms := people()
	m := attached(doms)
	kept := 0
	for name, ask := range seven {
		for _, cur := range doms {
			for _, a := range doms {
				for _, b := range doms {
					want := ask(dummy.Module{}, cur, a, b)
					if cur.ID != 0 && a.ID != 0 && b.ID != 0 && a != b {
						want = abi.EPERM
						kept++
					}
					if got := ask(m, cur, a, b); !errors.Is(got, want) {
						t.Errorf("%s(%d: %d, %d) = %v, want %v", name, cur.ID, a.ID, b.ID, got, want)
					}
				}
			}
		}
	}
	if kept != 7*4*4*3 {
		t.Errorf("%d pairs kept apart", kept)
	}
	if err := m.EvtchnUnbound(doms[1], doms[1], &xsm.Evtchn{}, 77); !errors.Is(err, abi.ESRCH) {
		t.Errorf("a port for nobody: %v", err)
	}
}
