package policydb

const (
	magic      = 0xf97cff8c
	target     = "XenFlask"
	targetSE   = "SE Linux"
	symTables  = 8
	configMLS  = 1
	configRej  = 2
	configAll  = 4
	verFileTr  = 25
	verRoleTr  = 26
	verObjDef  = 27
	verDefType = 28
	verConsNam = 29
	verDevTree = 30
)

// Read reads a binary policy. The error is a *FormatError.
func Read(data []byte) (*Policy, error) {
	d := &decoder{data: data, section: "header"}
	p := &Policy{}
	p.readHeader(d)
	p.readSymbols(d)
	d.section = "rules"
	p.readRules(d)
	d.section = "conditionals"
	p.readConds(d)
	p.readRoleRules(d)
	p.readFilenameTransitions(d)
	p.readContexts(d)
	p.readRangeTransitions(d)
	p.readTypeAttrs(d)
	p.checkBounds(d)
	if d.err != nil {
		return nil, d.err
	}
	return p, nil
}

func (p *Policy) readHeader(d *decoder) {
	if len(d.data) > MaxSize {
		d.fail(0, "%d bytes, more than the %d that a hypervisor takes", len(d.data), MaxSize)
	}
	if m := d.u32(); d.ok() && m != magic {
		d.fail(0, "magic number %#x, not %#x: not a binary policy", m, uint32(magic))
	}
	if n := d.u32(); d.ok() && n != uint32(len(target)) {
		d.fail(4, "target string of %d bytes, not %d", n, len(target))
	}
	switch t := string(d.take(len(target))); {
	case !d.ok() || t == target:
	case t == targetSE:
		d.fail(8, "policy for SELinux, not for Xen (compile it with checkpolicy -t Xen)")
	default:
		d.fail(8, "target %q, not %q", t, target)
	}
	p.readConfig(d)
	d.section = "policy capabilities"
	p.Capabilities = d.bitmap()
	d.section = "permissive types"
	p.Permissive = d.bitmap()
}

func (p *Policy) readConfig(d *decoder) {
	at := d.off
	p.Version = int(d.u32())
	objects := map[int]uint32{24: 5, 30: 6}[p.Version]
	if d.ok() && objects == 0 {
		d.fail(at, "version %d, not 24 or 30 (checkpolicy -c)", p.Version)
	}
	config := d.u32()
	p.MLS = config&configMLS != 0
	switch {
	case config&configAll != 0:
		p.HandleUnknown = UnknownAllow
	case config&configRej != 0:
		p.HandleUnknown = UnknownReject
	}
	at = d.off
	syms, ocons := d.u32(), d.u32()
	if d.ok() && (syms != symTables || ocons != objects) {
		d.fail(at, "%d symbol and %d context tables, not %d and %d", syms, ocons, symTables, objects)
	}
}

// symbols reads the head of a symbol table and calls one for each element, then
// returns how many values it spans.
func (d *decoder) symbols(section string, one func()) int {
	d.section = section
	at := d.off
	values := d.u32()
	if d.ok() && values > maxValues {
		d.fail(at, "%d values, more than %d", values, maxValues)
	}
	for n := d.count(8); n > 0 && d.ok(); n-- {
		one()
	}
	if !d.ok() {
		return 0
	}
	return int(values)
}

func (p *Policy) readSymbols(d *decoder) {
	p.names = names{class: map[string]uint32{}, role: map[string]uint32{}, typ: map[string]uint32{},
		user: map[string]uint32{}, boolean: map[string]uint32{}, level: map[string]uint32{}, cat: map[string]uint32{}}
	p.readCommons(d)
	p.readClasses(d)
	p.readRoles(d)
	p.readTypes(d)
	p.readUsers(d)
	p.readBools(d)
	p.readLevels(d)
	p.readCats(d)
}

// table collects elements by value until the table's size is known.
type table[T any] struct {
	d     *decoder
	names map[string]uint32 // nil when another table keeps them
	at    []int
	vals  []uint32
	items []*T
}

// add enters an element that was read at byte at. An alias has a name only.
func (t *table[T]) add(at int, name string, value uint32, item *T) {
	if !t.d.ok() {
		return
	}
	if t.names != nil {
		if _, dup := t.names[name]; dup {
			t.d.fail(at, "%q is defined twice", name)
		}
		t.names[name] = value
	}
	t.at = append(t.at, at)
	t.vals = append(t.vals, value)
	t.items = append(t.items, item)
}

// index returns the elements by value-1, given the highest value.
func (t *table[T]) index(values int) []*T {
	if !t.d.ok() {
		return nil
	}
	out := make([]*T, values)
	for i, v := range t.vals {
		switch {
		case v == 0 || int(v) > values:
			t.d.fail(t.at[i], "value %d is not between 1 and %d", v, values)
		case t.items[i] == nil:
		case out[v-1] != nil:
			t.d.fail(t.at[i], "value %d is defined twice", v)
		default:
			out[v-1] = t.items[i]
		}
	}
	return out
}

// get returns the element with a value from 1, nil if there is none.
func get[T any](items []*T, value uint32) *T {
	if value == 0 || uint64(value) > uint64(len(items)) {
		return nil
	}
	return items[value-1]
}
