package main

import (
	"fmt"
	"os"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// openTree opens what TREE names on the command line: a directory, or REPO@REV read from git objects without a checkout.
func openInput(arg string) (*refactor.Tree, error) {
	st, err := os.Stat(arg)
	if err == nil && st.IsDir() {
		return refactor.OpenDir(arg)
	}
	if err == nil {
		return nil, fmt.Errorf("%s: not a directory; give a source tree or REPO@REV", arg)
	}
	repo, rev, ok := gitbranch.SplitSpec(arg)
	if !ok {
		return nil, fmt.Errorf("%s: no such directory; give a source tree or REPO@REV", arg)
	}
	return gitbranch.OpenTree(repo, rev)
}
