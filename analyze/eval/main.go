// Command eval measures the checks on defects that upstream later fixed.
//
//	go run ./analyze/eval -repo CLONE -data missing-hooks.json [-rows PREFIX] [-cache DIR] [-v]
//	go run ./analyze/eval -repo CLONE -at REV [-arch ARCH] [-cache DIR]
//
// The second form prints what is found in one revision, to look at false alarms.
//
// The data file has {"rows":[{"id","fix_commit","parent","file","function","subcommand","hook","bug_kind","detect","note"}]}; function and
// subcommand may name several, separated by |. For each row the tree before the fix and the tree after it are read from git objects and
// verified. A row fires when a finding of a fitting check is on its file and function and names its sub-command or hook; it is silent when
// none of those findings is left at the fix. A row counts when it fires and is silent. The cache keeps what the front end read, so that a run
// after a change of the checks reads nothing again, and each tree's findings, so that a run that was interrupted goes on where it was. Each
// tree is verified in a process of its own: what it took is given back before the next.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
)

// row is one defect with its fix.
type row struct {
	ID, Parent, Date, Subject, File, Function, Hypercall, Subcommand, Hook, Detect, Note string
	Fix                                                                                  string `json:"fix_commit"`
	Kind                                                                                 string `json:"bug_kind"`
}

func main() {
	var o options
	flag.StringVar(&o.repo, "repo", "", "clone of the hypervisor that holds the commits")
	flag.StringVar(&o.data, "data", "", "JSON file of rows")
	flag.StringVar(&o.cache, "cache", "", "folder that keeps what was read (default: read everything anew)")
	flag.StringVar(&o.rows, "rows", "", "only rows whose id starts with one of these, separated by commas")
	flag.StringVar(&o.frontend, "frontend", "", "name of the front end for the cache, to go on with what another one read (default: a digest of its sources)")
	flag.BoolVar(&o.verbose, "v", false, "print the findings that counted, and those near a row that was missed")
	at := flag.String("at", "", "a revision to print the findings of, or a folder")
	arch := flag.String("arch", "x86_64", "architecture to read -at for; of several, separated by commas, the first that the tree has")
	file := flag.String("json", "", "file for the findings of -at")
	flag.StringVar(&o.units, "units", "", "folder that keeps what was read of -at (default: one in -cache)")
	prof := flag.String("cpuprofile", "", "file for a profile")
	flag.Parse()
	if o.repo == "" || o.data == "" && *at == "" {
		flag.Usage()
		os.Exit(2)
	}
	if *prof != "" {
		f, err := os.Create(*prof)
		if err == nil && pprof.StartCPUProfile(f) == nil {
			defer pprof.StopCPUProfile()
		}
	}
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(2 << 30)
	if *at != "" {
		if err := show(context.Background(), o, *at, *arch, *file); err != nil {
			fmt.Fprintln(os.Stderr, "eval:", err)
			os.Exit(1)
		}
		return
	}
	res, err := evaluate(context.Background(), o, func(r *result) { fmt.Println(r.line()) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
	fmt.Print(summary(res))
}

// readRows reads the data file and keeps the rows whose id starts with one of the given prefixes.
func readRows(file, only string) ([]*row, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var in struct{ Rows []*row }
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(in.Rows) == 0 {
		return nil, fmt.Errorf("%s: no rows; give a file with {\"rows\":[...]}", file)
	}
	var out []*row
	for _, r := range in.Rows {
		if r.ID == "" || r.Fix == "" || r.Parent == "" || r.File == "" {
			return nil, fmt.Errorf("%s: row %q: id, fix_commit, parent and file are needed", file, r.ID)
		}
		if only == "" || slices.ContainsFunc(strings.Split(only, ","), func(p string) bool { return strings.HasPrefix(r.ID, p) }) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *row) int { return strings.Compare(a.Date+a.Fix, b.Date+b.Fix) })
	return out, nil
}
