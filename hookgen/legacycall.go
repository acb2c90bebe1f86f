package hookgen

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

func emptyTables() *tables.Tables { return &tables.Tables{} }

// hypercall is the change that gives guests the security hypercall: its number, its prototype, and its entry in every table.
func (in *infra) hypercall() (*refactor.Change, error) {
	c := &refactor.Change{ID: "legacy/hypercall", Component: "xsm", Summary: "add the security hypercall",
		Needs: []refactor.Symbol{{Kind: "func", Name: "do_xsm_op"}}}
	nr, number, err := in.number()
	if err != nil {
		return nil, err
	}
	c.Body = fmt.Sprintf("Hypercall %d hands its argument to the module in force. Without a module it does not exist.", nr)
	proto, err := in.prototype()
	if err != nil {
		return nil, err
	}
	c.Edits = append(c.Edits, number, proto)
	n := 0
	for _, p := range in.t.Paths() {
		if !strings.HasPrefix(p, in.root+"arch/") || path.Ext(p) != ".S" && path.Ext(p) != ".c" {
			continue
		}
		src, err := in.t.ReadFile(p)
		if err != nil {
			return nil, err
		}
		edits, err := tableEdits(p, src, nr)
		if err != nil {
			return nil, err
		}
		n += len(edits)
		c.Edits = append(c.Edits, edits...)
	}
	if n == 0 {
		return nil, fmt.Errorf("%s: no table of hypercalls in arch/: its entry is for a person to write", in.t.Name())
	}
	return c, nil
}

var numberRE = regexp.MustCompile(`(?m)^#define __HYPERVISOR_(\w+)([ \t]+)(\d+)\b[^\n]*\n`)

// number takes the first free number behind those of all architectures.
func (in *infra) number() (nr int, e refactor.Edit, err error) {
	file := in.root + in.names.Marker
	src, err := in.t.ReadFile(file)
	if err != nil {
		return 0, e, err
	}
	used, last, highest := map[int]bool{}, []int(nil), -1
	for _, m := range numberRE.FindAllSubmatchIndex(src, -1) {
		n, _ := strconv.Atoi(string(src[m[6]:m[7]])) // the expression matches digits
		used[n] = true
		if !strings.HasPrefix(string(src[m[2]:m[3]]), "arch_") && n > highest {
			highest, last = n, m
		}
	}
	if last == nil {
		return 0, e, fmt.Errorf("%s: no __HYPERVISOR_ numbers: the security hypercall needs one", file)
	}
	nr = highest + 1
	if used[nr] {
		return 0, e, fmt.Errorf("%s: number %d, behind the last hypercall, is taken: choose one by hand", file, nr)
	}
	width := last[7] - last[2] // of the name, the blanks and the number
	text := fmt.Sprintf("#define __HYPERVISOR_xsm_op%*d\n", max(width-len("xsm_op"), len(strconv.Itoa(nr))+1), nr)
	return nr, refactor.Edit{Path: file, Start: last[1], End: last[1], New: text}, nil
}

// prototype declares do_xsm_op beside the other handlers.
func (in *infra) prototype() (refactor.Edit, error) {
	text := "extern long\ndo_xsm_op(\n    " + in.Handle + " op);\n\n"
	multi := regexp.MustCompile(`(?m)^extern long\s+do_\w+\([^;]*\);\n\n?`)
	single := regexp.MustCompile(`(?m)^(?:extern )?long do_\w+\([^;]*\);\n`)
	for _, p := range []string{"include/xen/hypercall.h", "include/asm/hypercall.h", "arch/x86/include/asm/hypercall.h"} {
		src, err := in.t.ReadFile(in.root + p)
		if err != nil {
			continue
		}
		if all := multi.FindAllIndex(src, -1); all != nil {
			at := all[len(all)-1][1]
			if strings.Contains(string(src[all[len(all)-1][0]:at]), "long do_") { // head and name on one line
				text = "extern long do_xsm_op(" + in.Handle + " op);\n"
			}
			return refactor.Edit{Path: in.root + p, Start: at, End: at, New: text}, nil
		}
		if all := single.FindAllIndex(src, -1); all != nil {
			at := all[len(all)-1][1]
			return refactor.Edit{Path: in.root + p, Start: at, End: at, New: "long do_xsm_op(" + in.Handle + " op);\n"}, nil
		}
	}
	return refactor.Edit{}, fmt.Errorf("%s: no header declares the handlers of hypercalls (include/xen/hypercall.h)", in.t.Name())
}

var (
	asmTableRE = regexp.MustCompile(`(?m)^(?:ENTRY|GLOBAL|DATA)?\(?(\w*hypercall\w*table)\)?:?[ \t]*\n`)
	asmEntryRE = regexp.MustCompile(`^[ \t]*(\.quad|\.long|data8|\.8byte|\.byte)[ \t]+([\w.]+)[^\n]*\n?$`)
	asmBlankRE = regexp.MustCompile(`^[ \t]*(?:(?:/\*.*\*/|//.*|#.*)?[ \t]*\n?|\.align.*\n)$`)
	cTableRE   = regexp.MustCompile(`(?m)^[\w \t]*\b\w*hypercall\w*(?:table|args)\w*\s*\[[^\]]*\]\s*=\s*\{[ \t]*\n`)
	cEntryRE   = regexp.MustCompile(`^[ \t]*(\w+)\((\w+)((?:,\s*\d+)?)\),[ \t]*\n$`)
	cDesignRE  = regexp.MustCompile(`^[ \t]*\[[ \t]*__HYPERVISOR_(\w+)[ \t]*\][ \t]*=[ \t]*([^\n]*),[ \t]*\n$`)
)

