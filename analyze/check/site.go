package check

import (
	"sort"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

func itoa(n int) string { return strconv.Itoa(n) }

// eacces is what a hook that says no answers in the executions.
const eacces = -13

// runs are the executions of a function around one hook call.
type runs struct {
	x           *exec
	from        []*state
	allow, deny *trace
	partial     bool
}

// around executes a site's function up to the call, and on from it with either answer.
func (m *model) around(s *site) *runs {
	if r := m.runs[s]; r != nil {
		return r
	}
	r := m.execute(s.Fn, s.Block, s.Instr, s.Node)
	m.runs[s] = r
	return r
}

func (m *model) execute(f *analyze.Fn, block, instr, node int32) *runs {
	x := newExec(m, f)
	r := &runs{x: x}
	r.from, r.partial = x.before(block, instr, m.graph(f).reaching(block, false))
	r.allow = x.after(r.from, block, instr, node, known(0))
	r.deny = x.after(r.from, block, instr, node, known(eacces))
	r.partial = r.partial || r.allow.partial || r.deny.partial
	return r
}

// finding starts a finding at the site.
func (m *model) finding(s *site, confidence float64, message string) *Finding {
	line, _ := m.at(s.Fn, s.Fn.F.Nodes[s.Node].Start)
	f := &Finding{File: s.Fn.File, Line: line, Function: s.Fn.Name, Hook: s.Hook, Message: message, Confidence: confidence}
	m.operations(f, s)
	return f
}

// maxOperations is how many commands may share a site before the finding is about the entry as a whole.
const maxOperations = 8

// operations names the entry and command that reach the site: those whose own code it is, before those that pass it on the way.
func (m *model) operations(f *Finding, s *site) {
	if s.fact == nil {
		return
	}
	var ids, other []string
	for _, id := range s.fact.Ops {
		op := m.ops[id]
		if op == nil {
			continue
		}
		if own(op, s.fact.ID) {
			ids = append(ids, id)
		} else {
			other = append(other, id)
		}
	}
	if len(ids) == 0 {
		ids = other
	}
	sort.SliceStable(ids, func(i, j int) bool { return m.compat(ids[i]) < m.compat(ids[j]) })
	if len(ids) == 0 {
		return
	}
	f.Hypercall = m.ops[ids[0]].Entry
	if len(ids) <= maxOperations {
		f.Operation = m.ops[ids[0]].Command
	}
	if len(ids) > 1 {
		f.Operations = ids
		if c := common(ids); c != "" {
			f.Operation = c
		}
	}
}

// common is the innermost command that all operations share, "" when they share the entry at most.
func common(ids []string) string {
	shared := strings.Split(ids[0], "/")
	for _, id := range ids[1:] {
		parts := strings.Split(id, "/")
		n := 0
		for n < len(shared) && n < len(parts) && shared[n] == parts[n] {
			n++
		}
		shared = shared[:n]
	}
	if len(shared) < 2 {
		return ""
	}
	return shared[len(shared)-1]
}

// compat orders operations of native entries before others: an entry that has the table's first prefix comes first.
func (m *model) compat(id string) int { return m.rank(m.ops[id].Entry) }

// rank is the position of the profile's pattern that an entry's name matches.
func (m *model) rank(e string) int {
	for i, h := range m.p.Profile.Entries.Handlers {
		if profile.Match(h, e) {
			return i
		}
	}
	return len(m.p.Profile.Entries.Handlers)
}

// own reports whether the site stands in the operation's own code.
func own(op *analyze.Op, siteID string) bool {
	for _, h := range op.Hooks {
		if h.Site == siteID && h.Phase == "own" {
			return true
		}
	}
	return false
}

// objects lists the paths of the pointers that the hook is given.
func (s *site) objects() (out []string) {
	for _, a := range s.Fn.Args(s.Node) {
		if _, ok := analyze.StructPointer(s.Fn.S(s.Fn.F.Nodes[s.Fn.Strip(a)].Type)); ok {
			out = append(out, s.Fn.Path(a))
		}
	}
	return out
}

// significant reports whether an instruction changes state of the hypervisor; releases and copies to the guest do not count.
func (m *model) significant(f *analyze.Fn, is ir.Instr) bool {
	for _, p := range m.changed(f, is) {
		if isState(p) {
			return true
		}
	}
	return false
}

// decides reports whether the hook at a site is asked for permission.
func (m *model) decides(s *site) bool { return s.Decides(m.defaults) }
