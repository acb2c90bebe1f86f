package flask

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/avc"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

// SID, Class and AV are the security server's identifiers.
type (
	SID   = policydb.SID
	Class = policydb.Class
	AV    = policydb.AV
)

// Options configure a Module.
type Options struct {
	// Definitions are the hypervisor's classes, permissions and initial SIDs.
	Definitions *vectors.Definitions
	// Policy is the boot policy; empty starts without one, which allows everything
	// until one is loaded.
	Policy     []byte
	Permissive bool // flask=permissive
	Shim       bool // Xen runs as a guest's shim: the domain made at boot is domU
	// Uncounted leaves cache hits out of the statistics, which makes them cheaper.
	Uncounted bool
	// Log receives console lines, audit lines among them. nil drops them.
	Log func(line string)
}

// Perm is a permission of a class.
type Perm struct {
	Class Class
	AV    AV
}

// Module is Flask. All methods may be called concurrently.
type Module struct {
	server *ss.Server
	cache  *avc.Cache
	log    func(string)
	peer   xsm.Peer
	shim   bool
	sids   bootSIDs
	perms  corePerms
	lookup xsm.Lookup

	commands map[uint32]command

	dom0Made atomic.Bool // the label of dom0 is given once

	boolMu  sync.Mutex // serialises boolean commands and loading
	pending []bool     // values set and not committed; nil if none
}

// bootSIDs are the initial SIDs that the module itself gives out or checks.
type bootSIDs struct {
	xenboot, xen, dom0, domio, domxen, unlabeled, security, domU SID
}

// corePerms are the permissions that the module itself checks.
type corePerms struct {
	security                                    map[string]Perm
	create, transition, setTarget               Perm
	makePrivFor, setAsTarget                    Perm
	relabelFrom, relabelTo, relabelSelf         Perm
	evCreate, evBind, evSend, evStatus, evReset Perm
}

// New makes a module and loads the boot policy. An error names a class,
// permission or initial SID that the definitions lack, or is a *ss.LoadError.
func New(o Options) (*Module, error) {
	m := &Module{log: o.Log, shim: o.Shim, commands: commands()}
	if m.log == nil {
		m.log = func(string) {}
	}
	server, err := ss.New(ss.Options{Definitions: o.Definitions, Permissive: o.Permissive, Log: m.log})
	if err != nil {
		return nil, err
	}
	m.server, m.cache = server, avc.New(server, m.log)
	if o.Uncounted {
		m.cache.Uncounted()
	}
	if err := m.resolve(); err != nil {
		return nil, err
	}
	if len(o.Policy) == 0 {
		m.log("Flask:  Access controls disabled until policy is loaded.")
		return m, nil
	}
	if err := server.Load(o.Policy); err != nil {
		return nil, err
	}
	m.log("Flask:  Starting in " + m.mode() + " mode.")
	return m, nil
}

func (m *Module) mode() string {
	if m.server.Enforcing() {
		return "enforcing"
	}
	return "permissive"
}

// resolve looks up what the module refers to by name.
func (m *Module) resolve() error {
	for name, sid := range map[string]*SID{"xenboot": &m.sids.xenboot, "xen": &m.sids.xen, "dom0": &m.sids.dom0,
		"domio": &m.sids.domio, "domxen": &m.sids.domxen, "unlabeled": &m.sids.unlabeled,
		"security": &m.sids.security, "domU": &m.sids.domU} {
		if *sid = m.server.Definitions().SID(name); *sid == 0 {
			return fmt.Errorf("flask: the definitions have no initial SID %s", name)
		}
	}
	p := &m.perms
	for name, perm := range map[[2]string]*Perm{
		{"domain", "create"}: &p.create, {"domain", "transition"}: &p.transition, {"domain", "set_target"}: &p.setTarget,
		{"domain2", "make_priv_for"}: &p.makePrivFor, {"domain2", "set_as_target"}: &p.setAsTarget,
		{"domain2", "relabelfrom"}: &p.relabelFrom, {"domain2", "relabelto"}: &p.relabelTo, {"domain2", "relabelself"}: &p.relabelSelf,
		{"event", "create"}: &p.evCreate, {"event", "bind"}: &p.evBind, {"event", "send"}: &p.evSend,
		{"event", "status"}: &p.evStatus, {"event", "reset"}: &p.evReset,
	} {
		var err error
		if *perm, err = m.Perm(name[0], name[1]); err != nil {
			return err
		}
	}
	p.security = map[string]Perm{}
	for _, name := range []string{"check_context", "compute_av", "compute_create", "compute_member", "compute_relabel",
		"load_policy", "setenforce", "setbool", "setsecparam", "add_ocontext", "del_ocontext"} {
		perm, err := m.Perm("security", name)
		if err != nil {
			return err
		}
		p.security[name] = perm
	}
	return nil
}

