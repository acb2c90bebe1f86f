package refactor

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"github.com/sourcegraph/go-diff/diff"
)

// FilePatch is one Delta worked out line by line, ready to be counted and printed.
type FilePatch struct {
	*Delta
	Binary         bool
	Similarity     int // percent, of a rename or copy
	Edits          []LineEdit
	Added, Deleted int // lines; 0 for binary files

	oldText, newText   []byte
	oldLines, newLines [][]byte
}

// contextLines is the number of unchanged lines printed around each change.
const contextLines = 3

// NewFilePatch reads both sides of d and compares them.
func NewFilePatch(d *Delta) (*FilePatch, error) {
	p := &FilePatch{Delta: d}
	var err error
	if d.Old != nil {
		if p.oldText, err = d.Old.Bytes(); err != nil {
			return nil, err
		}
	}
	if d.New != nil {
		if p.newText, err = d.New.Bytes(); err != nil {
			return nil, err
		}
	}
	if d.From != "" {
		if p.Similarity, err = Similarity(d.Old, d.New); err != nil {
			return nil, err
		}
	}
	if p.Binary = IsBinary(p.oldText) || IsBinary(p.newText); p.Binary {
		return p, nil
	}
	p.oldLines, p.newLines = SplitLines(p.oldText), SplitLines(p.newText)
	p.Edits = DiffLines(p.oldLines, p.newLines)
	for _, e := range p.Edits {
		p.Deleted += e.A1 - e.A0
		p.Added += e.B1 - e.B0
	}
	return p, nil
}

// FormatPatch prints deltas as a patch that `git apply` takes: a/ and b/ prefixes, full blob names, modes,
// renames and copies, literal binary content.
func FormatPatch(ds []*Delta) ([]byte, error) {
	var out bytes.Buffer
	for _, d := range ds {
		p, err := NewFilePatch(d)
		if err != nil {
			return nil, err
		}
		b, err := p.Format()
		if err != nil {
			return nil, err
		}
		out.Write(b)
	}
	return out.Bytes(), nil
}

// Format prints the patch of one file. A file that becomes a symlink or the reverse is printed as git does,
// as a deletion and a creation.
func (p *FilePatch) Format() ([]byte, error) {
	if p.Old != nil && p.New != nil && p.Old.Mode.kind() != p.New.Mode.kind() {
		return FormatPatch([]*Delta{{Path: p.OldPath(), Old: p.Old}, {Path: p.Path, New: p.New}})
	}
	head, err := p.header()
	if err != nil {
		return nil, err
	}
	fd := &diff.FileDiff{Extended: head, OrigName: "/dev/null", NewName: "/dev/null"}
	if p.Old != nil {
		fd.OrigName = headerName("a/", p.OldPath())
	}
	if p.New != nil {
		fd.NewName = headerName("b/", p.Path)
	}
	if !p.Binary {
		fd.Hunks = p.hunks()
	}
	return diff.PrintFileDiff(fd)
}

// header returns the lines from "diff --git" to the index line, and the content of a binary file.
func (p *FilePatch) header() ([]string, error) {
	h := []string{"diff --git " + quotePath("a/"+p.OldPath()) + " " + quotePath("b/"+p.Path)}
	var from, to Hash
	var err error
	suffix := ""
	switch {
	case p.Old == nil:
		h = append(h, "new file mode "+p.New.Mode.String())
	case p.New == nil:
		h = append(h, "deleted file mode "+p.Old.Mode.String())
	case p.Old.Mode != p.New.Mode:
		h = append(h, "old mode "+p.Old.Mode.String(), "new mode "+p.New.Mode.String())
	default:
		suffix = " " + p.Old.Mode.String()
	}
	if p.From != "" {
		verb := "rename"
		if p.Copy {
			verb = "copy"
		}
		h = append(h, fmt.Sprintf("similarity index %d%%", p.Similarity), verb+" from "+quotePath(p.From), verb+" to "+quotePath(p.Path))
	}
	if p.Old != nil {
		if from, err = p.Old.Hash(); err != nil {
			return nil, err
		}
	}
	if p.New != nil {
		if to, err = p.New.Hash(); err != nil {
			return nil, err
		}
	}
	if from != to {
		h = append(h, "index "+from.String()+".."+to.String()+suffix)
	}
	if p.Binary && from != to {
		h = append(h, binaryLiteral(p.newText, p.oldText))
	}
	return h, nil
}

