package analyze

import (
	"crypto/sha256"

	"github.com/xsmpatch/xsmpatch/analyze/cfront"
	"github.com/xsmpatch/xsmpatch/analyze/ir/flat"
	"github.com/xsmpatch/xsmpatch/analyze/store"
)

// manifest says what a cached unit was made from, and where it is. Some are stored for each identity (tool version, command line).
type manifest struct {
	paths    []string // the files read, sorted
	digests  [][sha256.Size]byte
	absent   []string     // files that were looked for and not there
	provides []cfront.Key // header functions that come with the unit
	payload  store.Key
}

// maxManifests is how many manifests are kept for an identity: so many versions of a file can take turns without being read anew.
const maxManifests = 3

// slot names manifest i of an identity; the newest is 0.
func slot(id store.Key, i byte) store.Key { return store.KeyOf(id[:], []byte{i}) }

// putManifest makes m the newest manifest of an identity.
func putManifest(s *store.Store, id store.Key, m *manifest) {
	next := m.encode()
	for i := byte(0); i < maxManifests && next != nil; i++ {
		old := s.Get(slot(id, i))
		if s.Put(slot(id, i), next) != nil {
			return
		}
		next = old
	}
}

// find gives a record the manifest in the cache whose inputs are what they were when it was stored, if there is one.
func (r *run) find(rec *unitRecord) {
	if r.opt.Store == nil {
		return
	}
	id := r.identity(rec.unit)
	for i := byte(0); i < maxManifests; i++ {
		m := decodeManifest(r.opt.Store.Get(slot(id, i)))
		if m == nil {
			return
		}
		if !r.current(m) {
			continue
		}
		if rec.man = m; i == maxManifests-1 {
			putManifest(r.opt.Store, id, m) // or the next one that comes would push it out
		}
		return
	}
}

// current reports whether a manifest's inputs are unchanged, and what was not there still is not.
func (r *run) current(m *manifest) bool {
	for i, p := range m.paths {
		if d := r.digests.of(r, p); d == nil || *d != m.digests[i] {
			return false
		}
	}
	for _, p := range m.absent {
		if _, ok := r.db.Overlay[p]; ok || r.tree.File(p) != nil {
			return false
		}
	}
	return true
}

func (m *manifest) encode() []byte {
	e := flat.NewEncoder(nil)
	e.Strings(m.paths...)
	flat.Put(e, m.digests)
	e.Strings(m.absent...)
	flat.Put(e, m.provides)
	flat.Put(e, []store.Key{m.payload})
	e.End()
	return e.Bytes()
}

// decodeManifest is the inverse of encode; nil for what is no manifest.
func decodeManifest(b []byte) *manifest {
	d := flat.NewDecoder(b)
	m := &manifest{paths: d.Strings(), digests: flat.Get[[sha256.Size]byte](d), absent: d.Strings(), provides: flat.Get[cfront.Key](d)}
	payload := flat.Get[store.Key](d)
	if d.End() != nil || len(m.digests) != len(m.paths) || len(payload) != 1 {
		return nil
	}
	m.payload = payload[0]
	return m
}
