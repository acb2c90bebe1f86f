package analyze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze/cfront"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Options says how to scan.
type Options struct {
	Configs  []compdb.Options // one per configuration; none means the tree's own
	Profile  *profile.Profile // nil means Xen's
	Store    *store.Store     // nil: no cache
	Version  string           // of the code that reads, for the cache; "": this program's
	Workers  int              // 0: one per core
	Progress func(done, total int)
}

// Scanned is one configuration that was read.
type Scanned struct {
	Config  Config
	Program *Program
	DB      *compdb.DB
	units   []*unitRecord
}

// Scan reads every configuration of t and returns the merged inventory, and what was read.
// An error means that the tree or a configuration cannot be used at all; what could not be read of it is in Facts.Degraded.
func Scan(ctx context.Context, t *refactor.Tree, opt Options) (*Facts, []*Scanned, error) {
	if opt.Profile == nil {
		pr, err := profile.Xen()
		if err != nil {
			return nil, nil, err
		}
		opt.Profile = pr
	}
	pr, err := opt.Profile.For(t)
	if err != nil {
		return nil, nil, err
	}
	opt.Profile = pr
	if len(opt.Configs) == 0 {
		opt.Configs = []compdb.Options{{}}
	}
	var all []*Facts
	var read []*Scanned
	asm := map[string]*[]asmRef{} // by folder and architectures
	for i, c := range opt.Configs {
		s, f, err := scanConfig(ctx, t, c, i, &opt, asm)
		if err != nil {
			return nil, nil, err
		}
		all, read = append(all, f), append(read, s)
	}
	out := mergeFacts(all)
	out.Tree = TreeInfo{Name: t.Name(), Root: read[0].DB.Folder, Digest: inputsDigest(read)}
	out.Uncovered = uncovered(t, read, opt.workers())
	noNulls(out)
	if slices.ContainsFunc(read, (*Scanned).wrote) {
		_ = opt.Store.Tidy(cacheEvery, cacheAge, cacheSize) // a cache that cannot be tidied costs space, not the run
	}
	return out, read, nil
}

// wrote reports whether something was read anew, and so stored.
func (s *Scanned) wrote() bool {
	return slices.ContainsFunc(s.units, func(rec *unitRecord) bool { return rec.res != nil && !rec.cached })
}

// configName is what the facts call a configuration: as it was asked for, as the tree or synthesis names it, else by its position.
func configName(asked string, db *compdb.DB, i, n int) string {
	switch {
	case asked != "":
		return asked
	case db.Config != "":
		return db.Config
	case n == 1:
		return "default"
	}
	return fmt.Sprintf("config%d", i+1)
}

// scanConfig reads configuration i. The tables in assembly are the same in each, asm holds what was read.
func scanConfig(ctx context.Context, t *refactor.Tree, c compdb.Options, i int, opt *Options, asm map[string]*[]asmRef) (*Scanned, *Facts, error) {
	db, err := compdb.Load(t, c)
	if err != nil {
		return nil, nil, err
	}
	c.Config = configName(c.Config, db, i, len(opt.Configs))
	r := newRun(t, db, opt)
	if err := r.readAll(ctx); err != nil {
		return nil, nil, err
	}
	s := &Scanned{DB: db, units: r.recs}
	var results []*cfront.Result
	for _, rec := range r.recs {
		if rec.res != nil {
			results = append(results, rec.res)
		}
	}
	s.Program = Link(c.Config, opt.Profile, results, r.headers, r.opt.workers())
	key := db.Folder + " " + strings.Join(sortedSet(arches(db)), " ")
	if asm[key] == nil {
		asm[key] = new(asmTables(t, db.Folder, opt.Profile.Entries.Tables, arches(db)))
	}
	s.Program.asm = asm[key]
	f := s.Program.Facts(t, newPositions(t, db.Overlay))
	s.Config = r.config(c.Config, s.Program)
	f.Configs = []Config{s.Config}
	f.Degraded = append(r.degraded(c.Config), badLinks(t, db.Folder, c.Config)...)
	f.Degraded = append(f.Degraded, missingHandlers(t, db, s.Program, f.Missing)...)
	return s, f, nil
}

// run is the reading of one configuration.
type run struct {
	tree    *refactor.Tree
	db      *compdb.DB
	opt     *Options
	ses     *cpp.Session
	digests digests
	recs    []*unitRecord
	mu      sync.Mutex
	headers map[cfront.Key]*ir.Unit
}

// unitRecord is one translation unit: its result, or why there is none.
type unitRecord struct {
	unit    *cpp.Unit
	res     *cfront.Result
	err     error
	man     *manifest // found in the cache
	cached  bool
	inputs  []input
	absent  []string
	skipped []fileRange // sorted
	taken   []fileRange // sorted
}