// Server returns the security server, for labels of IO resources and for tools.
func (m *Module) Server() *ss.Server { return m.server }

// Cache returns the access vector cache.
func (m *Module) Cache() *avc.Cache { return m.cache }

// Attach gives the module the hypervisor's domains (xsm.Attacher).
func (m *Module) Attach(lookup xsm.Lookup) { m.lookup = lookup }

// AttachPeers gives the module the ends of event channels (xsm.PeerAttacher).
func (m *Module) AttachPeers(peer xsm.Peer) { m.peer = peer }

// Perm finds a permission by its names.
func (m *Module) Perm(class, perm string) (Perm, error) {
	d := m.server.Definitions()
	p := Perm{d.Class(class), d.Perm(class, perm)}
	if p.AV == 0 {
		return p, fmt.Errorf("flask: the definitions have no permission %s in class %s", perm, class)
	}
	return p, nil
}

// Check decides whether ssid has a permission on tsid. audit may be nil.
func (m *Module) Check(ssid, tsid SID, p Perm, audit *avc.Audit) error {
	return m.cache.Check(ssid, tsid, p.Class, p.AV, audit)
}

// DomainHas decides whether src has a permission on dst, for the caller cur.
func (m *Module) DomainHas(cur, src, dst *xsm.Domain, p Perm) error {
	return m.between(cur, src, dst, DomainSID(src), TargetSID(src, dst), p)
}

// between decides on two labels; the audit line names both domains.
func (m *Module) between(cur, src, dst *xsm.Domain, ssid, tsid SID, p Perm) error {
	if m.cache.Granted(ssid, tsid, p.Class, p.AV) {
		return nil
	}
	return m.cache.Check(ssid, tsid, p.Class, p.AV, &avc.Audit{Source: domainName(src), Target: domainName(dst), Current: domainName(cur)})
}

// CurrentHas decides whether the caller has a permission on an object.
func (m *Module) CurrentHas(cur *xsm.Domain, tsid SID, p Perm) error {
	return m.ObjectHas(cur, DomainSID(cur), tsid, p, avc.Audit{})
}

// ObjectHas decides whether a label has a permission on an object that object
// describes; its domains are filled in.
func (m *Module) ObjectHas(cur *xsm.Domain, ssid, tsid SID, p Perm, object avc.Audit) error {
	if m.cache.Granted(ssid, tsid, p.Class, p.AV) {
		return nil
	}
	audit := object
	audit.Current = domainName(cur)
	return m.cache.Check(ssid, tsid, p.Class, p.AV, &audit)
}

// XenHas decides whether a domain has a permission on the hypervisor itself, for
// the caller cur.
func (m *Module) XenHas(cur, d *xsm.Domain, p Perm) error {
	return m.ObjectHas(cur, DomainSID(d), m.sids.xen, p, avc.Audit{})
}

// Unknown decides about an operation that has no permission: the policy's
// handle_unknown flag and permissive mode allow it. The error is EPERM.
func (m *Module) Unknown(what string, id int) error {
	if !m.server.Enforcing() || m.server.AllowUnknown() {
		m.log(fmt.Sprintf("FLASK: Allowing unknown %s: %d.", what, id))
		return nil
	}
	m.log(fmt.Sprintf("FLASK: Denying unknown %s: %d.", what, id))
	return abi.EPERM
}
