package hookgen

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// Spec is a hook that the tables lack: what its definition needs. Its code is written after the model of Peer, the hook of the nearest
// operation with the same kind of parameters, so that it follows the tree's own idiom.
type Spec struct {
	Name   string // without the prefix
	Params []tables.Param
	Action string        // default action
	Class  string        // Flask class
	Perm   string        // permission of the class
	Grant  tables.Vector // whoever the policy gives this permission gets the new one
	Label  string        // the command, for comments
	Peer   *tables.Hook
	Notify bool    // it cannot refuse: its result is void
	Case   bool    // no hook at all: a permission for a sub-command that a module's switch learns
	Beside *Beside // an entry-level hook's switch that must learn the command, or nil
}

// after writes the spec of a gap's hook after a peer; nil when no class that the peer's code can use has room.
func (pl *planner) after(g *verify.Gap, peer *tables.Hook) *Spec {
	s := &Spec{Params: peer.Params, Label: g.Region.Command(), Peer: peer, Name: pl.newName(g), Action: pl.action(g)}
	if !peer.Default {
		s.Action = "" // hooks of that age take none
	}
	v := peer.Vectors[0]
	s.Perm, s.Grant = s.Name, v
	classes := []string{v.Class}
	if g.HasModel {
		s.Grant = g.Model
	}
	if pl.portable(peer) {
		classes = append(pl.family(s.Grant.Class), pl.family(v.Class)...)
	}
	for _, c := range classes {
		if pl.room(c) {
			s.Class = c
			return s
		}
	}
	return nil
}

// room reports whether a class can take one more permission beside those that this plan gives it: a class has one bit each.
func (pl *planner) room(class string) bool {
	have := pl.tabs.HeaderPerms(class)
	if c := pl.tabs.Class(class); c != nil {
		have = len(c.Perms)
	} else if pl.tabs.Files.AccessVectors == "" && have == 0 {
		return false // nowhere to found a class
	}
	return have+pl.given[class] < classBits
}

// family lists a class, those that take what it has no room for (domain2 for domain), and the next one, which a new permission may have to found.
func (pl *planner) family(class string) []string {
	base := strings.TrimRight(class, "0123456789")
	out := []string{class}
	for n := 2; ; n++ {
		c := base + strconv.Itoa(n)
		out = append(out, c)
		if pl.tabs.Class(c) == nil {
			return out
		}
	}
}

// portable reports whether the peer's Flask function names the class that it checks, so that another can be put in its place.
func (pl *planner) portable(peer *tables.Hook) bool {
	src, err := pl.t.ReadFile(peer.Flask.Path)
	return err == nil && strings.Contains(string(src[peer.Flask.Start:peer.Flask.End]), "SECCLASS_"+strings.ToUpper(peer.Vectors[0].Class))
}

// Beside says where an entry-level hook's switch learns that a command has a hook of its own: at the case of another such command.
type Beside struct{ File, Function, Case string }

// spec proposes the hook of a gap that has none.
func (pl *planner) spec(g *verify.Gap) (*Spec, error) {
	var s *Spec
	for _, peer := range g.Peers {
		if s = pl.after(g, peer); s != nil {
			break
		}
	}
	if s == nil {
		return nil, fmt.Errorf("no hook of the tables is a model for a new one here: none takes what this operation offers in a class that has room")
	}
	if g.Switch == nil || g.Switch.Known[s.Label] || !knownBeside(g) {
		return s, nil
	}
	if with := delegated(g.Switch); len(with) > 0 {
		s.Beside = &Beside{g.Switch.Fn.File, g.Switch.Fn.Name, with[0]}
	} else {
		return nil, fmt.Errorf("%s decides every command itself and says nothing about %s: which permission it needs is for a person to say",
			g.Switch.Fn.Name, s.Label)
	}
	return s, nil
}

// knownBeside reports whether the gap's dispatcher has a command that the module's switch knows. One that has none is nested: it tells apart what one
// command carries, and its labels are no cases of the module's.
func knownBeside(g *verify.Gap) bool {
	if g.Region == nil || g.Region.Switch == ir.None {
		return true
	}
	f := g.Region.Fn
	for _, c := range f.F.Blocks[g.Region.Switch].Cases {
		if g.Switch.Known[f.S(c.Name)] {
			return true
		}
	}
	return false
}

