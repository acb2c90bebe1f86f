package cpp

import (
	"fmt"
	"strconv"
	"strings"
)

// maxDirectives bounds the directives of one unit, files read again counted again.
const maxDirectives = 10e6

// nextDirective carries out the directive at which the current file's text has stopped.
func (p *pp) nextDirective() {
	f := p.cur
	k := f.di
	d := &f.lx.dirs[k]
	f.di++
	f.setEnd()
	if p.lines++; p.lines > maxDirectives {
		p.fail(f.f.id, d.off, ErrLimit, "the unit has more than %d directives", int(maxDirectives))
		return
	}
	switch d.kind {
	case dirDefine:
		p.redefine(d.macro)
	case dirUndef:
		p.define(d.sym, nil)
	case dirInclude, dirIncludeNext, dirImport:
		p.include(f, d)
	case dirIf, dirIfdef, dirIfndef:
		p.conditional(f, k)
	case dirElif, dirElifdef, dirElifndef, dirElse:
		p.skipGroups(f, k)
	case dirLine:
		p.line(f, d)
	case dirPragma:
		p.pragma(f, d)
	case dirError:
		p.failOrDiag(f.f.id, d.off, ErrDirective, "#error%s", f.restOf(d))
	case dirWarning:
		p.diag(Warning, f.f.id, d.off, "#warning%s", f.restOf(d))
	case dirBad:
		p.diag(SevError, f.f.id, d.off, "%s", d.msg)
	}
}

// restOf returns the text after a directive's name.
func (f *frame) restOf(d *directive) string {
	return strings.TrimRight(string(f.f.src[d.rest:d.eol]), " \t\r")
}

// redefine carries out #define.
func (p *pp) redefine(m *Macro) {
	if old := p.lookup(m.Name); old != nil && old != m && !sameMacro(old, m) {
		p.diag(Warning, m.File, m.Off, "macro %s is redefined differently", p.s.Spelling(m.Name))
	}
	p.define(m.Name, m)
}

// sameMacro compares definitions as C11 6.10.3p2 does.
func sameMacro(a, b *Macro) bool {
	if a.FuncLike != b.FuncLike || a.Variadic != b.Variadic || a.Builtin != b.Builtin ||
		len(a.Params) != len(b.Params) || len(a.Body) != len(b.Body) {
		return false
	}
	for i := range a.Params {
		if a.Params[i] != b.Params[i] {
			return false
		}
	}
	for i := range a.Body {
		if a.Body[i].Sym != b.Body[i].Sym || (a.Body[i].Flags^b.Body[i].Flags)&SpaceBefore != 0 {
			return false
		}
	}
	return true
}

// conditional carries out the #if at index k: it goes on in the group whose condition holds first.
func (p *pp) conditional(f *frame, k int) {
	for p.err == nil {
		d := &f.lx.dirs[k]
		if p.holds(f, d) {
			p.taken = append(p.taken, f.region(k))
			f.resume(k)
			return
		}
		p.skipped = append(p.skipped, f.region(k))
		k = int(d.next)
		if k == len(f.lx.dirs) || f.lx.dirs[k].kind == dirEndif {
			f.resume(k)
			return
		}
	}
}

// skipGroups passes the groups from directive k on, an earlier one of the same conditional having been read.
func (p *pp) skipGroups(f *frame, k int) {
	for k < len(f.lx.dirs) && f.lx.dirs[k].kind != dirEndif {
		p.skipped = append(p.skipped, f.region(k))
		k = int(f.lx.dirs[k].next)
	}
	f.resume(k)
}

// region returns the group that directive k begins.
func (f *frame) region(k int) Region {
	d := &f.lx.dirs[k]
	end := int32(len(f.f.src))
	if int(d.next) < len(f.lx.dirs) {
		end = f.lx.dirs[d.next].bol
	}
	return Region{File: f.f.id, Start: d.end, End: max(end, d.end), CondStart: d.off, CondEnd: d.eol,
		Open: f.lx.dirs[d.open].off}
}

// holds evaluates the condition of a group.
func (p *pp) holds(f *frame, d *directive) bool {
	switch d.kind {
	case dirElse:
		return true
	case dirIf, dirElif:
		return p.evalIf(f, d)
	}
	if d.msg != "" {
		p.diag(SevError, f.f.id, d.off, "%s", d.msg)
		return false
	}
	negative := d.kind == dirIfndef || d.kind == dirElifndef
	return p.lookup(d.sym) != nil != negative
}

// inDirective makes a directive's tokens the input while read runs.
func (p *pp) inDirective(args []Token, read func()) {
	floor, pad, was, work, nested := p.floor, p.pad, p.inDir, p.work, p.entered
	p.work, p.pad, p.inDir = 0, noPadding, true
	p.entered = 0
	p.push(context_{toks: args, exp: -1, id: -1, tail: noPadding})
	p.floor = len(p.stack) - 1
	read()
	for p.err == nil && len(p.stack) > p.floor+1 {
		p.pop()
	}
	p.stack = p.stack[:p.floor]
	p.floor, p.pad, p.inDir, p.work, p.entered = floor, pad, was, work, nested
}

// line carries out #line and its form "# 33 file".
func (p *pp) line(f *frame, d *directive) {
	var line []Token
	p.inDirective(d.args, func() {
		for t, ok := p.next(); ok; t, ok = p.next() {
			line = append(line, t)
		}
	})
	if len(line) == 0 || line[0].Kind != Number {
		p.diag(SevError, f.f.id, d.off, "#line needs a line number")
		return
	}
	n, err := strconv.ParseInt(p.s.Spelling(line[0].Sym), 10, 32)
	if err != nil {
		p.diag(SevError, f.f.id, d.off, "#line needs a line number, not %s", p.s.Spelling(line[0].Sym))
		return
	}
	if len(line) > 1 {
		name, ok := p.literalName(line[1])
		if !ok {
			p.diag(SevError, f.f.id, d.off, "#line needs a file name in quotes after the number")
			return
		}
		f.shown = name.name
	}
	real, _ := f.f.position(d.end)
	if int(d.end) == len(f.f.src) && d.end == d.eol {
		real++
	}
	f.shift = int(n) - real
}

// pragma carries out the pragmas that bear on preprocessing.
func (p *pp) pragma(f *frame, d *directive) {
	if len(d.args) == 0 {
		return
	}
	switch d.args[0].Sym {
	case symOnce:
		if len(p.frames) > 1 {
			p.once[f.f.id] = true
		}
	case symPushMacro, symPopMacro:
		if len(d.args) != 4 || d.args[2].Kind != String {
			p.diag(Warning, f.f.id, d.off, "#pragma%s is malformed", f.restOf(d))
			return
		}
		text := p.s.Spelling(d.args[2].Sym)
		p.pushPop(p.s.Intern(text[1:len(text)-1]), d.args[0].Sym == symPushMacro)
	}
}

func (p *pp) pushPop(name Sym, push bool) {
	if push {
		p.pushed[name] = append(p.pushed[name], p.lookup(name))
		return
	}
	if n := len(p.pushed[name]); n > 0 {
		p.define(name, p.pushed[name][n-1])
		p.pushed[name] = p.pushed[name][:n-1]
	}
}

// String describes a region's bounds, for tests and debugging.
func (r Region) String() string {
	return fmt.Sprintf("%d:[%d,%d) of #%d", r.File, r.Start, r.End, r.CondStart)
}
