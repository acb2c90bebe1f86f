// Package cpp is a C preprocessor that remembers where every token came from.
//
// It exists because the strict parser (modernc.org/cc/v4) gives every token of a macro expansion the position of
// the outermost macro name, keeps no trace of skipped #ifdef regions, and cannot share header work between units.
// Here a header is read and split into tokens once per [Session], whatever the number of units; each token of the
// output knows its spelling position and the chain of macro expansions it passed through; and each file's skipped
// regions are reported. The token stream equals that of gcc -E (an oracle test on real Xen says so).
//
// Sources: ISO C11 6.4 and 6.10; GCC's "The C Preprocessor" manual for the GNU extensions; Prosser's algorithm
// (X3J11/86-196) for hide sets.
package cpp
