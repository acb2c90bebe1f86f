package series

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// statWidth is the widest line of a diffstat.
const statWidth = 72

// Diffstat prints what git's --stat --summary does: a line and a bar per file, a total, and created, deleted and renamed files.
func Diffstat(ds []*refactor.Delta) (string, error) {
	var b strings.Builder
	var ps []*refactor.FilePatch
	nameWidth, most, added, deleted := 0, 0, 0, 0
	for _, d := range ds {
		p, err := refactor.NewFilePatch(d)
		if err != nil {
			return "", err
		}
		ps = append(ps, p)
		nameWidth = max(nameWidth, len(statName(d)))
		most = max(most, p.Added+p.Deleted)
		added, deleted = added+p.Added, deleted+p.Deleted
	}
	nameWidth = min(nameWidth, 50)
	for _, p := range ps {
		fmt.Fprintf(&b, " %s\n", statLine(p, nameWidth, most))
	}
	fmt.Fprintf(&b, " %s\n", total(len(ps), added, deleted))
	for _, p := range ps {
		b.WriteString(summaryLine(p))
	}
	return b.String(), nil
}

func statName(d *refactor.Delta) string {
	if d.From != "" {
		return d.From + " => " + d.Path
	}
	return d.Path
}

func statLine(p *refactor.FilePatch, width, most int) string {
	name := statName(p.Delta)
	if len(name) > width {
		name = "..." + name[len(name)-width+3:]
	}
	if p.Binary {
		return fmt.Sprintf("%-*s | Bin", width, name)
	}
	digits := len(fmt.Sprint(most))
	room := max(statWidth-width-digits-5, 10)
	plus, minus := p.Added, p.Deleted
	if most > room {
		plus, minus = scale(plus, room, most), scale(minus, room, most)
	}
	return strings.TrimRight(fmt.Sprintf("%-*s | %*d %s%s", width, name, digits, p.Added+p.Deleted, strings.Repeat("+", plus), strings.Repeat("-", minus)), " ")
}

// scale shortens a bar; what is there keeps at least one mark.
func scale(n, room, most int) int {
	if n == 0 {
		return 0
	}
	return max(1, n*room/most)
}

func total(files, added, deleted int) string {
	s := fmt.Sprintf("%d file%s changed", files, plural(files))
	if added > 0 || deleted == 0 {
		s += fmt.Sprintf(", %d insertion%s(+)", added, plural(added))
	}
	if deleted > 0 || added == 0 {
		s += fmt.Sprintf(", %d deletion%s(-)", deleted, plural(deleted))
	}
	return s
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func summaryLine(p *refactor.FilePatch) string {
	switch {
	case p.From != "" && p.Copy:
		return fmt.Sprintf(" copy %s => %s (%d%%)\n", p.From, p.Path, p.Similarity)
	case p.From != "":
		return fmt.Sprintf(" rename %s => %s (%d%%)\n", p.From, p.Path, p.Similarity)
	case p.Old == nil:
		return fmt.Sprintf(" create mode %s %s\n", p.New.Mode, p.Path)
	case p.New == nil:
		return fmt.Sprintf(" delete mode %s %s\n", p.Old.Mode, p.Path)
	case p.Old.Mode != p.New.Mode:
		return fmt.Sprintf(" mode change %s => %s %s\n", p.Old.Mode, p.New.Mode, p.Path)
	}
	return ""
}