// fileRange is a region of a file in bytes.
type fileRange struct {
	file       int32 // index in the record's inputs
	start, end int32
	cond       int32 // where the directive that opens it starts
}

// compare orders regions by file and start.
func (a fileRange) compare(b fileRange) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.start, b.start))
}

func newRun(t *refactor.Tree, db *compdb.DB, opt *Options) *run {
	r := &run{tree: t, db: db, opt: opt, headers: map[cfront.Key]*ir.Unit{}}
	r.ses = cpp.NewSession(r.read, cpp.Options{})
	for i := range db.Units {
		if db.Units[i].Asm {
			continue // hypercall tables in assembly are read as text, see Entries
		}
		u := &db.Units[i]
		u.Quote = append(u.Quote, ".") // __FILE__ is relative to the tree's root, and some units include it
		r.recs = append(r.recs, &unitRecord{unit: u})
	}
	return r
}

// read gives the preprocessor a file: a generated one from the overlay, else the tree's.
func (r *run) read(p string) ([]byte, error) {
	if b, ok := r.db.Overlay[p]; ok {
		return b, nil
	}
	return r.tree.ReadFile(p)
}

// maxPasses bounds how often units are read again because a cached unit needs a header function that nobody provides any more.
const maxPasses = 3

// readAll fills every record, from the cache where its inputs are unchanged.
func (r *run) readAll(ctx context.Context) error {
	r.each(ctx, r.recs, r.find)
	for pass := 0; pass < maxPasses; pass++ {
		todo, found := r.todo()
		if len(todo)+len(found) == 0 {
			break
		}
		reader := cfront.NewReader(r.ses, r.known(todo))
		r.each(ctx, append(todo, found...), func(rec *unitRecord) { // what takes longer comes first
			if rec.res == nil && rec.man != nil {
				r.load(rec)
			} else {
				r.readUnit(ctx, reader, rec)
			}
		})
	}
	r.readLossy(ctx)
	return ctx.Err()
}

// readLossy reads the units that could not be preprocessed once more, going on behind missing headers and #error. It comes
// last so that what other units have read of the common headers is preferred. The error stays in the record. The cache does
// not keep such units.
func (r *run) readLossy(ctx context.Context) {
	var todo []*unitRecord
	for _, rec := range r.recs {
		if errors.Is(rec.err, cpp.ErrInclude) || errors.Is(rec.err, cpp.ErrDirective) {
			todo = append(todo, rec)
		}
	}
	if len(todo) == 0 {
		return
	}
	ses := cpp.NewSession(r.read, cpp.Options{Tolerant: true})
	reader := cfront.NewReader(ses, r.known(todo))
	r.each(ctx, todo, func(rec *unitRecord) {
		res, err := reader.ReadAfter(ctx, rec.unit, rec.err)
		if err != nil {
			return
		}
		rec.res = res
		r.note(ses, rec)
		r.addHeaders(res)
		res.Pre = nil
	})
}

// known lists the header functions that need not be read again when todo is.
func (r *run) known(todo []*unitRecord) []cfront.Key {
	known := make([]cfront.Key, 0, len(r.headers))
	for k := range r.provided(todo) {
		known = append(known, k)
	}
	return known
}

// provided names the header functions that the records bring, without those in todo: what these brought goes when they are read again,
// and a cache entry of theirs that relied on it would send the next run back to them.
func (r *run) provided(todo []*unitRecord) map[cfront.Key]bool {
	out, again := map[cfront.Key]bool{}, map[*unitRecord]bool{}
	for _, rec := range todo {
		again[rec] = true
	}
	for _, rec := range r.recs {
		if again[rec] {
			continue
		}
		for _, k := range rec.provides() {
			out[k] = true
		}
	}
	return out
}

// provides names the header functions that the record brings, or will once it is loaded.
func (rec *unitRecord) provides() (out []cfront.Key) {
	switch {
	case rec.res != nil:
		for _, h := range rec.res.Headers {
			out = append(out, h.Key)
		}
	case rec.man != nil:
		out = rec.man.provides
	}
	return out
}

// todo lists the records to read: those without a result, and those that need a header function which is not there; and those to load,
// found in the cache.
func (r *run) todo() (read, load []*unitRecord) {
	provided := r.provided(nil)
	for _, rec := range r.recs {
		switch {
		case rec.err != nil:
		case rec.res == nil && rec.man != nil:
			load = append(load, rec)
		case rec.res == nil || slices.ContainsFunc(rec.res.Uses, func(k cfront.Key) bool { return !provided[k] && !rec.res.Lost[k] }):
			read = append(read, rec)
		}
	}
	return read, load
}

