// Package compdb answers "which translation units, with which flags, and which generated files" for a hypervisor's
// source tree, without running a compiler or make.
//
// Three sources are known, tried in this order by [Load]:
//
//   - compile_commands.json (https://clang.llvm.org/docs/JSONCompilationDatabase.html);
//   - kbuild's saved commands, the .NAME.o.cmd files that a build leaves beside its objects;
//   - synthesis: the tree's own makefiles and Kconfig files are evaluated, and the headers that a build would have
//     generated are made from what the tree's scripts mean. They are returned as [DB].Overlay, and what was guessed as
//     [DB].Loss.
//
// The package reads a [refactor.Tree] only, so a git revision does as well as a directory. What differs from one
// hypervisor to the next is data, in the folder data.
package compdb
