// Package series orders changes by what they provide and need, groups them into patches, and prints the result as
// a mail thread for git am, a quilt directory or (in gitbranch) a branch.
//
// The way: [refactor.Change]s to one baseline become a [Graph]; every edge says why one change must come before
// another, and changes that need each other in a circle are bound together. [Graph.Split] groups the nodes by
// [Rules] into a [Series]. Every prefix of a series is the baseline with a subset of the same changes, so that
// the last one is the wanted tree to the byte, however the changes are grouped; [Series.Replay] walks them.
//
// The package knows C, Kconfig, make and policy text only as far as the light scanner in csym goes; the analyzer
// is not needed to split a series.
package series
