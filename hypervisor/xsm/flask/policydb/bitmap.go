package policydb

import "math/bits"

// Bitmap is a sparse set of small numbers (libsepol's ebitmap). The zero value
// is empty. A Bitmap read from a policy is never changed.
type Bitmap struct {
	words []bitmapWord // ascending, none of them zero
}

type bitmapWord struct {
	start uint32 // multiple of 64
	bits  uint64
}

// Has reports whether bit is in the set.
func (b *Bitmap) Has(bit uint32) bool {
	base := bit &^ 63
	w := b.words
	if len(w) > 8 {
		w = w[b.find(base):]
	}
	for i := range w {
		if w[i].start >= base {
			return w[i].start == base && w[i].bits&(1<<(bit&63)) != 0
		}
	}
	return false
}

// find returns the index of the first word at or after base.
func (b *Bitmap) find(base uint32) int {
	lo, hi := 0, len(b.words)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if b.words[mid].start < base {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Set adds bit. It must not be called on a Bitmap shared with a Policy.
func (b *Bitmap) Set(bit uint32) {
	base := bit &^ 63
	i := b.find(base)
	if i == len(b.words) || b.words[i].start != base {
		b.words = append(b.words, bitmapWord{})
		copy(b.words[i+1:], b.words[i:])
		b.words[i] = bitmapWord{start: base}
	}
	b.words[i].bits |= 1 << (bit & 63)
}

// Empty reports whether the set has no member.
func (b *Bitmap) Empty() bool { return len(b.words) == 0 }

// Len counts the members.
func (b *Bitmap) Len() int {
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w.bits)
	}
	return n
}

// Max returns the highest member, or -1 of an empty set.
func (b *Bitmap) Max() int64 {
	if len(b.words) == 0 {
		return -1
	}
	w := b.words[len(b.words)-1]
	return int64(w.start) + 63 - int64(bits.LeadingZeros64(w.bits))
}

// All yields the members in ascending order.
func (b *Bitmap) All(yield func(uint32) bool) {
	for _, w := range b.words {
		for m := w.bits; m != 0; m &= m - 1 {
			if !yield(w.start + uint32(bits.TrailingZeros64(m))) {
				return
			}
		}
	}
}

// Word returns the i-th non-zero word and the number of its lowest bit.
func (b *Bitmap) Word(i int) (start uint32, word uint64) {
	return b.words[i].start, b.words[i].bits
}

// NumWords counts the non-zero words.
func (b *Bitmap) NumWords() int { return len(b.words) }

// Contains reports whether every member of o is in b.
func (b *Bitmap) Contains(o *Bitmap) bool {
	i := 0
	for _, w := range o.words {
		for i < len(b.words) && b.words[i].start < w.start {
			i++
		}
		if i == len(b.words) || b.words[i].start != w.start || w.bits&^b.words[i].bits != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether both sets have the same members.
func (b *Bitmap) Equal(o *Bitmap) bool {
	if len(b.words) != len(o.words) {
		return false
	}
	for i := range b.words {
		if b.words[i] != o.words[i] {
			return false
		}
	}
	return true
}
