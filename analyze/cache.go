package analyze

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/xsmpatch/xsmpatch/analyze/cfront"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/ir/flat"
	"github.com/xsmpatch/xsmpatch/analyze/store"
)

// cacheVersion changes whenever the meaning of a cached unit does.
const cacheVersion = "3"

// Bounds of the cache, and how often they are looked at. A configuration of Xen takes about 50 MB.
const (
	cacheEvery = time.Hour
	cacheAge   = 30 * 24 * time.Hour
	cacheSize  = 2 << 30
)

// input is a file that a unit was made from.
type input struct {
	path   string
	digest [32]byte
}

// digests memoises the digests of a tree's files.
type digests struct {
	mu sync.Mutex
	m  map[string]*[32]byte // nil: the file is not there
}

// of returns the digest of file p as the run reads it, nil when it is missing.
func (d *digests) of(r *run, p string) *[32]byte {
	d.mu.Lock()
	if d.m == nil {
		d.m = map[string]*[32]byte{}
	}
	s, ok := d.m[p]
	d.mu.Unlock()
	if ok {
		return s
	}
	if b, err := r.read(p); err == nil {
		h := sha256.Sum256(b)
		s = &h
	}
	d.mu.Lock()
	d.m[p] = s
	d.mu.Unlock()
	return s
}

// identity names a unit apart from the contents of its files: the tool and the command line.
func (r *run) identity(u *cpp.Unit) store.Key {
	v := r.opt.Version
	if v == "" {
		v = toolVersion()
	}
	return store.KeyOf([]byte(cacheVersion), []byte(v), []byte(fmt.Sprintf("%+v", *u)))
}

// ResultKey names a result that this program computed from parts, apart from those of other versions of it.
func ResultKey(parts ...[]byte) store.Key {
	return store.KeyOf(append([][]byte{[]byte(cacheVersion), []byte(toolVersion())}, parts...)...)
}

// toolVersion identifies the code that reads: the module's version for a release, the executable file for a build of a working tree.
var toolVersion = sync.OnceValue(func() string {
	b, ok := debug.ReadBuildInfo()
	if ok && b.Main.Version != "" && b.Main.Version != "(devel)" && !strings.HasSuffix(b.Main.Version, "+dirty") {
		return b.Main.Version
	}
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	st, err := os.Stat(exe)
	if err != nil {
		return exe
	}
	return fmt.Sprintf("%s %d %d", exe, st.Size(), st.ModTime().UnixNano())
})

// load fills a record whose manifest was found; the record stays empty when its payload is gone or damaged.
func (r *run) load(rec *unitRecord) {
	payload := r.opt.Store.Get(rec.man.payload)
	if payload == nil || rec.decode(payload) != nil {
		rec.res, rec.man = nil, nil
		return
	}
	m := rec.man
	rec.cached, rec.absent, rec.inputs = true, m.absent, make([]input, len(m.paths))
	for i, p := range m.paths {
		rec.inputs[i] = input{p, m.digests[i]}
	}
	r.addHeaders(rec.res)
}

// toCache stores a record that was just read. A cache that cannot be written costs time, not the run.
func (r *run) toCache(rec *unitRecord) {
	if r.opt.Store == nil {
		return
	}
	m := &manifest{absent: rec.absent}
	h := sha256.New()
	for _, in := range rec.inputs {
		m.paths, m.digests = append(m.paths, in.path), append(m.digests, in.digest)
		h.Write([]byte(in.path))
		h.Write(in.digest[:])
	}
	for _, f := range rec.res.Headers {
		m.provides = append(m.provides, f.Key)
	}
	payload := rec.encode()
	sum := sha256.Sum256(payload)
	id := r.identity(rec.unit)
	m.payload = store.KeyOf(id[:], h.Sum(nil), sum[:])
	if r.opt.Store.Put(m.payload, payload) == nil {
		putManifest(r.opt.Store, id, m)
	}
}

// recordHead is the part of a record that is numbers.
type recordHead struct {
	Funcs, Tolerant int32
	Strict          bool
	Tier            ir.Tier
}

// encode writes a record's result: uses, regions, unit, header functions.
func (rec *unitRecord) encode() []byte {
	res := rec.res
	e := flat.NewEncoder(nil)
	flat.Put(e, []recordHead{{int32(res.Funcs), int32(res.Tolerant), res.Strict, res.Tier}})
	flat.Put(e, res.Uses)
	var lost, headers []cfront.Key
	for k := range res.Lost {
		lost = append(lost, k)
	}
	slices.SortFunc(lost, func(a, b cfront.Key) int { return bytes.Compare(a[:], b[:]) })
	for _, h := range res.Headers {
		headers = append(headers, h.Key)
	}
	flat.Put(e, lost)
	flat.Put(e, rec.skipped)
	flat.Put(e, rec.taken)
	flat.Put(e, headers)
	e.End()
	b := res.Unit.Encode(e.Bytes())
	for _, h := range res.Headers {
		b = h.Unit.Encode(b)
	}
	return b
}

// decode is the inverse of encode. What it makes shares b's memory.
func (rec *unitRecord) decode(b []byte) (err error) {
	d := flat.NewDecoder(b)
	head := flat.Get[recordHead](d)
	res := &cfront.Result{Uses: flat.Get[cfront.Key](d), Lost: map[cfront.Key]bool{}}
	for _, k := range flat.Get[cfront.Key](d) {
		res.Lost[k] = true
	}
	skipped, taken, headers := flat.Get[fileRange](d), flat.Get[fileRange](d), flat.Get[cfront.Key](d)
	if len(head) != 1 {
		d.Fail()
	}
	if err := d.End(); err != nil {
		return err
	}
	h := head[0]
	res.Funcs, res.Tolerant, res.Strict, res.Tier = int(h.Funcs), int(h.Tolerant), h.Strict, h.Tier
	if res.Unit, b, err = ir.Decode(d.Rest()); err != nil {
		return err
	}
	res.Headers = make([]cfront.HeaderFunc, len(headers))
	for i, k := range headers {
		res.Headers[i].Key = k
		if res.Headers[i].Unit, b, err = ir.Decode(b); err != nil {
			return err
		}
	}
	rec.res, rec.skipped, rec.taken = res, skipped, taken
	return nil
}

// inputsDigest identifies everything that a scan read.
func inputsDigest(read []*Scanned) string {
	all := map[string][32]byte{}
	for _, s := range read {
		for _, rec := range s.units {
			for _, in := range rec.inputs {
				all[in.path] = in.digest
			}
		}
	}
	paths := make([]string, 0, len(all))
	for p := range all {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	h := sha256.New()
	for _, p := range paths {
		d := all[p]
		fmt.Fprintf(h, "%s\x00%x\n", p, d)
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}
