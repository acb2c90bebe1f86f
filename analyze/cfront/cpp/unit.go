package cpp

// Unit says how one translation unit is preprocessed: what a compiler's command line says, as data.
// Paths are slash-separated and relative to the tree's root ("xen/common/domctl.c"); a path that starts
// with "<" names a file of ours that stands in for one outside the tree ("<builtin>/stdarg.h").
type Unit struct {
	Main     string   // the .c (or .S) file
	Arch     string   // "x86_64", "aarch64", "arm32", "x86_32"; chooses predefined macros
	Std      string   // "gnu99", ...
	Asm      bool     // preprocess as assembly (__ASSEMBLY__ is the caller's to define)
	Macros   []Define // -D and -U in command-line order
	Includes []string // -include files, in order
	Quote    []string // -iquote folders
	Search   []string // -I folders
	System   []string // -isystem folders; the built-in compiler headers come after these
	Config   string   // name of the configuration the unit belongs to, for messages and facts
}

// Define is one -D NAME=BODY (or -D 'NAME(ARGS)=BODY'), or one -U NAME when Undef is set.
type Define struct {
	Name, Body string
	Undef      bool
}
