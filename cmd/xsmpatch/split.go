package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// splitFlags are the command line of xsmpatch split.
type splitFlags struct {
	repo, diff, tree    string
	rules, plan, outDir string
	formats             []string
	branch              string
	author              string
	signOff             bool
	version             int
	title, blurb        string
	series, previous    string
	changelog           string
	maintainers         string
	exec, cache         string
	jobs, repair        int
	explain             bool
}

const splitLong = `Split one change into an ordered, dependency-aware series of patches.

The change is what lies between two commits (--repo R BASE..TIP) or a diff (--diff F) that fits --tree.
The tree after the last patch equals the tree of the change to the byte, however it is grouped.

Formats: mbox writes a mail per patch, 0000-cover-letter.patch and series.mbox (all patches, for git am);
quilt writes patches/ with its series file; branch makes a new branch in --repo (see --branch).
The directory also gets series.yaml, for reordering, merging, cutting and rewording by hand (--series reads it
back), and series.dot, the dependencies for Graphviz.

--exec CMD runs CMD (by sh) in a scratch copy of every prefix; a prefix that fails is explained, and patches are moved or
merged until every prefix passes (--repair 0 leaves them as they are; so does --series). Exit code 1 says that a prefix
fails. Without --exec a built-in check reads every prefix instead of building it.`

func newSplit() *cobra.Command {
	f := &splitFlags{}
	c := &cobra.Command{
		Use:     "split (--repo R BASE..TIP | --diff F) -o DIR",
		Short:   "split a change into an ordered, dependency-aware series",
		Example: "  xsmpatch split --repo ~/src/xen main..topic -o out\n  xsmpatch split --repo ~/src/xen HEAD~1..HEAD --format quilt --plan by-feature -o out",
		Long:    splitLong,
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	fl := c.Flags()
	fl.StringVar(&f.repo, "repo", "", "git repository that holds BASE..TIP")
	fl.StringVar(&f.diff, "diff", "", "diff file to split (- is standard input)")
	fl.StringVar(&f.tree, "tree", ".", "with --diff: what it applies to, a directory or REPO@REV")
	fl.StringVar(&f.rules, "rules", "", "grouping rules (YAML)")
	fl.StringVar(&f.plan, "plan", "", "built-in grouping plan: "+strings.Join(series.Plans, ", "))
	fl.StringVarP(&f.outDir, "output", "o", "", "directory to make")
	fl.StringSliceVar(&f.formats, "format", []string{"mbox"}, "mbox, quilt, branch")
	fl.StringVar(&f.branch, "branch", "", "with --format branch: the new branch's name")
	fl.StringVar(&f.author, "author", "", `"Name <address>" of the patches; the default is the author of TIP`)
	fl.BoolVar(&f.signOff, "signoff", false, "add a Signed-off-by trailer")
	fl.IntVarP(&f.version, "reroll-count", "v", 1, "version of the series")
	fl.StringVar(&f.series, "series", "", "an edited series.yaml, instead of grouping anew")
	fl.StringVar(&f.previous, "previous", "", "series.mbox of the last version, for the range-diff")
	fl.StringVar(&f.changelog, "changelog", "", "what changed since the last version, for the cover letter")
	fl.StringVar(&f.maintainers, "maintainers", "", "MAINTAINERS file to take Cc addresses from")
	fl.StringVar(&f.exec, "exec", "", "command that must succeed on every prefix")
	fl.IntVar(&f.jobs, "jobs", 1, "with --exec: prefixes to try at once")
	fl.IntVar(&f.repair, "repair", 100, "with --exec: how often to repair a failing series; 0 for never")
	fl.StringVar(&f.cache, "cache", "", "with --exec: directory of results (default: the user's cache; \"none\" for none)")
	fl.BoolVar(&f.explain, "explain", false, "print the reason of every dependency")
	fl.StringVar(&f.title, "title", "", "subject of the cover letter")
	fl.StringVar(&f.blurb, "blurb", "", "text of the cover letter")
	return c
}

func (f *splitFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(args); err != nil {
		return err
	}
	in, err := f.input(args)
	if err != nil {
		return err
	}
	rules, err := f.readRules()
	if err != nil {
		return err
	}
	s, found, err := f.split(in, rules)
	if err != nil {
		return err
	}
	if s.Tip != in.tip {
		return &exitError{exitInternal, fmt.Errorf("the series gives tree %s, the change %s", s.Tip, in.tip)}
	}
	failing := error(nil)
	if f.exec != "" {
		if s, failing, err = f.prove(cmd, s, rules); err != nil {
			return err
		}
	}
	if f.exec == "" {
		for _, p := range found {
			fmt.Fprintf(cmd.ErrOrStderr(), "warning: %v\n", p)
		}
	}
	if err := f.write(s, in); err != nil {
		return err
	}
	for i, p := range s.Patches {
		fmt.Fprintf(cmd.OutOrStdout(), "%d/%d %s\n", i+1, len(s.Patches), p.Subject)
	}
	if f.explain {
		fmt.Fprint(cmd.OutOrStdout(), "\n", s.Explain())
	}
	return failing
}

// split groups the changes by the rules, or as an edited series.yaml says. The second result is what the built-in check finds.
func (f *splitFlags) split(in *splitInput, rules series.Rules) (*series.Series, []series.Problem, error) {
	g, err := series.NewGraph(in.base, in.changes)
	if err != nil {
		return nil, nil, err
	}
	if f.series == "" {
		return g.Mend(rules)
	}
	text, err := os.ReadFile(f.series)
	if err != nil {
		return nil, nil, err
	}
	a, err := series.ReadArrangement(f.series, text)
	if err != nil {
		return nil, nil, err
	}
	var s *series.Series
	if a.Pinned() {
		s, err = g.Regroup(a, rules)
	} else {
		s, err = g.Arrange(a)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.series, err)
	}
	found, err := s.Check()
	return s, found, err
}