// tableEdits are the entries of hypercall nr in the tables of one file.
func tableEdits(file string, src []byte, nr int) (out []refactor.Edit, err error) {
	asm := path.Ext(file) == ".S"
	re := cTableRE
	if asm {
		re = asmTableRE
	}
	for _, m := range re.FindAllIndex(src, -1) {
		lines := refactor.SplitLines(src[m[1]:])
		var e refactor.Edit
		if asm {
			e, err = asmTable(file, lines, m[1], nr)
		} else {
			e, err = cTable(file, lines, m[1])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, refactor.LineAt(src, m[0]), err)
		}
		if e.Path != "" {
			out = append(out, e)
		}
	}
	return out, nil
}

// asmTable replaces the hole at place nr of a table in assembly, or appends entries up to it. A label that no entries follow is no table.
func asmTable(file string, lines [][]byte, at, nr int) (e refactor.Edit, err error) {
	n, end := 0, at
	var last, number string
	for _, l := range lines {
		m := asmEntryRE.FindSubmatchIndex(l)
		switch {
		case m != nil && n == nr:
			return asmHole(file, string(l), m, end)
		case m != nil:
			n, last = n+1, string(l)
			if strings.Contains(last, "/* "+strconv.Itoa(n-1)+" */") || strings.Contains(last, "/*  "+strconv.Itoa(n-1)+" */") {
				number = last
			}
		case !asmBlankRE.Match(l):
			lines = nil
		}
		if lines == nil {
			break
		}
		end += len(l)
	}
	if n == 0 {
		return e, nil
	}
	var text strings.Builder
	for i := n; i < nr; i++ {
		text.WriteString(asmLine(last, "do_ni_hypercall", 0, i, number))
	}
	text.WriteString(asmLine(last, "do_xsm_op", 1, nr, number))
	return refactor.Edit{Path: file, Start: end, End: end, New: text.String()}, nil
}

// asmHole puts the handler where a table has none.
func asmHole(file, line string, m []int, at int) (e refactor.Edit, err error) {
	was := line[m[4]:m[5]]
	if !strings.Contains(was, "_ni_") && was != "0" {
		return e, fmt.Errorf("the table has %s where the security hypercall is to be", was)
	}
	now := "do_xsm_op"
	if line[m[2]:m[3]] == ".byte" {
		now = "1 /* do_xsm_op */"
	}
	return refactor.Edit{Path: file, Start: at + m[4], End: at + m[5], New: now}, nil
}

// asmLine writes an entry like the one before it: its directive, and in a table of argument counts a comment of the same width.
func asmLine(last, handler string, args, i int, numbered string) string {
	m := asmEntryRE.FindStringSubmatchIndex(last)
	head := last[:m[4]]
	if last[m[2]:m[3]] != ".byte" {
		return head + handler + place(head+handler, i, numbered) + "\n"
	}
	width := 0
	if a, b := strings.Index(last, "/* "), strings.Index(last, "*/"); a >= 0 && b > a {
		width = b - a - len("/* ")
	}
	line := fmt.Sprintf("%s%d /* %-*s*/", head, args, max(width, len(handler)+1), handler)
	return line + place(line, i, numbered) + "\n"
}

// place is the comment with an entry's number that tables have at every fifth one, in the column of the others.
func place(line string, i int, numbered string) string {
	if i%5 != 0 || numbered == "" {
		return ""
	}
	col := strings.LastIndex(numbered, "/*")
	return strings.Repeat(" ", max(1, col-len(line))) + fmt.Sprintf("/* %2d */", i)
}

// cTable adds an entry behind the last unconditional one of a table in C, made like the kind that the table has most of.
func cTable(file string, lines [][]byte, at int) (e refactor.Edit, err error) {
	uses, end, depth, best := map[string]int{}, at, 0, ""
	for _, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(string(l)), "}") {
			break
		}
		end += len(l)
		switch {
		case ifRE.Match(l):
			depth++
		case endifRE.Match(l):
			depth--
		}
		kind, text := cEntry(string(l))
		if kind == "" || depth > 0 {
			continue
		}
		if uses[kind]++; best == "" || uses[kind] >= uses[best] {
			best, e = kind, refactor.Edit{Path: file, Start: end, End: end, New: text}
		}
	}
	return e, nil
}

// cEntry is the security hypercall's entry like the one on a line: "HYPERCALL(kexec_op)," or "[ __HYPERVISOR_kexec_op ] = do_kexec_op,". kind is "" for
// a line that is no entry.
func cEntry(l string) (kind, text string) {
	if m := cEntryRE.FindStringSubmatch(l); m != nil {
		text = strings.Replace(l, "("+m[2], "(xsm_op", 1)
		if m[3] != "" {
			text = strings.Replace(text, m[3]+")", ", 1)", 1)
		}
		return m[1], text
	}
	if m := cDesignRE.FindStringSubmatch(l); m != nil {
		return "[]", strings.ReplaceAll(l, "_"+m[1], "_xsm_op")
	}
	return "", ""
}
