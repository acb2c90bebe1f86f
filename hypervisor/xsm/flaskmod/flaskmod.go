// Package flaskmod is Flask as a module of the reference hypervisor: package
// flask's core, and the hooks that map an operation to a permission of a class
// (xen/xsm/flask/hooks.c of Xen 4.17).
//
// Every hook is written out; none is the dummy module's. Where 4.17 asks for a
// permission of one class with another class' number (set_vnumainfo), so does
// this package, for the point is to agree with it.
package flaskmod

import (
	"fmt"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
)

// Module is Flask with every hook of the catalogue.
type Module struct {
	*flask.Module
	p perms
}

var (
	_ xsm.Hooks        = (*Module)(nil)
	_ xsm.Attacher     = (*Module)(nil)
	_ xsm.PeerAttacher = (*Module)(nil)
)

// Options are the core's, without its definitions: they are Xen 4.17's.
type Options struct {
	Policy     []byte // binary; empty allows everything until one is loaded
	Permissive bool
	Uncounted  bool              // leave cache hits out of the statistics
	Log        func(line string) // console lines, audit lines among them
}

// New makes a module and loads the boot policy. Errors are the core's.
func New(o Options) (*Module, error) {
	defs, err := Definitions()
	if err != nil {
		return nil, err
	}
	core, err := flask.New(flask.Options{
		Definitions: defs, Policy: o.Policy, Permissive: o.Permissive, Uncounted: o.Uncounted, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	m := &Module{Module: core}
	return m, m.p.resolve(core)
}

// perms are the permissions that hooks ask for: one a name for those on fast
// paths, and a table a hook that tells commands apart.
type perms struct {
	mapRead, mapWrite, grantUnmap, grantTransfer, grantSetup, grantCopy, grantQuery flask.Perm
	mmuRead, mmuWrite, mmuRemap, mmuMP, mmuExt, mmuPin, mmuAdjust, mmuStat          flask.Perm
	mmuPhysmap, mmuExchange, mmuMemoryMap, mmuTargetHack                            flask.Perm
	readConsole, clearConsole                                                       flask.Perm

	named                                                         map[string]flask.Perm
	domctl, sysctl, platform, console, profile, shadow, apic, pmu map[uint32]flask.Perm
	version, domSched, sysSched, offline                          map[uint32]flask.Perm
}

// resolve looks every permission up; the error names the first that is missing.
func (p *perms) resolve(core *flask.Module) error {
	var first error
	get := func(name string) flask.Perm {
		var class, perm string
		if _, err := fmt.Sscanf(name, "%s %s", &class, &perm); err != nil && first == nil {
			first = err
		}
		got, err := core.Perm(class, perm)
		if err != nil && first == nil {
			first = err
		}
		return got
	}
	for name, to := range map[string]*flask.Perm{
		"grant map_read": &p.mapRead, "grant map_write": &p.mapWrite, "grant unmap": &p.grantUnmap,
		"grant transfer": &p.grantTransfer, "grant setup": &p.grantSetup, "grant copy": &p.grantCopy, "grant query": &p.grantQuery,
		"mmu map_read": &p.mmuRead, "mmu map_write": &p.mmuWrite, "mmu remote_remap": &p.mmuRemap, "mmu updatemp": &p.mmuMP,
		"mmu mmuext_op": &p.mmuExt, "mmu pinpage": &p.mmuPin, "mmu adjust": &p.mmuAdjust, "mmu stat": &p.mmuStat,
		"mmu physmap": &p.mmuPhysmap, "mmu exchange": &p.mmuExchange, "mmu memorymap": &p.mmuMemoryMap, "mmu target_hack": &p.mmuTargetHack,
		"xen readconsole": &p.readConsole, "xen clearconsole": &p.clearConsole,
	} {
		*to = get(name)
	}
	for table, to := range map[*table]*map[uint32]flask.Perm{
		&domctls: &p.domctl, &sysctls: &p.sysctl, &platforms: &p.platform, &consoles: &p.console, &profiles: &p.profile,
		&shadows: &p.shadow, &apics: &p.apic, &pmus: &p.pmu, &versions: &p.version, &domScheds: &p.domSched,
		&sysScheds: &p.sysSched, &offlines: &p.offline,
	} {
		*to = map[uint32]flask.Perm{}
		for name, cmds := range *table {
			for _, c := range cmds {
				(*to)[c] = get(name)
			}
		}
	}
	p.named = map[string]flask.Perm{}
	for _, name := range others {
		p.named[name] = get(name)
	}
	if first != nil {
		return first
	}
	return p.mismatch(core)
}

// both asks for two permissions of one class at once.
func both(a, b flask.Perm) flask.Perm { return flask.Perm{Class: a.Class, AV: a.AV | b.AV} }

// on asks about an operation of the caller on a domain.
func (m *Module) on(cur, d *xsm.Domain, perm string) error {
	return m.DomainHas(cur, cur, d, m.p.named[perm])
}

// xen asks about an operation of the caller on the hypervisor.
func (m *Module) xen(cur *xsm.Domain, perm string) error {
	return m.XenHas(cur, cur, m.p.named[perm])
}
