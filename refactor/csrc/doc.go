// Package csrc reads C as it is written, before the preprocessor: tokens with their bytes, comments, directives, brackets matched
// through both arms of every #if, and from these the declarations, scopes, statements and calls of a file.
//
// It is what a refactoring edits, so nothing is expanded and nothing is left out: a macro's body and an arm that no
// configuration compiles are text like the rest. It never fails on input; what does not fit together (an arm that opens another
// number of brackets) is marked, and a caller that would edit there must say so. The grammar is that of C11 with GCC's
// extensions, read by structure: types are known only as struct tags and typedef names.
package csrc