// delegated lists the labels that a switch lets through because they have hooks of their own, in source order.
func delegated(s *verify.Switch) (out []string) {
	for _, c := range s.Fn.F.Blocks[s.Block].Cases {
		if l := s.Fn.S(c.Name); s.Delegated[l] {
			out = append(out, l)
		}
	}
	return out
}

// newName is the hook's name by the field's convention: the command without its family's prefix, in lower case. A name in use gets the
// dispatcher's word in front.
func (pl *planner) newName(g *verify.Gap) string {
	name := g.Region.Fn.Name
	if l := g.Region.Command(); l != "" {
		name = strings.TrimPrefix(l, labelPrefix(g.Region))
	}
	name = strings.ToLower(strings.Trim(name, "_"))
	if word := pl.familyWord(g.Region); word != "" && !strings.HasPrefix(name, word) {
		name = word + "_" + name
	}
	if pl.tabs.Hook(name) != nil {
		base := strings.TrimSuffix(path.Base(g.Region.Fn.File), ".c")
		name = base + "_" + name
	}
	return name
}

// labelPrefix is what the labels of the region's dispatcher start with, up to an underscore: "XENMEM_", "EVTCHNOP_".
func labelPrefix(r *verify.Region) string {
	blk := &r.Fn.F.Blocks[r.Switch]
	prefix := r.Command()
	for _, c := range blk.Cases {
		l := r.Fn.S(c.Name)
		if c.Default || !strings.Contains(l, "_") {
			continue
		}
		for !strings.HasPrefix(l, prefix) && prefix != "" {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix[:strings.LastIndexByte(prefix, '_')+1]
}

// familyWord is the word that most hooks called in the region's file start with: "evtchn" for the event channel code.
func (pl *planner) familyWord(r *verify.Region) string {
	count, total := map[string]int{}, 0
	for _, f := range pl.p.Fns {
		if f.File != r.Fn.File {
			continue
		}
		for _, h := range pl.p.HookCalls(f) {
			w, _, _ := strings.Cut(strings.TrimPrefix(h.Hook, pl.tabs.Prefix), "_")
			count[w]++
			total++
		}
	}
	for w, n := range count {
		if 2*n > total && n > 2 {
			return w
		}
	}
	return ""
}

// action is the default action that keeps who may do it today: nothing more than the entry-level hook asks where there is one; a domain that
// names itself, or its device model, where the look-up accepts the caller; the control domain otherwise.
func (pl *planner) action(g *verify.Gap) string {
	if g.Switch != nil {
		return "XSM_HOOK"
	}
	for _, o := range g.Objects {
		if pl.p.Profile.Subject.Any.Has(g.Region.Fn.CallName(o.Node)) {
			return "XSM_TARGET"
		}
	}
	return "XSM_PRIV"
}

// class sorts a placement by what the operation is about, from the look-ups and the handler.
func (p *Placement) class() string {
	cmd := strings.ToUpper(p.Command)
	switch {
	case strings.Contains(p.Entry, "xsm_op") || strings.Contains(p.Entry, "flask"):
		return "security-hypercall"
	case strings.Contains(p.Hook, "evtchn") || strings.Contains(p.Hook, "grant") || strings.Contains(p.Hook, "argo"):
		return "domain-domain"
	case strings.Contains(p.Entry, "physdev") || strings.Contains(cmd, "IOMEM") || strings.Contains(cmd, "IOPORT") || strings.Contains(cmd, "IRQ") ||
		strings.Contains(cmd, "DEVICE"):
		return "domain-io"
	case strings.Contains(p.Entry, "memory_op") || strings.Contains(p.Entry, "mmu"):
		return "resource-mgmt"
	case strings.Contains(p.Entry, "domctl") || strings.Contains(p.Entry, "sysctl") || strings.Contains(p.Entry, "platform"):
		return "privileged-command"
	}
	return "other"
}