// binaryLiteral returns git's binary patch, forward and reverse, without its last newline.
func binaryLiteral(to, from []byte) string {
	var b strings.Builder
	b.WriteString("GIT binary patch\n")
	for _, data := range [][]byte{to, from} {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		w.Write(data) // to memory: cannot fail
		w.Close()
		b.WriteString((&gitdiff.BinaryFragment{Method: gitdiff.BinaryPatchLiteral, Size: int64(len(data)), RawData: z.Bytes()}).String())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// hunks groups the edits that share context.
func (p *FilePatch) hunks() []*diff.Hunk {
	var out []*diff.Hunk
	heading := headings{lines: p.oldLines}
	for i := 0; i < len(p.Edits); {
		j := i + 1
		for j < len(p.Edits) && p.Edits[j].A0-p.Edits[j-1].A1 <= 2*contextLines {
			j++
		}
		h := p.hunk(p.Edits[i:j])
		h.Section = heading.before(p.Edits[i].A0 - contextLines)
		out = append(out, h)
		i = j
	}
	return out
}

// hunk prints consecutive edits with their context.
func (p *FilePatch) hunk(es []LineEdit) *diff.Hunk {
	first, last := es[0], es[len(es)-1]
	lead := min(contextLines, first.A0)
	end := min(len(p.oldLines), last.A1+contextLines)
	h := &diff.Hunk{
		OrigStartLine: int32(first.A0 - lead + 1), OrigLines: int32(end - first.A0 + lead),
		NewStartLine: int32(first.B0 - lead + 1), NewLines: int32(last.B1 + end - last.A1 - first.B0 + lead),
	}
	// An empty range is named by the line before it.
	if h.OrigLines == 0 {
		h.OrigStartLine--
	}
	if h.NewLines == 0 {
		h.NewStartLine--
	}
	var body []byte
	put := func(mark byte, lines [][]byte) {
		for _, l := range lines {
			body = append(append(body, mark), l...)
		}
	}
	at := first.A0 - lead
	for _, e := range es {
		put(' ', p.oldLines[at:e.A0])
		put('-', p.oldLines[e.A0:e.A1])
		if n := len(body); n > 0 && body[n-1] != '\n' && e.B0 < e.B1 {
			body = append(body, '\n')
			h.OrigNoNewlineAt = int32(len(body))
		}
		put('+', p.newLines[e.B0:e.B1])
		at = e.A1
	}
	put(' ', p.oldLines[at:end])
	h.Body = body
	return h
}

// headings finds the line that names the function a hunk is in: the last one that starts with a letter.
type headings struct {
	lines [][]byte
	at    int
	last  string
}

// before returns the heading for a hunk that starts at line n; n does not decrease from call to call.
func (h *headings) before(n int) string {
	for ; h.at < n; h.at++ {
		l := h.lines[h.at]
		if c := l[0]; c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			h.last = strings.TrimRight(string(l[:min(len(l), 80)]), " \t\r\n\f\v")
		}
	}
	return h.last
}

// headerName is a path of a "---" or "+++" line; git marks the end of one that holds a space by a tab.
func headerName(prefix, p string) string {
	q := quotePath(prefix + p)
	if q[0] != '"' && strings.Contains(q, " ") {
		q += "\t"
	}
	return q
}

// quotePath quotes a path as git does (core.quotePath): in C style when it holds anything unusual.
func quotePath(p string) string {
	plain := true
	for i := 0; i < len(p); i++ {
		if c := p[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			plain = false
		}
	}
	if plain {
		return p
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(p); i++ {
		c := p[i]
		if k := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); k >= 0 {
			b.WriteByte('\\')
			b.WriteByte("abtnvfr\"\\"[k])
		} else if c < 0x20 || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
