// Package refactor holds source text as data: an immutable [Tree] of files, byte-exact [Edit]s on it,
// and named, dependency-carrying [Change]s made of edits. It knows nothing about C.
//
// Every later stage speaks in this vocabulary: the analyzer reads a Tree, the generator returns Changes,
// the series package orders Changes and prints them as patches.
package refactor
