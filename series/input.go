package series

import (
	"errors"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// FromTrees returns the difference of two trees as changes to base, as small as the text allows: applied together
// they give tip to the byte. Renames are found by similarity.
func FromTrees(base, tip *refactor.Tree) ([]*refactor.Change, error) {
	ds, err := refactor.Diff(base, tip)
	if err != nil {
		return nil, err
	}
	if len(ds) == 0 {
		return nil, errors.New("nothing to split: the two trees are equal")
	}
	if ds, err = refactor.DetectRenames(ds); err != nil {
		return nil, err
	}
	a := &atomizer{base: base, taken: map[string]bool{}}
	for _, d := range ds {
		if err := a.file(d); err != nil {
			return nil, err
		}
	}
	return a.out, nil
}
