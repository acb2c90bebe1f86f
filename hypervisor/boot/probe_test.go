//go:build boot

package boot

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// probe is one hypercall that the test kernel (testdata/kernel.c) makes, in the form of Xen's public headers.
type probe struct {
	name     string
	nr       uint32
	arg      [5]uint64
	pointers uint32 // bit n: arg[n] is an offset in data
	links    []link
	status   uint32 // offset + 1 of a 16-bit result in data, read when the hypercall returns 0
	data     []byte
}

// link fills a place in a probe's data before its hypercall: with the address of another place there, or with what an earlier probe got.
type link struct {
	at     uint32
	from   string // "" for this probe: an address
	offset uint32
	size   uint32
}

const (
	probeMagic = 0x45424f52
	probeSelf  = 0xffffffff
	probeName  = 32
)

// bytesOf is the memory of values in sequence, little endian and without padding.
func bytesOf(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if s, ok := v.(string); ok {
			v = []byte(s)
		}
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			panic(err) // a test's own table
		}
	}
	return b.Bytes()
}

// padded is b in n bytes.
func padded(b []byte, n int) []byte {
	return append(slices.Clone(b), make([]byte, max(0, n-len(b)))...)
}

// encodeProbes is the module that the kernel reads.
func encodeProbes(list []probe) []byte {
	out := bytesOf(uint32(probeMagic), uint32(len(list)))
	index := map[string]uint32{}
	for i, p := range list {
		out = append(out, p.encode(index)...)
		index[p.name] = uint32(i)
	}
	return out
}

func (p *probe) encode(index map[string]uint32) []byte {
	data := padded(p.data, (len(p.data)+7)&^7)
	var links []byte
	for _, l := range p.links {
		from := uint32(probeSelf)
		if l.from != "" {
			from = index[l.from]
		}
		links = append(links, bytesOf(l.at, from, l.offset, l.size)...)
	}
	body := bytesOf(p.nr, p.arg, p.pointers, uint32(len(p.links)), p.status, uint32(len(data)), padded([]byte(p.name), probeName), links, data)
	body = append(bytesOf(uint32(0)), body...)
	binary.LittleEndian.PutUint32(body, uint32(len(body)))
	return body
}

// The forms of hypercalls; values follow each other as in the header's structure, padding written out.

// command is a hypercall of two arguments: a command and a structure.
func command(nr, cmd uint32, values ...any) probe {
	return probe{nr: nr, arg: [5]uint64{uint64(cmd), 0}, pointers: 2, data: padded(bytesOf(values...), 64)}
}

// control is a hypercall of one structure, which begins with a command and an interface version.
func control(nr, cmd, version uint32, values ...any) probe {
	return probe{nr: nr, pointers: 1, data: padded(bytesOf(cmd, version, bytesOf(values...)), 512)}
}

// grantOp is a grant table hypercall on a list of one structure, with the place of the status in it.
func grantOp(cmd uint32, statusAt uint32, values ...any) probe {
	p := command(20, cmd, values...)
	p.arg[2] = 1
	p.status = statusAt + 1
	return p
}