// workers is how many units are read at a time.
func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// each runs do on every record with the run's workers.
func (r *run) each(ctx context.Context, recs []*unitRecord, do func(*unitRecord)) {
	work := make(chan *unitRecord)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range r.opt.workers() {
		wg.Go(func() {
			for rec := range work {
				do(rec)
				mu.Lock()
				done++
				if r.opt.Progress != nil {
					r.opt.Progress(done, len(recs))
				}
				mu.Unlock()
			}
		})
	}
	for _, rec := range recs {
		if ctx.Err() != nil {
			break
		}
		work <- rec
	}
	close(work)
	wg.Wait()
}

// readSafely reads a unit; a panic of ours costs that unit, not the run, and its place is in the error.
func readSafely(ctx context.Context, reader *cfront.Reader, u *cpp.Unit) (res *cfront.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			res, err = nil, fmt.Errorf("internal error, please report it: %v\n%s", r, debug.Stack())
		}
	}()
	return reader.Read(ctx, u)
}

// readUnit reads one unit with the front end and stores it.
func (r *run) readUnit(ctx context.Context, reader *cfront.Reader, rec *unitRecord) {
	res, err := readSafely(ctx, reader, rec.unit)
	if err != nil {
		rec.err = err
		return
	}
	rec.res, rec.cached = res, false
	r.note(r.ses, rec)
	r.addHeaders(res)
	r.toCache(rec)
	res.Pre = nil
}

// addHeaders keeps the header functions that a unit brought.
func (r *run) addHeaders(res *cfront.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range res.Headers {
		if r.headers[h.Key] == nil {
			r.headers[h.Key] = h.Unit
		}
	}
}

// note copies what the run needs of the preprocessor's result.
func (r *run) note(ses *cpp.Session, rec *unitRecord) {
	pre := rec.res.Pre
	for _, f := range pre.Files {
		if strings.HasPrefix(ses.FileName(f.File), "<") {
			continue // ours, and part of the tool's version
		}
		rec.inputs = append(rec.inputs, input{ses.FileName(f.File), ses.Digest(f.File)})
	}
	sort.Slice(rec.inputs, func(i, j int) bool { return rec.inputs[i].path < rec.inputs[j].path })
	rec.absent = pre.Absent
	at := make(map[string]int32, len(rec.inputs))
	for i, in := range rec.inputs {
		at[in.path] = int32(i)
	}
	ranges := func(gs []cpp.Region) []fileRange {
		out := make([]fileRange, 0, len(gs))
		for _, g := range gs {
			if i, ok := at[ses.FileName(g.File)]; ok {
				out = append(out, fileRange{i, g.Start, g.End, g.CondStart})
			}
		}
		slices.SortStableFunc(out, fileRange.compare)
		return out
	}
	rec.skipped, rec.taken = ranges(pre.Skipped), ranges(pre.Taken)
}

// config summarises how the configuration was read.
func (r *run) config(name string, p *Program) Config {
	c := Config{Name: name, Arch: r.db.Arch, Source: r.db.Source, Units: len(r.recs), Functions: len(p.Fns)}
	for _, n := range r.db.Loss {
		c.Loss = append(c.Loss, n.String())
	}
	for _, rec := range r.recs {
		var le *cpp.Error
		if !errors.As(rec.err, &le) {
			c.Preprocessed++
		}
		if rec.res == nil {
			continue
		}
		c.Tolerant += rec.res.Tolerant
		if rec.res.Tier == ir.Strict {
			c.Parsed++
		}
		if rec.res.Strict {
			c.Strict++
		}
	}
	for _, d := range r.degraded(name) {
		if d.Function != "" {
			c.Degraded++
		}
	}
	return c
}

// degraded lists what could not be read.
func (r *run) degraded(cfg string) (out []Degraded) {
	add := func(g ir.Degraded) {
		out = append(out, Degraded{Place: Place{File: g.File, Line: g.Line, Function: g.Func}, Reason: g.Reason, Config: cfg})
	}
	for _, rec := range r.recs {
		switch {
		case rec.res != nil:
			for _, g := range rec.res.Unit.Degraded {
				add(g)
			}
		case rec.err != nil:
			add(unreadable(rec))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Place.less(out[j].Place) })
	return out
}

// unreadable describes a unit of which nothing could be read.
func unreadable(rec *unitRecord) ir.Degraded {
	g := ir.Degraded{File: rec.unit.Main, Line: 1, Reason: rec.err.Error()}
	var pe *cpp.Error
	if errors.As(rec.err, &pe) && pe.Path != "" {
		g.File, g.Line, g.Reason = pe.Path, pe.Line, pe.Msg+" (in unit "+rec.unit.Main+")"
	}
	if errors.Is(rec.err, fs.ErrNotExist) {
		g.Reason = "file is missing: " + g.Reason
	}
	return g
}
