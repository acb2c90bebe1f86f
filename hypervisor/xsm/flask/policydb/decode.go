package policydb

import (
	"encoding/binary"
	"fmt"
)

// FormatError says where a policy is malformed.
type FormatError struct {
	Section string // such as "types" or "iomem contexts"
	Offset  int    // byte in the file where the offending item starts
	Reason  string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("policy: %s at byte %#x: %s", e.Section, e.Offset, e.Reason)
}

// decoder walks over the bytes of a policy. The first error sticks: from then on
// every read gives zero and loops end through ok.
type decoder struct {
	data    []byte
	off     int
	section string
	err     error
}

func (d *decoder) ok() bool { return d.err == nil }

// fail records an error at the byte at; later errors are dropped.
func (d *decoder) fail(at int, format string, args ...any) {
	if d.err == nil {
		d.err = &FormatError{Section: d.section, Offset: at, Reason: fmt.Sprintf(format, args...)}
	}
}

// take returns the next n bytes, or nil after an error.
func (d *decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n > len(d.data)-d.off {
		d.fail(d.off, "truncated: %d bytes wanted, %d left", n, len(d.data)-d.off)
		return nil
	}
	b := d.data[d.off : d.off+n]
	d.off += n
	return b
}

func (d *decoder) u16() uint16 {
	if b := d.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) u32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) u64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// count reads the number of elements that follow, each of at least size bytes.
func (d *decoder) count(size int) int {
	at := d.off
	n := d.u32()
	if d.ok() && uint64(n)*uint64(size) > uint64(len(d.data)-d.off) {
		d.fail(at, "count %d cannot fit in the %d bytes left", n, len(d.data)-d.off)
		return 0
	}
	return int(n)
}

// text reads n bytes of a string.
func (d *decoder) text(n uint32) string {
	if uint64(n) > uint64(len(d.data)) {
		d.fail(d.off, "truncated: string of %d bytes, %d left", n, len(d.data)-d.off)
		return ""
	}
	return string(d.take(int(n)))
}

// name reads an identifier of n bytes.
func (d *decoder) name(n uint32) string {
	at := d.off
	s := d.text(n)
	if d.ok() && !validName(s) {
		d.fail(at, "%.40q is not a name", s)
	}
	return s
}

func validName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == ':' || c >= 0x7f {
			return false
		}
	}
	return s != ""
}

// bitmap reads an ebitmap: unit size, rounded-up length, number of words, words.
func (d *decoder) bitmap() Bitmap {
	at := d.off
	unit, high := d.u32(), d.u32()
	if d.ok() && unit != 64 {
		d.fail(at, "bitmap unit of %d bits, not 64", unit)
	}
	if d.ok() && high > 1<<32-64 {
		d.fail(at, "bitmap of %d bits", high)
	}
	n := d.count(12)
	high = (high + 63) &^ 63
	if d.ok() && high == 0 && n > 0 {
		d.fail(at, "bitmap of no bits with %d words", n)
	}
	var b Bitmap
	if d.ok() && n > 0 {
		b.words = make([]bitmapWord, 0, n)
	}
	for next := uint32(0); n > 0 && d.ok(); n-- {
		next = d.bitmapWord(&b, next, high)
	}
	return b
}

// bitmapWord reads one word that starts at bit next or later and returns where
// the following one may start.
func (d *decoder) bitmapWord(b *Bitmap, next, high uint32) uint32 {
	at := d.off
	start, bits := d.u32(), d.u64()
	switch {
	case !d.ok():
	case start&63 != 0:
		d.fail(at, "bitmap word starts at bit %d, not a multiple of 64", start)
	case start < next:
		d.fail(at, "bitmap word at bit %d comes after one at or beyond it", start)
	case start > high-64:
		d.fail(at, "bitmap word at bit %d is beyond its end at %d", start, high)
	case bits != 0:
		b.words = append(b.words, bitmapWord{start, bits})
	}
	return start + 64
}
