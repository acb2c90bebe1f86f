package series

import "github.com/xsmpatch/xsmpatch/refactor"

// changeFacts is what the text of a change says: see textEdges.
type changeFacts struct{}

func (g *Graph) textEdges(tip *refactor.Tree, set *edgeSet) error { return nil }
