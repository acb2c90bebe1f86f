package analyze

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"os"
	"runtime/debug"
	"sort"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze/cfront"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/store"
)

// cacheVersion changes whenever the meaning of a cached unit does.
const cacheVersion = "2"

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

// manifest lists what a cached unit was made from; one is stored for each identity (tool version, flags), the newest.
type manifest struct {
	Paths   []string
	Digests []byte // of Paths, one behind the other
	Absent  []string
	Payload store.Key
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
	if ok && b.Main.Version != "" && b.Main.Version != "(devel)" {
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

// fromCache fills a record whose inputs are what they were when it was stored.
func (r *run) fromCache(rec *unitRecord) {
	if r.opt.Store == nil {
		return
	}
	raw := r.opt.Store.Get(r.identity(rec.unit))
	if raw == nil {
		return
	}
	var m manifest
	if gob.NewDecoder(bytes.NewReader(raw)).Decode(&m) != nil || !r.current(&m) {
		return
	}
	payload := r.opt.Store.Get(m.Payload)
	if payload == nil || rec.decode(payload) != nil {
		rec.res = nil
		return
	}
	rec.cached, rec.absent = true, m.Absent
	for i, p := range m.Paths {
		rec.inputs = append(rec.inputs, input{p, [sha256.Size]byte(m.Digests[i*sha256.Size:])})
	}
	r.addHeaders(rec.res)
}

// current reports whether a manifest's inputs are unchanged, and what was not there still is not.
func (r *run) current(m *manifest) bool {
	if len(m.Digests) != len(m.Paths)*sha256.Size {
		return false
	}
	for i, p := range m.Paths {
		if d := r.digests.of(r, p); d == nil || *d != [sha256.Size]byte(m.Digests[i*sha256.Size:]) {
			return false
		}
	}
	for _, p := range m.Absent {
		if _, ok := r.db.Overlay[p]; ok || r.tree.File(p) != nil {
			return false
		}
	}
	return true
}

// toCache stores a record that was just read. A cache that cannot be written costs time, not the run.
func (r *run) toCache(rec *unitRecord) {
	if r.opt.Store == nil {
		return
	}
	m := manifest{Absent: rec.absent}
	id := r.identity(rec.unit)
	h := sha256.New()
	h.Write(id[:])
	for _, in := range rec.inputs {
		m.Paths, m.Digests = append(m.Paths, in.path), append(m.Digests, in.digest[:]...)
		h.Write([]byte(in.path))
		h.Write(in.digest[:])
	}
	payload := rec.encode()
	sum := sha256.Sum256(payload)
	h.Write(sum[:])
	m.Payload = store.Key(h.Sum(nil))
	var buf bytes.Buffer
	if gob.NewEncoder(&buf).Encode(&m) != nil {
		return
	}
	if r.opt.Store.Put(m.Payload, payload) == nil {
		_ = r.opt.Store.Put(id, buf.Bytes())
	}
}

// encode writes a record's result: unit, header functions, uses, regions.
func (rec *unitRecord) encode() []byte {
	res := rec.res
	b := res.Unit.Encode(nil)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(res.Headers)))
	for _, h := range res.Headers {
		b = h.Unit.Encode(append(b, h.Key[:]...))
	}
	var buf bytes.Buffer
	tail := recordTail{Uses: res.Uses, Strict: res.Strict, Funcs: res.Funcs, Tolerant: res.Tolerant, Tier: res.Tier, Files: map[string][]int32{}}
	for k := range res.Lost {
		tail.Lost = append(tail.Lost, k)
	}
	sort.Slice(tail.Lost, func(i, j int) bool { return bytes.Compare(tail.Lost[i][:], tail.Lost[j][:]) < 0 })
	for kind, rs := range [...][]fileRange{rec.skipped, rec.taken} {
		for _, g := range rs {
			tail.Files[g.file] = append(tail.Files[g.file], int32(kind), g.start, g.end, g.cond)
		}
	}
	_ = gob.NewEncoder(&buf).Encode(&tail) // into memory: cannot fail
	return append(b, buf.Bytes()...)
}

// recordTail is the part of a record that is small. Files holds four numbers a region: kind, start, end, directive.
type recordTail struct {
	Uses, Lost []cfront.Key
	Strict     bool
	Funcs      int
	Tolerant   int
	Tier       ir.Tier
	Files      map[string][]int32
}

// decode is the inverse of encode.
func (rec *unitRecord) decode(b []byte) error {
	u, b, err := ir.Decode(b)
	if err != nil {
		return err
	}
	res := &cfront.Result{Unit: u, Lost: map[cfront.Key]bool{}}
	if len(b) < 4 {
		return fmt.Errorf("short record")
	}
	n := int(binary.LittleEndian.Uint32(b))
	b = b[4:]
	for ; n > 0; n-- {
		if len(b) < len(cfront.Key{}) {
			return fmt.Errorf("short record")
		}
		h := cfront.HeaderFunc{Key: cfront.Key(b[:len(cfront.Key{})])}
		if h.Unit, b, err = ir.Decode(b[len(h.Key):]); err != nil {
			return err
		}
		res.Headers = append(res.Headers, h)
	}
	var tail recordTail
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&tail); err != nil {
		return err
	}
	res.Uses, res.Strict, res.Funcs, res.Tolerant, res.Tier = tail.Uses, tail.Strict, tail.Funcs, tail.Tolerant, tail.Tier
	for _, k := range tail.Lost {
		res.Lost[k] = true
	}
	rec.regions(tail.Files)
	rec.res = res
	return nil
}

// regions restores the skipped and taken regions.
func (rec *unitRecord) regions(files map[string][]int32) {
	for f, v := range files {
		for ; len(v) >= 4; v = v[4:] {
			g := fileRange{f, v[1], v[2], v[3]}
			if v[0] == 0 {
				rec.skipped = append(rec.skipped, g)
			} else {
				rec.taken = append(rec.taken, g)
			}
		}
	}
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
