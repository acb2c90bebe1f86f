package cfront

import (
	"crypto/sha256"
	"encoding/binary"
)

// key computes the identity of the header function c: its place and the tokens it consists of after preprocessing.
func (t *unit) key(c *chunk) Key {
	buf := make([]byte, 0, 4096)
	buf = append(buf, t.r.ses.FileName(c.file)...)
	buf = append(buf, 0)
	buf = append(buf, t.u.Arch...)
	_, start, _, _ := t.toks.Range(c.first, c.first)
	buf = binary.LittleEndian.AppendUint32(append(buf, 0), uint32(start))
	for i := c.first; i <= c.last; i++ {
		buf = append(append(buf, t.emit.spell(i)...), ' ')
	}
	return sha256.Sum256(buf)
}
