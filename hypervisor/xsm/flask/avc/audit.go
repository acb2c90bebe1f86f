package avc

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

// Audit says what an audit line tells about the operation besides its labels.
type Audit struct {
	// Domains are printed as Xen's %pd does (d0, d5, d[IDLE]). Source and Target
	// are the parties where they are known; else Current is the caller.
	Source, Target, Current string
	Kind                    AuditKind
	Start, End              uint64 // range; device; interrupt; page table entry and frame
	Path                    string // device tree node
}

// AuditKind selects the object that an audit line names.
type AuditKind uint8

// Kinds of objects in audit lines.
const (
	AuditNone   AuditKind = iota
	AuditDevice           // Start: PCI device
	AuditIRQ              // Start: interrupt
	AuditRange            // Start..End
	AuditMemory           // Start: page table entry, End: machine frame
	AuditPath             // Path
)

// audit writes a line if the decision wants one.
func (c *Cache) audit(ssid, tsid policydb.SID, class policydb.Class, requested policydb.AV, d *ss.Decision, result error, a *Audit) {
	denied := requested &^ d.Allowed
	audited := denied
	switch {
	case denied != 0:
		if denied&d.AuditDeny == 0 {
			return
		}
	case result != nil:
		denied, audited = requested, requested
	default:
		if requested&d.AuditAllow == 0 {
			return
		}
		audited = requested
	}
	c.log(c.line(ssid, tsid, class, audited, denied != 0, a))
}

// line formats an audit line; audit2allow reads it.
func (c *Cache) line(ssid, tsid policydb.SID, class policydb.Class, av policydb.AV, denied bool, a *Audit) string {
	var b strings.Builder
	verb := "granted"
	if denied {
		verb = "denied"
	}
	fmt.Fprintf(&b, "avc:  %s %s for ", verb, c.perms(class, av))
	if a != nil {
		a.write(&b)
	}
	fmt.Fprintf(&b, "%s %s tclass=%s", c.label("s", ssid), c.label("t", tsid), c.className(class))
	return b.String()
}

// perms formats an access vector as " { a b }"; bits without a name are in hex.
func (c *Cache) perms(class policydb.Class, av policydb.AV) string {
	if av == 0 {
		return " null"
	}
	names, rest := c.server.Definitions().PermNames(class, av)
	if rest != 0 {
		names = append(names, fmt.Sprintf("%#x", uint32(rest)))
	}
	return " { " + strings.Join(names, " ") + " }"
}

func (c *Cache) label(side string, sid policydb.SID) string {
	if context, err := c.server.SIDToContext(sid); err == nil {
		return side + "context=" + context
	}
	return fmt.Sprintf("%ssid=%d", side, sid)
}

func (c *Cache) className(class policydb.Class) string {
	if classes := c.server.Definitions().Classes; class != 0 && int(class) <= len(classes) {
		return classes[class-1].Name
	}
	return "null"
}

func (a *Audit) write(b *strings.Builder) {
	switch {
	case a.Source != "" || a.Target != "":
		if a.Source != "" {
			fmt.Fprintf(b, "source=%s ", a.Source)
		}
		if a.Target != "" && a.Target != a.Source {
			fmt.Fprintf(b, "target=%s ", a.Target)
		}
	case a.Current != "":
		fmt.Fprintf(b, "current=%s ", a.Current)
	}
	switch a.Kind {
	case AuditDevice:
		fmt.Fprintf(b, "device=%#x ", a.Start)
	case AuditIRQ:
		fmt.Fprintf(b, "irq=%d ", a.Start)
	case AuditRange:
		fmt.Fprintf(b, "range=%#x-%#x ", a.Start, a.End)
	case AuditMemory:
		fmt.Fprintf(b, "pte=%#x mfn=%#x ", a.Start, a.End)
	case AuditPath:
		fmt.Fprintf(b, "dtdevice=%s ", a.Path)
	}
}
