package hv

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// Digest is a hash of all state: two equal digests of one Hypervisor mean that
// nothing a guest could observe, directly or by later hypercalls, changed in
// between. It walks the data structures by reflection, so state added later is
// covered too; fields tagged digest:"-" (back pointers, wake-up channels, the
// module) and locks are left out. No hypercall may be in progress.
func (h *Hypervisor) Digest() string { return h.digest(nil) }

// Dump is the text the digest is the hash of, for finding a difference.
func (h *Hypervisor) Dump() string {
	var b strings.Builder
	h.digest(&b)
	return b.String()
}

func (h *Hypervisor) digest(text *strings.Builder) string {
	w := &walker{hash: sha256.New(), text: text, seen: map[unsafe.Pointer]int{}}
	w.walk(reflect.ValueOf(h).Elem(), "")
	return hex.EncodeToString(w.hash.Sum(nil))
}

// walker prints values in a canonical form. Every value it is given can be read
// and addressed.
type walker struct {
	hash hash.Hash
	text *strings.Builder
	seen map[unsafe.Pointer]int
}

func (w *walker) emit(path string, val any) {
	line := fmt.Sprintf("%s=%v\n", path, val)
	w.hash.Write([]byte(line))
	if w.text != nil {
		w.text.WriteString(line)
	}
}

var locks = []reflect.Type{reflect.TypeFor[sync.Mutex](), reflect.TypeFor[sync.RWMutex]()}

func (w *walker) walk(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Struct:
		w.walkStruct(v, path)
	case reflect.Pointer:
		w.walkPointer(v, path)
	case reflect.Map:
		w.walkMap(v, path)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			w.emit(path, hex.EncodeToString(v.Bytes()))
			return
		}
		for i := range v.Len() {
			w.walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(addressable(v.Elem()), path)
		}
	case reflect.Chan, reflect.Func:
	default:
		w.emit(path, v.Interface())
	}
}

func (w *walker) walkPointer(v reflect.Value, path string) {
	if v.IsNil() {
		return
	}
	p := v.UnsafePointer()
	if n, ok := w.seen[p]; ok {
		w.emit(path, fmt.Sprintf("#%d", n))
		return
	}
	w.seen[p] = len(w.seen)
	w.emit(path, fmt.Sprintf("#%d:", w.seen[p]))
	w.walk(v.Elem(), path)
}

func (w *walker) walkMap(v reflect.Value, path string) {
	keys := v.MapKeys()
	names := make(map[string]reflect.Value, len(keys))
	order := make([]string, 0, len(keys))
	for _, k := range keys {
		name := fmt.Sprintf("%v", k.Interface())
		names[name] = k
		order = append(order, name)
	}
	slices.Sort(order)
	for _, name := range order {
		w.walk(addressable(v.MapIndex(names[name])), path+"{"+name+"}")
	}
}

func (w *walker) walkStruct(v reflect.Value, path string) {
	switch {
	case slices.Contains(locks, v.Type()):
		return
	case v.Type() == reflect.TypeFor[frames]():
		w.walkFrames(v.Addr().Interface().(*frames), path)
		return
	case v.Type().PkgPath() == "sync/atomic":
		w.walk(addressable(v.Addr().MethodByName("Load").Call(nil)[0]), path)
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag := f.Tag.Get("digest")
		if tag == "-" || f.Name == "_" {
			continue
		}
		fv := readable(v.Field(i))
		if tag == "used" {
			w.walkPorts(fv.Interface().([]*evtchn), path+"."+f.Name)
			continue
		}
		w.walk(fv, path+"."+f.Name)
	}
}

// walkPorts leaves free channels out: a refused allocation may have made room.
func (w *walker) walkPorts(ports []*evtchn, path string) {
	for _, c := range ports {
		if c.State != xsm.ECSFree {
			w.walk(reflect.ValueOf(c).Elem(), fmt.Sprintf("%s[%d]", path, c.Port))
		}
	}
}

// walkFrames prints the frames that are in use or marked, and the free list.
func (w *walker) walkFrames(f *frames, path string) {
	for i := range f.all {
		if p := &f.all[i]; p.count.Load() > 0 || p.offline != 0 {
			w.walk(reflect.ValueOf(p).Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	}
	w.emit(path+".free", f.free)
}

// readable gives access to an unexported field of an addressable struct.
func readable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

// addressable copies a value to where it has an address.
func addressable(v reflect.Value) reflect.Value {
	n := reflect.New(v.Type()).Elem()
	n.Set(v)
	return n
}
