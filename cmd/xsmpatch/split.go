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
}

const splitLong = `Split one change into an ordered, dependency-aware series of patches.

The change is what lies between two commits (--repo R BASE..TIP) or a diff (--diff F) that fits --tree.
The tree after the last patch equals the tree of the change to the byte, however it is grouped.

Formats: mbox writes a mail per patch, 0000-cover-letter.patch and series.mbox (all patches, for git am);
quilt writes patches/ with its series file; branch makes a new branch in --repo (see --branch).`

func newSplit() *cobra.Command {
	f := &splitFlags{}
	c := &cobra.Command{
		Use:   "split (--repo R BASE..TIP | --diff F) -o DIR",
		Short: "split a change into an ordered, dependency-aware series",
		Long:  splitLong,
		Args:  cobra.MaximumNArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
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
	g, err := series.NewGraph(in.base, in.changes)
	if err != nil {
		return err
	}
	s, err := g.Split(rules)
	if err != nil {
		return err
	}
	if s.Tip != in.tip {
		return &exitError{exitInternal, fmt.Errorf("the series gives tree %s, the change %s", s.Tip, in.tip)}
	}
	if err := f.write(s, in); err != nil {
		return err
	}
	for i, p := range s.Patches {
		fmt.Fprintf(cmd.OutOrStdout(), "%d/%d %s\n", i+1, len(s.Patches), p.Subject)
	}
	return nil
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
	if in.base, err = openTree(f.tree); err != nil {
		return nil, err
	}
	r := os.Stdin
	if f.diff != "-" {
		if r, err = os.Open(f.diff); err != nil {
			return nil, err
		}
		defer r.Close()
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

// openTree opens a TREE argument: a directory, or REPO@REV read from git objects.
func openTree(spec string) (*refactor.Tree, error) {
	if _, err := os.Stat(spec); err != nil {
		if repo, rev, ok := gitbranch.SplitSpec(spec); ok {
			return gitbranch.OpenTree(repo, rev)
		}
	}
	return refactor.OpenDir(spec)
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

func (f *splitFlags) write(s *series.Series, in *splitInput) error {
	o := in.mail
	o.SignOff, o.Version, o.Title, o.Blurb = f.signOff, f.version, f.title, f.blurb
	if f.author != "" {
		name, addr, ok := strings.Cut(strings.TrimSuffix(f.author, ">"), " <")
		if !ok {
			return fmt.Errorf(`--author %q: write "Name <address>"`, f.author)
		}
		o.Name, o.Email = name, addr
	}
	files := map[string][]byte{}
	for _, k := range f.formats {
		make := map[string]func(series.MailOptions) (map[string][]byte, error){"mbox": s.MboxFiles, "quilt": s.QuiltFiles}[k]
		if make == nil {
			continue
		}
		some, err := make(o)
		if err != nil {
			return err
		}
		for name, b := range some {
			files[name] = b
		}
	}
	if len(files) > 0 {
		if err := series.WriteFiles(f.outDir, files); err != nil {
			return err
		}
	}
	if slices.Contains(f.formats, "branch") {
		_, err := in.repo.WriteBranch(f.branch, in.baseRev, s, o)
		return err
	}
	return nil
}
