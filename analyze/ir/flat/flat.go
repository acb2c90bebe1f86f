// Package flat writes lists of plain values in the machine's own layout, aligned, so that reading them is pointing into the buffer.
//
// An encoding is for the cache of one machine; who needs it to be refused elsewhere puts a signature in front (see package ir).
package flat

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// Size is the number of bytes of a T.
func Size[T any]() uint32 {
	var v T
	return uint32(unsafe.Sizeof(v))
}

// bytesOf is the memory of s.
func bytesOf[T any](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(Size[T]()))
}

// maxAlign is a multiple of every flat type's alignment. Encodings start at a multiple of it, as far as the caller can see to that.
const maxAlign = 8

// Align appends to buf the zeros that are missing until a unit can be encoded behind it.
func Align(buf []byte) []byte { return append(buf, make([]byte, -len(buf)&(maxAlign-1))...) }

// Encoder appends lists to a buffer.
type Encoder struct {
	b    []byte
	base int // where the encoding starts
}

// NewEncoder appends to buf, which had better have a length that [Align] makes.
func NewEncoder(buf []byte) *Encoder { return &Encoder{buf, len(buf)} }

// Bytes is the whole buffer.
func (e *Encoder) Bytes() []byte { return e.b }

// End ends the encoding; another one may follow.
func (e *Encoder) End() { e.list(0) }

// list starts a list of n elements.
func (e *Encoder) list(n int) {
	e.b = binary.LittleEndian.AppendUint32(e.b, uint32(n))
	e.b = append(e.b, make([]byte, -(len(e.b)-e.base)&(maxAlign-1))...)
}

// Put writes a list. T holds no pointers.
func Put[T any](e *Encoder, s []T) {
	e.list(len(s))
	e.b = append(e.b, bytesOf(s)...)
}

// Strings writes strings: their lengths, then their text.
func (e *Encoder) Strings(s ...string) {
	lens, total := make([]uint32, len(s)), 0
	for i := range s {
		lens[i] = uint32(len(s[i]))
		total += len(s[i])
	}
	Put(e, lens)
	e.list(total)
	for i := range s {
		e.b = append(e.b, s[i]...)
	}
}

// Decoder reads what an [Encoder] wrote; after an error every list is empty.
type Decoder struct {
	b    []byte
	size int // of the whole buffer
	err  error
}

// NewDecoder reads from buf.
func NewDecoder(buf []byte) *Decoder { return &Decoder{b: buf, size: len(buf)} }

// Fail makes the decoder fail: what it gave makes no sense.
func (d *Decoder) Fail() { d.err = errShort }

// End reads what [Encoder.End] wrote, and gives the error, if there was one.
func (d *Decoder) End() error {
	d.list()
	return d.err
}

// Rest is what has not been read.
func (d *Decoder) Rest() []byte { return d.b }

var errShort = errors.New("flat: not such an encoding")

func (d *Decoder) take(n int) []byte {
	if d.err != nil || n < 0 || n > len(d.b) {
		d.err = errShort
		return nil
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

// list reads the start of a list.
func (d *Decoder) list() int {
	b := d.take(4)
	d.take(-(d.size - len(d.b)) & (maxAlign - 1))
	if d.err != nil {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b))
}

// Get returns a list that lies in the buffer, or a copy where the buffer is not aligned.
func Get[T any](d *Decoder) []T {
	n := d.list()
	var zero T
	raw := d.take(n * int(Size[T]()))
	if len(raw) == 0 {
		return nil
	}
	p := unsafe.Pointer(&raw[0])
	if uintptr(p)%unsafe.Alignof(zero) == 0 {
		return unsafe.Slice((*T)(p), n)
	}
	out := make([]T, n)
	copy(bytesOf(out), raw)
	return out
}

// Strings reads strings, which share the buffer's memory.
func (d *Decoder) Strings() []string {
	lens := Get[uint32](d)
	text := d.take(d.list())
	out := make([]string, len(lens))
	for i, n := range lens {
		if int64(n) > int64(len(text)) {
			d.err = errShort
			return nil
		}
		out[i] = unsafe.String(unsafe.SliceData(text), int(n))
		text = text[n:]
	}
	return out
}
