package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// stages makes an output directory in steps that survive an interruption. Until all are done their files stand in a folder beside it,
// with a list of the finished ones; a later run on the same inputs goes on from there.
type stages struct {
	out, dir string // the directory to make, and the folder beside it
	log      io.Writer
	n, of    int
	state    stageState
}

// stageState is what the folder's list holds. Inputs is a digest of all that the results depend on.
type stageState struct {
	Inputs string                       `json:"inputs"`
	Done   map[string]map[string]string `json:"done"`   // stage -> file -> digest
	Counts map[string]int               `json:"counts"` // what the end of the run must know
}

const stateName = "unfinished.json"

// openStages prepares to make directory out in so many stages. What an earlier run on other inputs left is removed.
func openStages(out, inputs string, of int, log io.Writer) (*stages, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	s := &stages{out: out, dir: filepath.Join(filepath.Dir(out), "."+filepath.Base(out)+".unfinished"), log: log, of: of}
	text, err := os.ReadFile(filepath.Join(s.dir, stateName))
	if err == nil && json.Unmarshal(text, &s.state) == nil && s.state.Inputs == inputs && s.state.Done != nil {
		if s.state.Counts == nil {
			s.state.Counts = map[string]int{}
		}
		return s, nil
	}
	if _, err := os.Stat(s.dir); err == nil {
		fmt.Fprintf(log, "%s is of other inputs or another version: all stages are made anew\n", s.dir)
	}
	s.state = stageState{inputs, map[string]map[string]string{}, map[string]int{}}
	if err := os.RemoveAll(s.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return nil, fmt.Errorf("-o %s: %w", out, err)
	}
	return s, s.save()
}

// save writes the list of finished stages.
func (s *stages) save() error {
	text, err := json.MarshalIndent(s.state, "", " ")
	if err != nil {
		return err
	}
	return writeAtomic(filepath.Join(s.dir, stateName), append(text, '\n'))
}

// do makes a stage's files unless an earlier run did and they are as it left them.
func (s *stages) do(name, what string, files func() (map[string][]byte, error)) error {
	s.n++
	if s.intact(name) {
		fmt.Fprintf(s.log, "[%d/%d] %s: done before\n", s.n, s.of, what)
		return nil
	}
	fmt.Fprintf(s.log, "[%d/%d] %s\n", s.n, s.of, what)
	made, err := files()
	if err != nil {
		return err
	}
	sums := map[string]string{}
	for _, f := range slices.Sorted(maps.Keys(made)) {
		p := filepath.Join(s.dir, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			return err
		}
		if err := writeAtomic(p, made[f]); err != nil {
			return err
		}
		sums[f] = digestOf(made[f])
	}
	s.state.Done[name] = sums
	return s.save()
}

// intact reports whether a stage was finished and its files are what it wrote.
func (s *stages) intact(name string) bool {
	sums, ok := s.state.Done[name]
	for f, sum := range sums {
		text, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(f)))
		ok = ok && err == nil && digestOf(text) == sum
	}
	return ok
}

// abandon says where the finished stages are, and leaves nothing when there is none.
func (s *stages) abandon() {
	if len(s.state.Done) == 0 {
		os.RemoveAll(s.dir)
		return
	}
	fmt.Fprintf(s.log, "%d of %d stages are finished and kept in %s: the same command goes on from there\n", len(s.state.Done), s.of, s.dir)
}

// finish gives the directory its name. Files that no stage made, as an interruption may leave them, are removed.
func (s *stages) finish() error {
	keep := map[string]bool{}
	for _, sums := range s.state.Done {
		for f := range sums {
			keep[filepath.Join(s.dir, filepath.FromSlash(f))] = true
		}
	}
	err := filepath.WalkDir(s.dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || keep[p] || filepath.Base(p) == stateName {
			return err
		}
		return os.Remove(p)
	})
	if err != nil {
		return err
	}
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	if err := os.Remove(s.out); err != nil && !os.IsNotExist(err) { // an empty one is in the way
		return err
	}
	if err := os.Rename(s.dir, s.out); err != nil {
		return err
	}
	return os.Remove(filepath.Join(s.out, stateName))
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// built are endings of files that a build makes and no analysis reads.
var built = map[string]bool{".o": true, ".a": true, ".so": true, ".gz": true, ".efi": true, ".bin": true, ".ko": true, ".map": true}

// inputsOf is a digest of what the results of integrate depend on: the program, its options, the tree's name and its files.
func inputsOf(t *refactor.Tree, f *scanFlags) (string, error) {
	h := sha256.New()
	if err := hashProgram(h); err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s\n%s %s %q\n", t.Name(), f.arch, f.source, f.configs)
	for _, p := range t.Paths() {
		if base := path.Base(p); built[path.Ext(base)] || strings.Contains(base, "xen-syms") {
			continue
		}
		file := t.File(p)
		sum, err := file.Hash()
		if err != nil { // what cannot be read is for the scan to say
			fmt.Fprintf(h, "%s unread\n", p)
			continue
		}
		fmt.Fprintf(h, "%s %s %s\n", file.Mode, sum, p)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashProgram adds the program itself: another version may give other results.
func hashProgram(h hash.Hash) error {
	name, err := os.Executable()
	if err != nil {
		fmt.Fprintln(h, version())
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		fmt.Fprintln(h, version())
		return nil
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}
