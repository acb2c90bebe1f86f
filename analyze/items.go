package analyze

import (
	"strconv"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// itemKind is what an item of a frame is.
type itemKind uint8

const (
	itemLabel itemKind = iota
	itemObject
	itemCopy
	itemLock
	itemLegacy
	itemRead // reads and writes last: they are kept for the command's own code only
	itemWrite
)

// item is one fact of a frame: a label, look-up, copy, lock, legacy check, read or write. Node is the node, or for a label the byte, where it stands.
type item struct {
	kind         itemKind
	block, node  int32
	id           int32 // same for items that say the same
	what, detail string
	place        Place
}

// itemID interns the identity of a fact. The caller holds p.mu.
func (p *Program) itemID(s string) int32 {
	id, ok := p.itemIDs[s]
	if !ok {
		id = int32(len(p.itemIDs))
		p.itemIDs[s] = id
	}
	return id
}

// items collects the facts of a frame once.
func (x *extractor) items(fr *frame) []item {
	fr.collect.Do(func() {
		x.p.facts(fr)
		for i := range fr.items {
			it := &fr.items[i]
			off := it.node
			if it.kind != itemLabel {
				off = fr.fn.F.Nodes[it.node].Start
			}
			it.place = x.place(fr.fn, off)
		}
		fr.reached.Store(true)
	})
	return fr.items
}

// facts fills in the items of a frame.
func (p *Program) facts(fr *frame) {
	f := fr.fn
	for _, c := range fr.chosen {
		it := item{kind: itemLabel, block: c.Block, node: c.Start, what: f.U.S(c.Name), detail: f.File + ":" + f.Name + strconv.Itoa(int(c.Start))}
		fr.add(it)
	}
	for b := range f.F.Blocks {
		if !fr.reach[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			if is := f.F.Instrs[i]; is.Kind == ir.ICall {
				p.callItems(fr, int32(b), is.N)
			}
		}
		p.legacyItems(fr, int32(b), blk.N)
	}
	fr.accesses(func(what string, write bool, n, block int32) {
		if write {
			fr.add(item{kind: itemWrite, block: block, node: n, what: what, detail: "write"})
		} else {
			fr.add(item{kind: itemRead, block: block, node: n, what: what, detail: "read"})
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range fr.items {
		it := &fr.items[i]
		it.id = p.itemID(string(rune('0'+it.kind)) + it.what + "\x00" + it.detail)
	}
}

func (fr *frame) add(it item) { fr.items = append(fr.items, it) }

// callItems adds a copy, a lock or a look-up.
func (p *Program) callItems(fr *frame, block, n int32) {
	f := fr.fn
	name := f.callName(n)
	if name == "" {
		return
	}
	if c, args := p.copyCall(f, n); c != nil {
		dir, arg := "from guest", c.To
		if c.Back {
			dir, arg = "to guest", c.From
		}
		if arg < len(args) {
			fr.add(item{kind: itemCopy, block: block, node: n, what: f.text(args[arg]), detail: dir})
		}
		return
	}
	if h, acquire := p.heldCall(f, n); h != nil && acquire {
		what := name
		if args := f.args(n); h.Arg >= 0 && h.Arg < len(args) {
			what = name + "(" + f.text(args[h.Arg]) + ")"
		}
		fr.add(item{kind: itemLock, block: block, node: n, what: what, detail: h.Kind})
	}
	if t, from := p.lookup(fr, n); t != "" {
		fr.add(item{kind: itemObject, block: block, node: n, what: t, detail: from})
	}
}

// legacyItems adds the legacy checks in a branch condition.
func (p *Program) legacyItems(fr *frame, block, cond int32) {
	f := fr.fn
	f.each(cond, func(n int32) bool {
		m := p.legacyCheck(f, n)
		if m == "" {
			return true
		}
		if f.F.Nodes[n].Op == ir.Call {
			m = f.callText(n)
		}
		fr.add(item{kind: itemLegacy, block: block, node: n, what: m, detail: "legacy"})
		return false
	})
}

// each calls visit for n and, while it answers true, for its operands.
func (f *Fn) each(n int32, visit func(int32) bool) {
	if n == ir.None || !visit(n) {
		return
	}
	nd := &f.F.Nodes[n]
	for _, k := range [...]int32{nd.X, nd.Y, nd.Z} {
		f.each(k, visit)
	}
	for _, k := range f.args(n) {
		f.each(k, visit)
	}
}
