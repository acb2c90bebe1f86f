package cpp

import "strings"

// frame is a file being read.
type frame struct {
	f     *file
	lx    *lexed
	ti    int // index of the next text token
	tEnd  int // where the text before the next directive ends
	di    int // index of the next directive
	shown string
	dir   string // folder of shown, where "..." includes are looked for first
	next  int    // where #include_next goes on
	shift int    // presumed line numbers are greater than the real ones by this (#line)
}

// offset is where reading has got to, for messages.
func (f *frame) offset() int32 {
	switch {
	case f.ti < f.tEnd:
		return f.lx.text[f.ti].Off
	case f.di < len(f.lx.dirs):
		return f.lx.dirs[f.di].off
	}
	return int32(len(f.f.src))
}

// resume goes on after directive k; k = len(dirs) means at the end of the file.
func (f *frame) resume(k int) {
	if k >= len(f.lx.dirs) {
		f.di, f.ti, f.tEnd = len(f.lx.dirs), len(f.lx.text), len(f.lx.text)
		return
	}
	f.di, f.ti = k+1, int(f.lx.dirs[k].text)
	f.setEnd()
}

func (f *frame) setEnd() {
	f.tEnd = len(f.lx.text)
	if f.di < len(f.lx.dirs) {
		f.tEnd = int(f.lx.dirs[f.di].text)
	}
}

// pushFile begins to read a file, unless its include guard or #pragma once says it would add nothing.
func (p *pp) pushFile(x *found, from FileID, off int32) {
	id := x.f.id
	if p.once[id] {
		return
	}
	lx := p.s.tokens(x.f, p.mode)
	if p.seen[id] {
		if lx.guard != 0 && p.lookup(lx.guard) != nil {
			return
		}
	} else {
		p.seen[id] = true
		p.uses = append(p.uses, FileUse{File: id, From: from, Off: off})
		p.diags = append(p.diags, lx.diags...)
	}
	if len(p.frames) >= p.s.opt.MaxDepth {
		p.fail(from, off, ErrInclude, "includes are nested deeper than %d: %s", p.s.opt.MaxDepth, p.cycle(x.f))
		return
	}
	if p.pushes++; p.pushes > p.s.opt.MaxIncludes {
		p.fail(from, off, ErrLimit, "the unit includes more than %d files (MaxIncludes)", p.s.opt.MaxIncludes)
		return
	}
	p.checkContext()
	p.frames = append(p.frames, frame{f: x.f, lx: lx, shown: x.shown, dir: dirOf(x.shown), next: x.next})
	p.cur = &p.frames[len(p.frames)-1]
	p.cur.setEnd()
}

// cycle names the files that include each other on the way to f.
func (p *pp) cycle(f *file) string {
	names := []string{f.path}
	for i := len(p.frames) - 1; i >= 0; i-- {
		names = append([]string{p.frames[i].f.path}, names...)
		if p.frames[i].f == f {
			return "cycle " + strings.Join(names, " -> ")
		}
	}
	return "no cycle; the innermost is " + f.path
}

// popFrame ends a file. It returns false at the end of the main file.
func (p *pp) popFrame() bool {
	n := len(p.frames) - 1
	p.frames[n] = frame{}
	p.frames = p.frames[:n]
	p.cur = nil
	if n == 0 {
		return false
	}
	p.cur = &p.frames[n-1]
	if n == 1 {
		p.preInclude()
	}
	return true
}

// preInclude begins the next -include file, of those that can be read before the main file's first line.
func (p *pp) preInclude() {
	for len(p.frames) == 1 && p.included < len(p.u.Includes) && p.err == nil {
		name := p.u.Includes[p.included]
		p.included++
		x, err := p.s.find(p.search, includeKey{name: name, dir: "./", start: 0})
		main := p.frames[0].f
		switch {
		case err != nil:
			p.fail(main.id, 0, err, "-include %s: %v", name, err)
		case x.f == nil:
			p.failOrDiag(main.id, 0, ErrInclude, "-include %s: no such file", name)
		default:
			p.pushFile(x, 0, 0)
		}
	}
}
