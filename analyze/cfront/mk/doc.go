// Package mk evaluates makefiles: variables, conditionals, functions, includes, rules and target-specific variables,
// as GNU make reads them (GNU make manual, chapters 3 to 10), and runs no recipe. With it the list of objects and
// each object's compiler options come from a tree's own makefiles.
//
// Files come from [FS], so a tree in a git object store does. $(shell) is put to [FS].Shell, which answers from a table.
package mk
