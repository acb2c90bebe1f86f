package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/series"
)

// prove runs --exec on every prefix. The second result says which prefix fails, if one does; its exit code is
// exitFindings.
func (f *splitFlags) prove(cmd *cobra.Command, s *series.Series, rules series.Rules) (*series.Series, error, error) {
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	o := series.ProveOptions{Command: f.exec, Jobs: f.jobs, Base: true, Done: func(r series.PrefixResult) {
		verdict := "ok"
		if !r.OK {
			verdict = "FAILED"
		}
		if r.Cached {
			verdict += " (cached)"
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "prefix %d: %s\n", r.Prefix, verdict)
	}}
	var err error
	if o.Cache, err = f.cacheDir(); err != nil {
		return nil, nil, err
	}
	rounds := f.repair
	if f.series != "" {
		rounds = 0 // a person has said how it is to be
	}
	s, results, learned, err := s.ProveAndRepair(ctx, o, rules, rounds)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range learned {
		fmt.Fprintln(cmd.ErrOrStderr(), d)
	}
	i := slices.IndexFunc(results, func(r series.PrefixResult) bool { return !r.OK })
	if i < 0 {
		return s, nil, nil
	}
	what := fmt.Sprintf("prefix %d fails", results[i].Prefix)
	if results[i].Prefix == 0 {
		what = "the base fails already"
	}
	return s, &exitError{exitFindings, fmt.Errorf("--exec: %s:\n%s", what, results[i].Output)}, nil
}

func (f *splitFlags) cacheDir() (string, error) {
	switch f.cache {
	case "none":
		return "", nil
	case "":
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", nil // no home: work without
		}
		return filepath.Join(dir, "xsmpatch", "exec"), nil
	}
	return f.cache, nil
}

// mailOptions gathers what the mails say.
func (f *splitFlags) mailOptions(s *series.Series, in *splitInput) (series.MailOptions, error) {
	o := in.mail
	o.SignOff, o.Version, o.Title, o.Blurb, o.Changelog = f.signOff, f.version, f.title, f.blurb, f.changelog
	if f.author != "" {
		name, addr, ok := strings.Cut(strings.TrimSuffix(f.author, ">"), " <")
		if !ok {
			return o, fmt.Errorf(`--author %q: write "Name <address>"`, f.author)
		}
		o.Name, o.Email = name, addr
	}
	if f.maintainers != "" {
		text, err := os.ReadFile(f.maintainers)
		if err != nil {
			return o, err
		}
		m, err := series.ReadMaintainers(f.maintainers, text)
		if err != nil {
			return o, err
		}
		o.CcOf = m.For
	}
	if f.previous != "" {
		return o, f.addRangeDiff(s, &o)
	}
	return o, nil
}

func (f *splitFlags) addRangeDiff(s *series.Series, o *series.MailOptions) error {
	text, err := os.ReadFile(f.previous)
	if err != nil {
		return err
	}
	before, err := series.ReadMbox(f.previous, text)
	if err != nil {
		return err
	}
	if len(before) == 0 {
		return fmt.Errorf("%s: no patches in it", f.previous)
	}
	files, err := s.MboxFiles(*o)
	if err != nil {
		return err
	}
	after, err := series.ReadMbox(series.MboxName, files[series.MboxName])
	o.RangeDiff = series.RangeDiff(before, after)
	return err
}

// write makes the output directory and the branch.
func (f *splitFlags) write(s *series.Series, in *splitInput) error {
	o, err := f.mailOptions(s, in)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, k := range f.formats {
		var some map[string][]byte
		switch k {
		case "mbox":
			some, err = s.MboxFiles(o)
		case "quilt":
			some, err = s.QuiltFiles(o)
		}
		if err != nil {
			return err
		}
		maps.Copy(files, some)
	}
	if f.outDir != "" {
		if files["series.yaml"], err = s.YAML(); err != nil {
			return err
		}
		files["series.dot"] = []byte(s.DOT())
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
