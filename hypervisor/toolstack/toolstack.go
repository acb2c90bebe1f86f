// Package toolstack manages a running reference hypervisor: domains and their
// labels, the policy and its booleans, statistics, a live tail of denials. A
// daemon offers it on a Unix socket.
//
// Whoever connects acts as a domain: the socket's peer credentials give a user,
// and a table gives the user's domain. Every request becomes hypercalls of that
// domain's processor, so who may manage what is decided by the same hooks and the
// same policy that the guests are under. The daemon decides nothing itself,
// except that a user without a domain gets no answer.
package toolstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// Request is one command. Name is a domain's, a boolean's or a resource kind.
type Request struct {
	Cmd    string   `json:"cmd"`
	Name   string   `json:"name,omitempty"`
	Label  string   `json:"label,omitempty"`
	HVM    bool     `json:"hvm,omitempty"`
	Frames []uint64 `json:"frames,omitempty"`
	Target string   `json:"target,omitempty"`
	On     bool     `json:"on,omitempty"`
	Number uint64   `json:"number,omitempty"`
	File   string   `json:"file,omitempty"`
	Class  string   `json:"class,omitempty"`
}

// Response is the answer: a result, or what went wrong and which hooks refused.
type Response struct {
	Result  any      `json:"result,omitempty"`
	Error   string   `json:"error,omitempty"`
	Refused []string `json:"refused,omitempty"`
}

// DomainState is a domain as list shows it.
type DomainState struct {
	ID     hv.DomID `json:"id"`
	Name   string   `json:"name"`
	State  string   `json:"state"`
	Label  string   `json:"label,omitempty"`
	Pages  uint64   `json:"pages"`
	Target string   `json:"target,omitempty"`
}

// Stack is a hypervisor with its module. Methods may be called concurrently.
type Stack struct {
	h *hv.Hypervisor
	m *scenario.Module

	mu      sync.Mutex
	calls   sync.Mutex // one request's refusals at a time
	refused []string
	log     []string
	tails   map[chan string]bool
}

const keepLog = 1000

// New boots a machine under a module. The module's console lines must come to
// Log, which NewModule's options can point at.
func New(c hv.Config, open func(log func(string)) (*scenario.Module, error)) (*Stack, error) {
	s := &Stack{tails: map[chan string]bool{}}
	m, err := open(s.Log)
	if err != nil {
		return nil, err
	}
	s.m = m
	if m.Hooks != nil {
		c.Security = &tap.Module{Next: m.Hooks, Around: s.around}
	}
	s.h, err = hv.New(c)
	return s, err
}

func (s *Stack) around(c tap.Call, next func() error) error {
	err := next()
	if err == nil {
		return nil
	}
	s.mu.Lock()
	s.refused = append(s.refused, c.Hook)
	s.mu.Unlock()
	if s.m.Flask == nil { // Flask writes audit lines of its own
		s.Log(fmt.Sprintf("%s: denied %s by d%d: %v", s.m.Name, c.Hook, c.Cur.ID, err))
	}
	return err
}

// Log takes a console line and passes it to those who follow.
func (s *Stack) Log(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, line)
	if n := len(s.log) - keepLog; n > 0 {
		s.log = slices.Clone(s.log[n:])
	}
	for c := range s.tails {
		select {
		case c <- line:
		default: // a follower that does not keep up misses lines
		}
	}
}

// Tail follows the console; stop ends it.
func (s *Stack) Tail() (lines <-chan string, stop func()) {
	c := make(chan string, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tails[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.tails, c)
	}
}

// VCPU is the processor that acts for a domain, by name.
func (s *Stack) VCPU(name string) (*hv.VCPU, error) {
	id, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return s.h.VCPU(id, 0)
}

