package hookgen

import "testing"

// TestLeftOut: the file that another configuration compiles is the one whose whole name the hook's has as words, of several the longest; other
// programs beside the one that was read do not count.
func TestLeftOut(t *testing.T) {
	paths := []string{"arch/mm/sharing.c", "arch/mm/mem_sharing.c", "common/mem.h", "common/haring_op.c", "common/op.c", "common/other.c", "guest/mem_sharing_op.c"}
	for _, c := range []struct {
		read map[string]bool
		want string
	}{
		{map[string]bool{"arch/boot.c": true}, "arch/mm/mem_sharing.c"},
		{map[string]bool{"common/other.c": true}, "common/op.c"},
		{map[string]bool{"arch/mm/mem_sharing.c": true}, "arch/mm/sharing.c"},
		{map[string]bool{"arch/mm/mem_sharing.c": true, "arch/mm/sharing.c": true, "common/op.c": true}, ""},
	} {
		if got := leftOut(paths, c.read, "mem_sharing_op"); got != c.want {
			t.Errorf("with %v read: %q, want %q", c.read, got, c.want)
		}
	}
}
