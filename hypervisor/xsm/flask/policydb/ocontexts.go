package policydb

import (
	"cmp"
	"slices"
)

// Smallest size of a context in the file: three values, range of one level.
const contextSize = 12 + 8 + 12

// readContexts reads the labelled objects in the order of the file: initial
// SIDs, interrupts, IO ports, IO memory, PCI devices and device tree nodes.
func (p *Policy) readContexts(d *decoder) {
	p.readInitialSIDs(d)
	p.readPIRQs(d)
	p.IOPorts = p.readRanges(d, "ioport contexts", 4)
	if p.Version >= verDevTree {
		p.IOMem = p.readRanges(d, "iomem contexts", 8)
	} else {
		p.IOMem = p.readRanges(d, "iomem contexts", 4)
	}
	p.readDevices(d)
	if p.Version >= verDevTree {
		p.readDeviceTree(d)
	}
	d.section = "genfs contexts"
	at := d.off
	if n := d.u32(); n != 0 {
		d.fail(at, "%d file system contexts, which Xen has no use for", n)
	}
}

func (p *Policy) readInitialSIDs(d *decoder) {
	d.section = "initial SIDs"
	for n := d.count(4 + contextSize); n > 0 && d.ok(); n-- {
		at := d.off
		s := InitialSID{SID: SID(d.u32())}
		s.Context = p.readContext(d)
		if d.ok() && (s.SID == 0 || s.SID > maxValues) {
			d.fail(at, "initial SID %d is not between 1 and %d", s.SID, maxValues)
		}
		p.InitialSIDs = append(p.InitialSIDs, s)
	}
	unique(d, p.InitialSIDs, func(s *InitialSID) SID { return s.SID })
}

func (p *Policy) readPIRQs(d *decoder) {
	d.section = "pirq contexts"
	for n := d.count(4 + contextSize); n > 0 && d.ok(); n-- {
		at := d.off
		irq := d.u32()
		if irq > maxValues {
			d.fail(at, "pirq %d is beyond %d", irq, maxValues)
		}
		p.PIRQs = append(p.PIRQs, PIRQContext{uint16(irq), p.readContext(d)})
	}
	unique(d, p.PIRQs, func(c *PIRQContext) uint16 { return c.PIRQ })
}

// readRanges reads inclusive ranges whose ends take width bytes and sorts them.
func (p *Policy) readRanges(d *decoder, section string, width int) []RangeContext {
	d.section = section
	var out []RangeContext
	for n := d.count(2*width + contextSize); n > 0 && d.ok(); n-- {
		at := d.off
		var c RangeContext
		if width == 4 {
			c.Low, c.High = uint64(d.u32()), uint64(d.u32())
		} else {
			c.Low, c.High = d.u64(), d.u64()
		}
		if c.Low > c.High {
			d.fail(at, "range %#x-%#x ends before it starts", c.Low, c.High)
		}
		c.Context = p.readContext(d)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b RangeContext) int { return cmp.Compare(a.Low, b.Low) })
	for i := 1; i < len(out); i++ {
		if out[i].Low <= out[i-1].High {
			d.fail(d.off, "ranges %#x-%#x and %#x-%#x overlap", out[i-1].Low, out[i-1].High, out[i].Low, out[i].High)
		}
	}
	return out
}

func (p *Policy) readDevices(d *decoder) {
	d.section = "pcidevice contexts"
	for n := d.count(4 + contextSize); n > 0 && d.ok(); n-- {
		p.Devices = append(p.Devices, DeviceContext{d.u32(), p.readContext(d)})
	}
	unique(d, p.Devices, func(c *DeviceContext) uint32 { return c.SBDF })
}

func (p *Policy) readDeviceTree(d *decoder) {
	d.section = "devicetree contexts"
	for n := d.count(4 + contextSize); n > 0 && d.ok(); n-- {
		at := d.off
		c := PathContext{Path: d.text(d.u32())}
		for i := range len(c.Path) {
			if c.Path[i] < ' ' || c.Path[i] == 0x7f {
				d.fail(at, "path with control byte %#x", c.Path[i])
			}
		}
		c.Context = p.readContext(d)
		p.DeviceTree = append(p.DeviceTree, c)
	}
	unique(d, p.DeviceTree, func(c *PathContext) string { return c.Path })
}

// unique refuses two items of the same key.
func unique[T any, K comparable](d *decoder, items []T, key func(*T) K) {
	seen := make(map[K]struct{}, len(items))
	for i := range items {
		k := key(&items[i])
		if _, dup := seen[k]; dup {
			d.fail(d.off, "%v is labelled twice", k)
			return
		}
		seen[k] = struct{}{}
	}
}