// find looks a domain up by name in the hypervisor itself: a toolstack's
// directory, which the callers' requests do not pass through.
func (s *Stack) find(name string) (hv.DomID, error) {
	if name == "dom0" {
		return 0, nil
	}
	for _, d := range s.h.Names() {
		if d.Handle == name {
			return d.ID, nil
		}
	}
	return 0, fmt.Errorf("no domain is called %q: %w", name, abi.ESRCH)
}

// Do carries a request out for a domain.
func (s *Stack) Do(by string, r *Request) *Response {
	v, err := s.VCPU(by)
	if err != nil {
		return &Response{Error: err.Error()}
	}
	do, ok := commands[r.Cmd]
	if !ok {
		return &Response{Error: fmt.Sprintf("no command is called %q", r.Cmd)}
	}
	s.calls.Lock()
	defer s.calls.Unlock()
	s.mu.Lock()
	s.refused = nil
	s.mu.Unlock()
	res, err := do(s, v, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &Response{Result: res, Refused: slices.Compact(slices.Clone(s.refused))}
	if err != nil {
		out.Result, out.Error = nil, err.Error()
	}
	return out
}

// command carries one command out as hypercalls of v.
type command func(s *Stack, v *hv.VCPU, r *Request) (any, error)

var commands = map[string]command{
	"list":       list,
	"create":     create,
	"pause":      onDomain(abi.XEN_DOMCTL_pausedomain),
	"unpause":    onDomain(abi.XEN_DOMCTL_unpausedomain),
	"destroy":    onDomain(abi.XEN_DOMCTL_destroydomain),
	"label":      label,
	"relabel":    relabel,
	"getenforce": getEnforce,
	"setenforce": setEnforce,
	"bools":      bools,
	"setbool":    setBool,
	"avcstats":   avcStats,
	"resource":   resource,
	"load":       load,
	"policy":     policy,
	"query":      query,
	"log":        func(s *Stack, _ *hv.VCPU, _ *Request) (any, error) { return s.lines(), nil },
}

func (s *Stack) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

func list(s *Stack, v *hv.VCPU, _ *Request) (any, error) {
	var a hv.DomainInfoList
	if err := s.h.Call(v, abi.HYPERVISOR_sysctl, abi.XEN_SYSCTL_getdomaininfolist, &a); err != nil {
		return nil, err
	}
	names := map[hv.DomID]string{}
	for _, i := range a.Infos {
		names[i.Domain] = i.Handle
	}
	out := []DomainState{}
	for _, i := range a.Infos {
		d := DomainState{ID: i.Domain, Name: i.Handle, State: state(&i), Label: s.m.Label(i.SSIDRef), Pages: i.TotPages, Target: names[i.Target]}
		if i.Domain == 0 {
			d.Name = "dom0"
		}
		out = append(out, d)
	}
	return out, nil
}

func state(i *hv.DomainInfo) string {
	switch {
	case i.Dying:
		return "dying"
	case i.Shutdown:
		return "shutdown"
	case i.Paused:
		return "paused"
	}
	return "running"
}

func create(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	if _, err := s.find(r.Name); err == nil || r.Name == "" {
		return nil, fmt.Errorf("a domain needs a name of its own: %w", abi.EEXIST)
	}
	ssid, err := s.m.SSIDRef(r.Label)
	if err != nil {
		return nil, err
	}
	target := hv.DomID(abi.DOMID_INVALID)
	if r.Target != "" {
		if target, err = s.find(r.Target); err != nil {
			return nil, err
		}
	}
	c := &hv.CreateDomain{SSIDRef: ssid, HVM: r.HVM, MaxVCPUs: 1, Handle: r.Name}
	if err := scenario.Create(s.h, v, c, r.Frames, target); err != nil {
		return nil, err
	}
	return c.Domain, nil
}

// onDomain makes the commands that name a domain and nothing else.
func onDomain(cmd uint32) command {
	return func(s *Stack, v *hv.VCPU, r *Request) (any, error) {
		id, err := s.find(r.Name)
		if err != nil {
			return nil, err
		}
		return nil, s.h.Call(v, abi.HYPERVISOR_domctl, cmd, &hv.DomctlDomain{Domain: id})
	}
}

func label(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	id, err := s.find(r.Name)
	if err != nil {
		return nil, err
	}
	a := &hv.DomainInfo{Domain: id}
	if err := s.h.Call(v, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_getdomaininfo, a); err != nil {
		return nil, err
	}
	return s.m.Label(a.SSIDRef), nil
}

// secOp makes a call of the security hypercall.
func (s *Stack) secOp(v *hv.VCPU, cmd uint32, arg any) error {
	return s.h.Call(v, abi.HYPERVISOR_xsm_op, cmd, arg)
}

func relabel(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	id, err := s.find(r.Name)
	if err != nil {
		return nil, err
	}
	sid, err := s.m.SSIDRef(r.Label)
	if err != nil {
		return nil, err
	}
	return nil, s.secOp(v, abi.FLASK_RELABEL_DOMAIN, &flask.Relabel{DomID: uint16(id), SID: policydb.SID(sid)})
}

func getEnforce(s *Stack, v *hv.VCPU, _ *Request) (any, error) {
	var a flask.Value
	err := s.secOp(v, abi.FLASK_GETENFORCE, &a)
	return a.Value != 0, err
}

func setEnforce(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	a := flask.SetEnforce{}
	if r.On {
		a.Enforcing = 1
	}
	return nil, s.secOp(v, abi.FLASK_SETENFORCE, &a)
}

func bools(s *Stack, v *hv.VCPU, _ *Request) (any, error) {
	out := map[string]bool{}
	for i := uint32(0); ; i++ {
		a := flask.Boolean{ID: i, Size: 4096}
		err := s.secOp(v, abi.FLASK_GETBOOL, &a)
		if errors.Is(err, abi.ENOENT) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out[a.Name] = a.Enforcing
	}
}

func setBool(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	a := flask.Boolean{ID: flask.NoID, Name: r.Name, NewValue: r.On, Commit: true}
	return nil, s.secOp(v, abi.FLASK_SETBOOL, &a)
}

func avcStats(s *Stack, v *hv.VCPU, _ *Request) (any, error) {
	var a flask.CacheStats
	err := s.secOp(v, abi.FLASK_AVC_CACHESTATS, &a)
	return a, err
}

// ResourceState is the label of a resource.
type ResourceState struct {
	SID   uint32 `json:"sid"`
	Label string `json:"label"`
}

// resource tells the label of "pci", "irq", "iomem" or "ioport" number.
func resource(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	if s.m.Flask == nil {
		return nil, abi.ENOSYS
	}
	var sid policydb.SID
	var err error
	server := s.m.Flask.Server()
	switch r.Name {
	case "pci":
		sid, err = server.DeviceSID(uint32(r.Number))
	case "irq":
		sid, err = server.IRQSID(uint32(r.Number))
	case "iomem":
		sid, err = server.IOMemSID(r.Number)
	case "ioport":
		sid, err = server.IOPortSID(uint32(r.Number))
	default:
		return nil, fmt.Errorf("no resource is of kind %q: %w", r.Name, abi.EINVAL)
	}
	if err != nil {
		return nil, err
	}
	a := flask.SIDContext{SID: sid, Size: 4096}
	err = s.secOp(v, abi.FLASK_SID_TO_CONTEXT, &a) // the caller must be allowed to ask
	return ResourceState{uint32(sid), a.Context}, err
}

// load reads a binary policy from a file of the daemon's and loads it.
func load(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	b, err := os.ReadFile(r.File)
	if err != nil {
		return nil, err
	}
	return nil, s.secOp(v, abi.FLASK_LOAD, &flask.Load{Policy: b})
}

// decode reads a request; unknown fields are errors.
func decode(line []byte) (*Request, error) {
	var r Request
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, fmt.Errorf("not a request: %w", err)
	}
	return &r, nil
}
