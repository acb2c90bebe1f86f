package analyze

import (
	"bytes"
	"path"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Entry is a function that a guest reaches first.
type Entry struct {
	Name string   // the handler: "do_domctl"
	Fn   *Fn      // its definition
	Via  []string // where it is named: hypercall tables, dispatch macros
}

// Entries finds the program's hypercall handlers: functions named in a hypercall table (a C array, or labels of .quad/.long in
// assembly) and functions called by a generated dispatch macro. Handlers without a definition in this configuration are in missing.
func (p *Program) Entries(t *refactor.Tree) (found []*Entry, missing []string) {
	p.entries.Do(func() {
		asm := p.asm
		if asm == nil {
			asm = new(asmTables(t, "", p.Profile.Entries.Tables, nil))
		}
		p.found, p.missing = p.findEntries(*asm)
	})
	return p.found, p.missing
}

func (p *Program) findEntries(asm []asmRef) (found []*Entry, missing []string) {
	via := map[string]map[string]bool{}
	e := &p.Profile.Entries
	note := func(name, where string) {
		if e.Ignore.Has(name) || !e.Handlers.Has(name) {
			return
		}
		if via[name] == nil {
			via[name] = map[string]bool{}
		}
		via[name][where] = true
	}
	p.tableEntries(note)
	p.callerEntries(note)
	for _, a := range asm {
		note(a.symbol, a.file+":"+a.label)
	}
	p.missingVia = map[string][]string{}
	names := make([]string, 0, len(via))
	for n := range via {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fns := p.Named(n)
		if len(fns) == 0 {
			missing = append(missing, n)
			p.missingVia[n] = sortedSet(via[n])
			continue
		}
		found = append(found, &Entry{Name: n, Fn: fns[0], Via: sortedSet(via[n])})
	}
	return found, missing
}

// sortedSet lists a set's members in order.
func sortedSet(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for s := range m {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// tableEntries finds C arrays of handlers.
func (p *Program) tableEntries(note func(name, where string)) {
	for name, gs := range p.globals {
		if !p.Profile.Entries.Tables.Has(name) {
			continue
		}
		for _, g := range gs {
			for i := range g.u.Init.Nodes {
				n := &g.u.Init.Nodes[i]
				if n.Op == ir.Ident && n.Flags&ir.FuncRef != 0 && g.g.Start <= n.Start && n.Start < g.g.End {
					note(g.u.S(n.Name), g.u.S(g.g.File)+":"+name)
				}
			}
		}
	}
}

// callerEntries finds the calls that a dispatch macro expands to.
func (p *Program) callerEntries(note func(name, where string)) {
	for _, f := range p.Fns {
		for i := range f.F.Stmts {
			s := &f.F.Stmts[i]
			if s.N == ir.None || s.Macro == 0 || !p.Profile.Entries.Callers.Has(f.U.S(s.Macro)) {
				continue
			}
			p.callsUnder(f, int32(i), func(name string) { note(name, f.File+":"+f.U.S(s.Macro)) })
		}
	}
}

// callsUnder reports the direct calls of statement id.
func (p *Program) callsUnder(f *Fn, id int32, report func(string)) {
	for _, is := range f.F.Instrs {
		if is.Kind == ir.ICall && is.Stmt == id {
			if x := &f.F.Nodes[f.F.Nodes[is.N].X]; x.Op == ir.Ident {
				report(f.U.S(x.Name))
			}
		}
	}
}

// asmRef is a symbol that a table in assembly names behind a label.
type asmRef struct{ symbol, file, label string }

// asmTables reads the tables of .quad or .long in the assembly files of t below folder: the symbols that follow each label in names.
// Files of an architecture that is not in arches are left out, unless that is empty.
func asmTables(t *refactor.Tree, folder string, names profile.Names, arches map[string]bool) (out []asmRef) {
	for _, file := range t.Paths() {
		if ext := path.Ext(file); ext != ".S" && ext != ".s" || folder != "" && !strings.HasPrefix(file, folder+"/") {
			continue
		}
		if a := archOf(file); a != "" && len(arches) > 0 && !arches[a] {
			continue
		}
		src, err := t.ReadFile(file)
		if err != nil || !bytes.Contains(src, []byte("hypercall")) {
			continue
		}
		table := ""
		for line := range strings.SplitSeq(string(src), "\n") {
			var symbols []string
			if table, symbols = asmLine(line, table, names); table == "" {
				continue
			}
			for _, s := range symbols {
				out = append(out, asmRef{s, file, table})
			}
		}
	}
	return out
}

// archOf is the folder of an architecture that file lies in: "arch/x86/" of xen/arch/x86/traps.c; "" for none.
func archOf(file string) string {
	_, below, ok := strings.Cut("/"+file, "/arch/")
	name, _, deeper := strings.Cut(below, "/")
	if !ok || !deeper {
		return ""
	}
	return "arch/" + name + "/"
}

// arches are the folders of architectures that the units of db lie in.
func arches(db *compdb.DB) map[string]bool {
	out := map[string]bool{}
	for i := range db.Units {
		if a := archOf(db.Units[i].Main); a != "" {
			out[a] = true
		}
	}
	return out
}

// asmLine reads one line of assembly inside table ("": outside); it returns the table that the next line is in, and the symbols of this one.
func asmLine(line, table string, names profile.Names) (string, []string) {
	line, _, _ = strings.Cut(line, "/*")
	words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t,()", r) })
	if len(words) == 0 {
		return table, nil
	}
	label := func(s string) (string, []string) {
		if !names.Has(s) {
			s = ""
		}
		return s, nil
	}
	switch w := words[0]; {
	case w == "ENTRY" && len(words) > 1:
		return label(words[1])
	case strings.HasSuffix(w, ":"):
		return label(strings.TrimSuffix(w, ":"))
	case w == ".quad" || w == ".long" || w == ".xword":
		return table, words[1:]
	}
	return table, nil
}
