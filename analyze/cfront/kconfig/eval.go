package kconfig

import (
	"sort"
	"strconv"
	"strings"
)

// Mode says what a symbol that the user did not set gets.
type Mode int

// The modes, named after the conf program's options.
const (
	AllDefault Mode = iota // its default
	AllYes                 // y where it may be
	AllNo                  // n where it may be
)

// Config is one computed configuration.
type Config struct {
	tree    *Tree
	user    map[string]string
	mode    Mode
	values  map[*Symbol]value
	busy    map[*Symbol]bool
	picked  map[*choice]*Symbol
	picking map[*choice]bool
}

// value is a symbol's value; written tells whether a configuration names it.
type value struct {
	tri     Tristate
	str     string
	written bool
}

// Evaluate computes the configuration in which the user asked for the given values ("y", "n", a number, a text without
// quotes; names without CONFIG_) and for mode elsewhere.
func (t *Tree) Evaluate(mode Mode, user map[string]string) *Config {
	return &Config{tree: t, user: user, mode: mode, values: map[*Symbol]value{}, busy: map[*Symbol]bool{},
		picked: map[*choice]*Symbol{}, picking: map[*choice]bool{}}
}

// Get returns a symbol's value ("y", "n", a number or a text); ok is false when the configuration does not hold it.
func (c *Config) Get(name string) (v string, ok bool) {
	s := c.tree.Symbols[name]
	if s == nil || !s.defined() {
		return "", false
	}
	x := c.value(s)
	return x.str, x.written
}

// visible returns the visibility of a symbol's prompts.
func (c *Config) visible(s *Symbol) Tristate {
	if s.choice != nil && c.choiceValue(s.choice) == No {
		return No
	}
	v := No
	for _, p := range s.prompts {
		v = max(v, c.tri(p.cond))
	}
	if v == Mod && s.Type == Bool {
		v = Yes
	}
	return v
}

// choiceValue tells whether a choice is to be made at all.
func (c *Config) choiceValue(ch *choice) Tristate {
	if !ch.prompted {
		return No
	}
	return c.tri(ch.prompt)
}

// any returns the greatest of the conditions.
func (c *Config) any(ps []prop) Tristate {
	v := No
	for _, p := range ps {
		if v = max(v, c.tri(p.cond)); v == Yes {
			break
		}
	}
	return v
}

// value computes a symbol once. A symbol that depends on itself sees n.
func (c *Config) value(s *Symbol) value {
	if v, ok := c.values[s]; ok {
		return v
	}
	if c.busy[s] {
		return value{str: "n"}
	}
	c.busy[s] = true
	var v value
	switch {
	case s.env != "":
		v = value{str: c.tree.env[s.env]}
		v.tri = constTri(v.str)
	case s.Type == Bool || s.Type == Tri:
		v = c.boolValue(s)
	default:
		v = c.textValue(s)
	}
	v.written = v.written && !s.aux && s.Type != Unknown
	delete(c.busy, s)
	c.values[s] = v
	return v
}

// boolValue computes a bool: the choice, else the user's wish below the visibility, else the default and what implies
// it; never below what selects it.
func (c *Config) boolValue(s *Symbol) value {
	vis := c.visible(s)
	if s.choice != nil && vis == Yes {
		v := No
		if c.pick(s.choice) == s {
			v = Yes
		}
		return value{tri: v, str: v.String(), written: true}
	}
	v := value{written: vis != No}
	if wish, ok := c.wish(s); ok && vis != No {
		v.tri = min(wish, vis)
	} else {
		v.tri = c.defaultTri(s, &v.written)
		if imp := c.any(s.implied); imp != No {
			v.written = true
			v.tri = min(max(v.tri, imp), c.tri(s.dep))
		}
	}
	if rev := c.any(s.rev); rev != No {
		v.written = true
		v.tri = max(v.tri, rev)
	}
	if v.tri == Mod {
		v.tri = Yes
	}
	v.str = v.tri.String()
	return v
}

// wish returns what the user or the mode asks of a bool.
func (c *Config) wish(s *Symbol) (Tristate, bool) {
	if u, ok := c.user[s.Name]; ok {
		return constTri(u), true
	}
	switch {
	case s.choice != nil:
		return No, false
	case c.mode == AllYes:
		return Yes, true
	case c.mode == AllNo:
		return No, true
	}
	return No, false
}

// defaultTri returns the value of the first default whose condition holds.
func (c *Config) defaultTri(s *Symbol, written *bool) Tristate {
	for _, d := range s.defaults {
		if cond := c.tri(d.cond); cond != No {
			v := min(c.tri(d.value), cond)
			*written = *written || v != No
			return v
		}
	}
	return No
}

// pick returns the chosen member of a choice, or nil.
func (c *Config) pick(ch *choice) *Symbol {
	if s, ok := c.picked[ch]; ok {
		return s
	}
	if c.picking[ch] {
		return nil
	}
	c.picking[ch] = true
	s := c.choose(ch)
	delete(c.picking, ch)
	c.picked[ch] = s
	return s
}

// choose finds the user's member, else the first default that is visible, else the first visible.
func (c *Config) choose(ch *choice) *Symbol {
	var first *Symbol
	for _, m := range ch.members {
		if c.visible(m) == No {
			continue
		}
		if c.user[m.Name] == "y" {
			return m
		}
		if first == nil {
			first = m
		}
	}
	for _, d := range ch.defaults {
		if c.tri(d.cond) == No || d.value == nil || d.value.op != opSym {
			continue
		}
		if m := c.tree.Symbols[d.value.name]; m != nil && m.choice == ch && c.visible(m) != No {
			return m
		}
	}
	return first
}

// textValue computes a string, int or hex.
func (c *Config) textValue(s *Symbol) value {
	v := value{}
	user, ok := c.user[s.Name]
	if c.visible(s) != No {
		v.written = true
		if ok && c.inRange(s, user) {
			v.str = user
			return v
		}
	}
	for _, d := range s.defaults {
		if c.tri(d.cond) != No {
			v.written, v.str = true, c.str(d.value)
			break
		}
	}
	v.str = c.clamp(s, v.str)
	return v
}

// inRange tells whether text is a legal value of s; other texts the conf program throws away.
func (c *Config) inRange(s *Symbol, text string) bool {
	if s.Type == String {
		return true
	}
	return c.clamp(s, text) == text && text != ""
}

// clamp moves a number into the first range whose condition holds.
func (c *Config) clamp(s *Symbol, text string) string {
	base := 10
	if s.Type == Hex {
		base = 16
	} else if s.Type != Int {
		return text
	}
	for _, r := range s.ranges {
		if c.tri(r.cond) == No {
			continue
		}
		parse := func(t string) int64 {
			n, _ := strconv.ParseInt(strings.TrimPrefix(strings.TrimPrefix(t, "0x"), "0X"), base, 64)
			return n
		}
		lo, hi := c.str(r.value), c.str(r.high)
		if n := parse(text); n < parse(lo) {
			return lo
		} else if n > parse(hi) {
			return hi
		}
		return text
	}
	return text
}

// Item is one line of a configuration.
type Item struct {
	Name, Value string
	Type        Type
}

// Items returns what the configuration holds, by name: bools that are y, and every written text and number.
func (c *Config) Items() []Item {
	var out []Item
	for _, s := range c.tree.order {
		if !s.defined() {
			continue
		}
		v := c.value(s)
		if !v.written || (s.Type == Bool || s.Type == Tri) && v.tri == No {
			continue
		}
		out = append(out, Item{Name: s.Name, Value: v.str, Type: s.Type})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}
