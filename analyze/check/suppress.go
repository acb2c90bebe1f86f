package check

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Reviewed is an accepted finding: the fields that are given must match, and the reason is required.
type Reviewed struct {
	Check       string `yaml:"check"`
	File        string `yaml:"file"`
	Function    string `yaml:"function"`
	Operation   string `yaml:"operation"`
	Hook        string `yaml:"hook"`
	Fingerprint string `yaml:"fingerprint"`
	Reason      string `yaml:"reason"`
}

// ErrReviewed is the kind of error that a file of reviewed findings gives.
var ErrReviewed = errors.New("reviewed findings cannot be used")

// ReadReviewed reads a list of reviewed findings (YAML). Errors name the file and the entry or line.
func ReadReviewed(file string, data []byte) ([]Reviewed, error) {
	var list []Reviewed
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	if err := strictyaml.Unmarshal(file, data, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReviewed, err)
	}
	for i, r := range list {
		switch {
		case strings.TrimSpace(r.Reason) == "":
			return nil, fmt.Errorf("%s: entry %d (%s): %w: it gives no reason; write why the finding is accepted", file, i+1, r.name(), ErrReviewed)
		case r.Fingerprint == "" && (r.Check == "" || r.File == ""):
			return nil, fmt.Errorf("%s: entry %d: %w: give check and file, or fingerprint", file, i+1, ErrReviewed)
		}
	}
	return list, nil
}

func (r *Reviewed) name() string {
	return strings.Join(strings.Fields(r.Check+" "+r.File+" "+r.Function+" "+r.Operation+" "+r.Hook+" "+r.Fingerprint), " ")
}

func (r *Reviewed) matches(f *Finding) bool {
	same := func(want, got string) bool { return want == "" || want == got }
	return same(r.Check, f.Check) && same(r.File, f.File) && same(r.Function, f.Function) && same(r.Operation, f.Operation) &&
		same(r.Hook, f.Hook) && same(r.Fingerprint, f.Fingerprint)
}

// comment is a suppression in the source: the last line of the comment, the checks and the reason.
type comment struct {
	line   int
	checks string
	reason string
}

// suppressions decides which findings somebody accepted.
type suppressions struct {
	tree     *refactor.Tree
	reviewed []Reviewed
	used     []bool
	files    map[string][]comment
	bad      []string
}

// reason is why a finding is accepted, "" when it is not: a comment on its line or the line above, or a reviewed entry.
func (s *suppressions) reason(f *Finding) string {
	for _, c := range s.comments(f.File) {
		if (c.line == f.Line || c.line == f.Line-1) && strings.Contains(c.checks, f.Check) {
			f.InSource = true
			return c.reason
		}
	}
	out := ""
	for i := range s.reviewed {
		if s.reviewed[i].matches(f) {
			s.used[i], out = true, s.reviewed[i].Reason
		}
	}
	return out
}

var commentRE = regexp.MustCompile(`xsmpatch:[ \t]*(XSM\d{4}(?:[ \t]*,[ \t]*XSM\d{4})*)[ \t]*:?[ \t]*([^\n]*)`)

// comments finds the suppressions of a file.
func (s *suppressions) comments(file string) []comment {
	if c, ok := s.files[file]; ok {
		return c
	}
	s.files[file] = nil
	src, err := s.tree.ReadFile(file)
	if err != nil || !bytes.Contains(src, []byte("xsmpatch:")) {
		return nil
	}
	for _, m := range commentRE.FindAllSubmatchIndex(src, -1) {
		line := refactor.LineAt(src, m[0])
		reason, _, _ := strings.Cut(string(src[m[4]:m[5]]), "*/")
		reason = strings.TrimSpace(reason)
		if reason == "" {
			s.bad = append(s.bad, fmt.Sprintf("%s:%d: a suppression without a reason does not count; write /* xsmpatch: %s: why */", file, line, src[m[2]:m[3]]))
			continue
		}
		s.files[file] = append(s.files[file], comment{line, string(src[m[2]:m[3]]), reason})
	}
	return s.files[file]
}

// stale lists the reviewed entries that match nothing any more.
func (s *suppressions) stale() (out []string) {
	for i := range s.reviewed {
		if !s.used[i] {
			out = append(out, "reviewed entry matches no finding any more: "+s.reviewed[i].name()+"; remove it")
		}
	}
	return out
}
