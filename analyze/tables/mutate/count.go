package mutate

import (
	"fmt"
	"strings"
)

// Count is how many mutants the checks saw, by kind.
type Count struct {
	Seen, All map[string]int
	Misses    []string // each with its reason
}

// Run tries every mutant, or every n-th when n is more than 1.
func (j *Judge) Run(n int) (*Count, error) {
	c := &Count{Seen: map[string]int{}, All: map[string]int{}}
	for i, m := range j.Mutants() {
		if n > 1 && i%n != 0 {
			continue
		}
		found, err := j.Try(m)
		if err != nil {
			return nil, err
		}
		c.All[m.Kind]++
		if len(found) > 0 {
			c.Seen[m.Kind]++
			continue
		}
		c.Misses = append(c.Misses, fmt.Sprintf("%s: %s: %s (%s)", m.Kind, m.Hook, m.What, j.Reason(m)))
	}
	return c, nil
}

// Total is the number of mutants seen, and of all.
func (c *Count) Total() (seen, all int) {
	for _, k := range Kinds() {
		seen, all = seen+c.Seen[k], all+c.All[k]
	}
	return seen, all
}

// String is a table by kind, the total and the misses.
func (c *Count) String() string {
	var b strings.Builder
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "%4d of %4d  %s\n", c.Seen[k], c.All[k], k)
	}
	seen, all := c.Total()
	fmt.Fprintf(&b, "%4d of %4d mutants of the hooks' tables detected (%.1f%%)\n", seen, all, 100*float64(seen)/float64(max(all, 1)))
	for _, m := range c.Misses {
		b.WriteString("missed: " + m + "\n")
	}
	return b.String()
}
