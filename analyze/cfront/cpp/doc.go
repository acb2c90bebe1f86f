// Package cpp is a C preprocessor that remembers where every token came from.
//
// It exists because the strict parser (modernc.org/cc/v4) gives every token of a macro expansion the position of
// the outermost macro name, keeps no trace of skipped #ifdef regions, and cannot share header work between units.
// Here a header is read and split into tokens once per [Session], whatever the number of units; each token of the
// output knows its spelling position and the chain of macro expansions it passed through; and each file's skipped
// regions are reported. The token stream equals that of gcc -E (an oracle test on real Xen says so).
//
// # How a unit is read
//
// A file becomes text tokens and directives (lex.go, dirs.go); a #define becomes a [Macro] with its substitution steps
// (define.go) and an #if knows where its groups end, so that a skipped group costs nothing. A worker (pp.go) walks
// these shared, immutable lists: text is copied up to the next macro name, directives are carried out (exec.go,
// include.go, eval.go). Expansion (expand.go, collect.go, build.go, paste.go) follows GCC's method: a stack of token
// lists being rescanned, a macro switched off while its list is on the stack, names met meanwhile painted for good.
// Where the standard leaves open whether a nested name expands (C11 6.10.3.4p4) the outcome is thus GCC's. So are the
// spaces that # writes (padding.go).
//
// # What differs from GCC
//
// Pragmas, #ident and _Pragma leave no tokens. __DATE__, __TIME__ and __TIMESTAMP__ are those of 1 January 1970.
// Assertions (#assert, #if #cpu(x)), universal character names in identifiers, #embed, and trigraphs are not known.
// Charsets are not converted. Warnings are few.
//
// Sources: ISO C11 6.4 and 6.10; GCC's "The C Preprocessor" manual for the GNU extensions; Prosser's algorithm
// (X3J11/86-196) for hide sets; GCC's cppinternals manual for painting and padding.
package cpp
