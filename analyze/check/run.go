package check

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Options selects and filters.
type Options struct {
	MinConfidence float64
	Only          []string   // ids or prefixes of ids; none: all checks
	Reviewed      []Reviewed // accepted findings, see ReadReviewed

	Base *refactor.Tree `json:"-"` // what the tree is compared with, for checks of the change itself; nil for none
}

// Report is what Run found.
type Report struct {
	Findings   []*Finding // by file, line and check
	Suppressed []*Finding // accepted by a comment or the reviewed file, with the reason
	Weak       []*Finding // below the wanted confidence, or said more exactly by another
	Degraded   []analyze.Degraded
	Warnings   []string // stale or malformed suppressions
	InScope    int      // findings of kind XSM9 that nobody accepted: the run fails closed
	Sites      int
	Operations int
}

// Run runs the checks on every configuration that was read of t. What could not be read is always among the findings, whatever opt selects.
func Run(t *refactor.Tree, facts *analyze.Facts, read []*analyze.Scanned, opt Options) *Report {
	out := &Report{Degraded: facts.Degraded, Sites: len(facts.Sites), Operations: len(facts.Ops)}
	var all []*Finding
	var common *runWide
	for _, s := range read {
		if common == nil {
			common = newRunWide(t, s.Program.Profile, facts, opt.Base)
		}
		m := newModel(s, facts, t)
		m.common = common
		for _, c := range Checks() {
			if !selected(c.ID, opt.Only) && !Unreadable(c.ID) {
				continue
			}
			p := &Pass{Check: &c, Program: s.Program, Facts: facts, Tree: t, Config: s.Config.Name, m: m}
			c.Run(p)
			all = append(all, p.out...)
		}
	}
	checks := map[string]MergeIf{}
	for _, c := range Checks() {
		checks[c.ID] = c.Merge
	}
	out.keep(t, twins(merge(all, checks, len(read))), opt)
	return out
}

func selected(id string, only []string) bool {
	for _, o := range only {
		if strings.HasPrefix(id, o) {
			return true
		}
	}
	return len(only) == 0
}

// keep filters by confidence and applies suppressions.
func (r *Report) keep(t *refactor.Tree, all []*Finding, opt Options) {
	sharper := map[string]bool{}
	for _, f := range all {
		if f.Check == "XSM1005" && f.Confidence >= opt.MinConfidence && f.asks {
			sharper[f.File+" "+f.Function+" "+f.Operation] = true
		}
	}
	sup := &suppressions{tree: t, reviewed: opt.Reviewed, used: make([]bool, len(opt.Reviewed)), files: map[string][]comment{}}
	for _, f := range all {
		f.Suppressed = sup.reason(f)
		switch {
		case f.Confidence < opt.MinConfidence || f.Check == "XSM1001" && sharper[f.File+" "+f.Function+" "+f.Operation]:
			r.Weak = append(r.Weak, f) // too weak, or said more exactly: the hook is there and asks about something else
		case f.Suppressed != "":
			r.Suppressed = append(r.Suppressed, f)
		default:
			r.Findings = append(r.Findings, f)
		}
	}
	r.InScope = CountUnreadable(r.Findings)
	if len(opt.Only) == 0 {
		r.Warnings = append(r.Warnings, sup.stale()...)
	}
	r.Warnings = append(r.Warnings, sup.bad...)
	byPlace(r.Findings)
	byPlace(r.Suppressed)
}

// Unreadable reports whether a check's id is of the kind that says what could not be read.
func Unreadable(id string) bool { return strings.HasPrefix(id, "XSM9") }

// CountUnreadable counts the findings about what could not be read.
func CountUnreadable(fs []*Finding) (n int) {
	for _, f := range fs {
		if Unreadable(f.Check) {
			n++
		}
	}
	return n
}

func byPlace(fs []*Finding) {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Check < b.Check
	})
}

// merge joins the findings of several configurations.
func merge(all []*Finding, how map[string]MergeIf, configs int) (out []*Finding) {
	at, nth := map[string]*Finding{}, map[string]int{}
	for _, f := range all {
		base := strings.Join([]string{f.Check, f.File, f.Function, f.Hypercall, f.Operation, f.Hook, f.detail}, "\x00")
		n := base + "\x00" + f.Configs[0]
		nth[n]++
		f.Fingerprint = fingerprint(base, nth[n])
		if g := at[f.Fingerprint]; g != nil {
			g.Configs = append(g.Configs, f.Configs...)
			g.Confidence = max(g.Confidence, f.Confidence)
			continue
		}
		at[f.Fingerprint] = f
		out = append(out, f)
	}
	kept := out[:0]
	for _, f := range out {
		if how[f.Check] == Any || len(f.Configs) == configs {
			kept = append(kept, f)
		}
	}
	return kept
}

// twins joins the findings of one line that is compiled, or reached, in several ways: native and compat, one entry and another.
func twins(all []*Finding) (out []*Finding) {
	at := map[string]*Finding{}
	for _, f := range all {
		k := strings.Join([]string{f.Check, f.File, itoa(f.Line), f.Operation, f.Hook, f.detail}, "\x00")
		g := at[k]
		if g == nil || f.Hypercall == "" || f.Hypercall == g.Hypercall && f.Function == g.Function && f.Check[:4] != "XSM1" {
			at[k] = f
			out = append(out, f)
			continue
		}
		if f.rank < g.rank {
			*f, *g = *g, *f
		}
		g.Operations = union(g.operations(), f.operations())
		g.Confidence = max(g.Confidence, f.Confidence)
	}
	return out
}

// operations lists what a finding is about, as ENTRY/COMMAND.
func (f *Finding) operations() []string {
	if len(f.Operations) > 0 {
		return f.Operations
	}
	return []string{strings.TrimSuffix(f.Hypercall+"/"+f.Operation, "/")}
}

func union(a, b []string) []string {
	out := append([]string(nil), a...)
	for _, s := range b {
		if !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// fingerprint names a finding without its line: what is wrong where, and which one of several.
func fingerprint(base string, n int) string {
	sum := sha256.Sum256([]byte(base + "\x00" + itoa(n)))
	return hex.EncodeToString(sum[:12])
}
