package ss

import (
	"fmt"
	"maps"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// AddObject labels the numbers from low to high until the next policy is
// loaded. Interrupts and devices take one number. The error is EINVAL for an
// unknown kind or a bad range, EEXIST if a part of the range has another label
// (or the same one over another range).
func (s *Server) AddObject(kind ObjectKind, low, high uint64, sid policydb.SID) error {
	if err := checkRange(kind, low, high); err != nil {
		return err
	}
	return s.changeObjects(func(o *objects) (*objects, error) {
		list := o.byKind[kind]
		i := o.from(kind, low)
		if i < len(list) && list[i].low <= high {
			same := list[i].low == low && list[i].high == high && policydb.SID(list[i].sid.Load()) == sid
			if !same {
				s.log(fmt.Sprintf("flask: overlap with entry %#x - %#x", list[i].low, list[i].high))
				return nil, abi.EEXIST
			}
			if kind == ObjectIOPort || kind == ObjectIOMem {
				return o, nil
			}
		}
		ob := &object{low: low, high: high}
		ob.sid.Store(uint32(sid))
		return o.with(kind, i, i, ob), nil
	})
}

func checkRange(kind ObjectKind, low, high uint64) error {
	single := kind == ObjectPIRQ || kind == ObjectDevice
	limit := map[ObjectKind]uint64{ObjectPIRQ: 1<<16 - 1, ObjectIOPort: 1<<32 - 1, ObjectIOMem: 1<<64 - 1, ObjectDevice: 1<<32 - 1}
	if max, ok := limit[kind]; !ok || low > high || high > max || (single && low != high) {
		return abi.EINVAL
	}
	return nil
}

// DelObject takes the label off exactly the range low to high (for interrupts
// and devices only low counts). The error is ENOENT if there is no such label.
func (s *Server) DelObject(kind ObjectKind, low, high uint64) error {
	if kind < ObjectPIRQ || kind > ObjectDevice {
		return abi.EINVAL
	}
	if kind == ObjectPIRQ || kind == ObjectDevice {
		high = low
	}
	return s.changeObjects(func(o *objects) (*objects, error) {
		i := o.from(kind, low)
		if list := o.byKind[kind]; i == len(list) || list[i].low != low || list[i].high != high {
			s.log(fmt.Sprintf("flask: ocontext not found: kind %d, %#x - %#x", kind, low, high))
			return nil, abi.ENOENT
		}
		return o.with(kind, i, i+1), nil
	})
}

// SetDeviceTreeLabel labels a device tree node, or takes its label off if sid is
// 0, until the next policy is loaded. The error is EEXIST or ENOENT.
func (s *Server) SetDeviceTreeLabel(path string, sid policydb.SID) error {
	return s.changeObjects(func(o *objects) (*objects, error) {
		_, labelled := o.paths[path]
		switch {
		case sid != 0 && labelled:
			return nil, abi.EEXIST
		case sid == 0 && !labelled:
			return nil, abi.ENOENT
		}
		n := &objects{byKind: o.byKind, paths: maps.Clone(o.paths)}
		if sid == 0 {
			delete(n.paths, path)
			return n, nil
		}
		ob := &object{path: path}
		ob.sid.Store(uint32(sid))
		n.paths[path] = ob
		return n, nil
	})
}

// with returns a copy in which the objects i..j of a kind are replaced.
func (o *objects) with(kind ObjectKind, i, j int, by ...*object) *objects {
	n := &objects{byKind: o.byKind, paths: o.paths}
	old := o.byKind[kind]
	list := make([]*object, 0, len(old)+1)
	list = append(append(append(list, old[:i]...), by...), old[j:]...)
	n.byKind[kind] = list
	return n
}

// changeObjects publishes new labels. Decisions do not depend on them, so the
// sequence number stays.
func (s *Server) changeObjects(change func(*objects) (*objects, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.state.Load()
	if old == nil {
		return abi.EINVAL
	}
	objs, err := change(old.objs)
	if err != nil {
		return err
	}
	st := *old
	st.objs = objs
	s.state.Store(&st)
	return nil
}