func (f *splitFlags) check(args []string) error {
	switch {
	case (f.repo == "") == (f.diff == ""):
		return errors.New("give either --repo R BASE..TIP or --diff F")
	case f.repo != "" && len(args) != 1:
		return errors.New("--repo needs one BASE..TIP")
	case f.diff != "" && len(args) != 0:
		return fmt.Errorf("unexpected argument %q", args[0])
	case slices.Contains(f.formats, "branch") && (f.repo == "" || f.branch == ""):
		return errors.New("--format branch needs --repo and --branch NAME")
	case f.outDir == "" && !slices.Equal(f.formats, []string{"branch"}):
		return errors.New("name the output directory with -o")
	}
	for _, k := range f.formats {
		if !slices.Contains([]string{"mbox", "quilt", "branch"}, k) {
			return fmt.Errorf("unknown format %q: mbox, quilt or branch", k)
		}
	}
	return nil
}

// splitInput is the change to split.
type splitInput struct {
	base    *refactor.Tree
	changes []*refactor.Change
	tip     refactor.Hash
	repo    *gitbranch.Repo // nil with --diff
	baseRev string
	mail    series.MailOptions
}

func (f *splitFlags) input(args []string) (*splitInput, error) {
	if f.diff != "" {
		return f.diffInput()
	}
	from, to, err := gitbranch.SplitRange(args[0])
	if err != nil {
		return nil, err
	}
	in := &splitInput{baseRev: from}
	if in.repo, err = gitbranch.Open(f.repo); err != nil {
		return nil, err
	}
	if in.base, err = in.repo.Tree(from); err != nil {
		return nil, err
	}
	tip, err := in.repo.Tree(to)
	if err != nil {
		return nil, err
	}
	if in.tip, err = tip.Digest(); err != nil {
		return nil, err
	}
	if in.mail.Name, in.mail.Email, in.mail.Date, err = in.repo.Author(to); err != nil {
		return nil, err
	}
	in.changes, err = series.FromTrees(in.base, tip)
	return in, err
}

func (f *splitFlags) diffInput() (*splitInput, error) {
	in := &splitInput{}
	var err error
	if in.base, err = openInput(f.tree); err != nil {
		return nil, err
	}
	r := os.Stdin
	if f.diff != "-" {
		if r, err = os.Open(f.diff); err != nil {
			return nil, err
		}
		defer r.Close()
		if st, err := r.Stat(); err == nil && st.Size() > refactor.MaxPatch {
			return nil, refactor.TooLarge(f.diff)
		}
	}
	c, err := refactor.ReadPatch(in.base, f.diff, r)
	if err != nil {
		return nil, err
	}
	tip, err := in.base.Apply(c)
	if err != nil {
		return nil, err
	}
	if in.tip, err = tip.Digest(); err != nil {
		return nil, err
	}
	in.changes, err = series.FromTrees(in.base, tip)
	return in, err
}

func (f *splitFlags) readRules() (series.Rules, error) {
	r := series.Rules{}
	if f.rules != "" {
		text, err := os.ReadFile(f.rules)
		if err != nil {
			return r, err
		}
		if r, err = series.ReadRules(f.rules, text); err != nil {
			return r, err
		}
	}
	if f.plan != "" {
		r.Plan = f.plan
	}
	return r, r.Check()
}
