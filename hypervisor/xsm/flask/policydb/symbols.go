package policydb

// readPerms reads n permissions into perms; highest is the largest value allowed.
func (d *decoder) readPerms(n int, perms map[string]AV, highest uint32) {
	for ; n > 0 && d.ok(); n-- {
		at := d.off
		length, value := d.u32(), d.u32()
		name := d.name(length)
		_, dup := perms[name]
		switch {
		case !d.ok():
		case value == 0 || value > 32 || value > highest:
			d.fail(at, "permission %s has value %d of %d", name, value, highest)
		case dup:
			d.fail(at, "permission %s is defined twice", name)
		default:
			perms[name] = 1 << (value - 1)
		}
	}
}

func (p *Policy) readCommons(d *decoder) {
	t := table[Common]{d: d, names: map[string]uint32{}}
	n := d.symbols("commons", func() {
		at := d.off
		length, value, highest := d.u32(), d.u32(), d.u32()
		perms := d.count(8)
		c := &Common{Perms: map[string]AV{}}
		c.Name = d.name(length)
		d.readPerms(perms, c.Perms, highest)
		t.add(at, c.Name, value, c)
	})
	p.Commons = t.index(n)
}

func (p *Policy) readClasses(d *decoder) {
	t := table[ClassInfo]{d: d, names: p.names.class}
	n := d.symbols("classes", func() {
		at := d.off
		c := p.readClass(d)
		t.add(at, c.Name, uint32(c.Value), c)
	})
	p.Classes = t.index(n)
	for i, c := range p.Classes {
		if c == nil {
			d.fail(d.off, "class %d has no name", i+1)
		}
	}
}

func (p *Policy) readClass(d *decoder) *ClassInfo {
	at := d.off
	length, commonLen, value, highest := d.u32(), d.u32(), d.u32(), d.u32()
	perms := d.count(8)
	constraints := d.count(8)
	c := &ClassInfo{Value: Class(value), NPerms: int(highest), Perms: map[string]AV{}}
	if value > maxValues || highest > 32 {
		d.fail(at, "class value %d with %d permissions", value, highest)
	}
	c.Name = d.name(length)
	if commonLen > 0 {
		p.inherit(d, c, commonLen)
	}
	d.readPerms(perms, c.Perms, highest)
	c.Constraints = p.readConstraints(d, constraints, false)
	c.ValidateTrans = p.readConstraints(d, d.count(8), true)
	if p.Version >= verObjDef {
		c.DefaultUser, c.DefaultRole, c.DefaultRange = Default(d.u32()), Default(d.u32()), DefaultRange(d.u32())
	}
	if p.Version >= verDefType {
		c.DefaultType = Default(d.u32())
	}
	return c
}

func (p *Policy) inherit(d *decoder, c *ClassInfo, length uint32) {
	at := d.off
	name := d.name(length)
	for _, common := range p.Commons {
		if common != nil && common.Name == name {
			c.Common = common
			for perm, av := range common.Perms {
				c.Perms[perm] = av
			}
			return
		}
	}
	d.fail(at, "class %s inherits unknown common %q", c.Name, name)
}

func (p *Policy) readRoles(d *decoder) {
	t := table[Role]{d: d, names: p.names.role}
	object := &Role{Name: "object_r", Value: ObjectRole}
	t.add(d.off, object.Name, ObjectRole, object)
	n := d.symbols("roles", func() {
		at := d.off
		r := &Role{}
		length := d.u32()
		r.Value, r.Bounds = d.u32(), d.u32()
		r.Name = d.name(length)
		r.Dominates, r.Types = d.bitmap(), d.bitmap()
		switch {
		case r.Name != object.Name:
			t.add(at, r.Name, r.Value, r)
		case r.Value != ObjectRole:
			d.fail(at, "object_r has value %d, not %d", r.Value, ObjectRole)
		}
	})
	p.Roles = t.index(max(n, ObjectRole))
}

// Properties of a type in the file.
const (
	typePrimary   = 1
	typeAttribute = 2
)

func (p *Policy) readTypes(d *decoder) {
	t := table[Type]{d: d, names: p.names.typ}
	n := d.symbols("types", func() {
		at := d.off
		length, value, props, bounds := d.u32(), d.u32(), d.u32(), d.u32()
		typ := &Type{Name: d.name(length), Value: value, Bounds: bounds, Attribute: props&typeAttribute != 0}
		if props&typePrimary == 0 {
			t.add(at, typ.Name, value, nil)
			return
		}
		t.add(at, typ.Name, value, typ)
	})
	p.Types = t.index(n)
}

func (p *Policy) readUsers(d *decoder) {
	t := table[User]{d: d, names: p.names.user}
	n := d.symbols("users", func() {
		at := d.off
		u := &User{}
		length := d.u32()
		u.Value, u.Bounds = d.u32(), d.u32()
		u.Name = d.name(length)
		u.Roles = d.bitmap()
		u.Range = d.mlsRange()
		u.Default = d.level()
		t.add(at, u.Name, u.Value, u)
	})
	p.Users = t.index(n)
}

func (p *Policy) readBools(d *decoder) {
	t := table[Bool]{d: d, names: p.names.boolean}
	n := d.symbols("booleans", func() {
		at := d.off
		value, state, length := d.u32(), d.u32(), d.u32()
		b := &Bool{Name: d.name(length), State: state == 1}
		if state > 1 {
			d.fail(at, "boolean %s has state %d", b.Name, state)
		}
		t.add(at, b.Name, value, b)
	})
	p.Bools = t.index(n)
	for i, b := range p.Bools {
		if b == nil {
			d.fail(d.off, "boolean %d has no name", i+1)
		}
	}
}

func (p *Policy) readLevels(d *decoder) {
	t := table[Sensitivity]{d: d, names: p.names.level}
	n := d.symbols("sensitivities", func() {
		at := d.off
		length, alias := d.u32(), d.u32()
		s := &Sensitivity{Name: d.name(length)}
		l := d.level()
		s.Cats = l.Cats
		if alias&0xff != 0 {
			t.add(at, s.Name, l.Sens, nil)
			return
		}
		t.add(at, s.Name, l.Sens, s)
	})
	p.Levels = t.index(n)
}

func (p *Policy) readCats(d *decoder) {
	t := table[Category]{d: d, names: p.names.cat}
	n := d.symbols("categories", func() {
		at := d.off
		length, value, alias := d.u32(), d.u32(), d.u32()
		c := &Category{Name: d.name(length)}
		if alias&0xff != 0 {
			t.add(at, c.Name, value, nil)
			return
		}
		t.add(at, c.Name, value, c)
	})
	p.Cats = t.index(n)
}
