// Package recipe changes a whole tree by rule: rename, add a parameter, move, take a feature out. A recipe is a list of steps; each
// step is made on the tree that the one before leaves, and yields one [refactor.Change] on it.
//
// A step edits bytes of the source as written (package csrc), in both arms of every #if and in macro bodies. What it finds and does
// not change is a [Note]: left, because it is something else of the same name, or undecided, because the text does not tell. What
// would change the meaning of the program (a name that exists already, edits that overlap, a form that the step does not know) is an
// [*Error] with position and remedy, and then nothing is changed at all.
package recipe
