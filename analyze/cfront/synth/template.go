package synth

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// atWord is a place of a template that the build fills in.
var atWord = regexp.MustCompile(`@@(\w+)@@`)

// CompileInfo fills in xen/include/xen/compile.h.in. Words that values lacks become empty text; a macro that is left
// open at the end of the file (the banner, which the build draws) gets an empty string.
func CompileInfo(in []byte, values map[string]string) []byte {
	out := atWord.ReplaceAllFunc(in, func(m []byte) []byte { return []byte(values[string(m[2:len(m)-2])]) })
	text := strings.TrimRight(string(out), " \t\n")
	if strings.HasSuffix(text, `\`) {
		text += "\n\t\"\"\n"
	}
	return []byte(closeGuard(text) + "\n")
}

// closeGuard adds the #endif that the build appends when an include guard is left open.
func closeGuard(text string) string {
	open := 0
	for _, l := range strings.Split(text, "\n") {
		switch l = strings.ReplaceAll(strings.TrimSpace(l), " ", ""); {
		case strings.HasPrefix(l, "#if"):
			open++
		case strings.HasPrefix(l, "#endif"):
			open--
		}
	}
	return text + strings.Repeat("\n#endif\n", max(open, 0))
}

// Wrapper returns a header that includes another.
func Wrapper(include string) []byte { return []byte("#include " + include + "\n") }

// offsetCall is a line of asm-offsets.c that defines a constant: DEFINE(NAME, ...), OFFSET(NAME, ...).
var offsetCall = regexp.MustCompile(`(?m)^\s*(?:DEFINE|OFFSET)\(\s*(\w+)\s*,`)

// directive is a preprocessor line with its continuations.
var directive = regexp.MustCompile(`(?m)^[ \t]*#(?:[^\n\\]|\\[^\n]|\\\n)*`)

// AsmOffsets names the constants that asm-offsets.c asks the compiler for. Their values need the layout of types, which
// nothing here computes: each is 0.
func AsmOffsets(src []byte) []byte {
	var b bytes.Buffer
	b.WriteString("#ifndef __ASM_OFFSETS_H__\n#define __ASM_OFFSETS_H__\n")
	for _, m := range offsetCall.FindAllSubmatch(directive.ReplaceAll(src, nil), -1) {
		fmt.Fprintf(&b, "#define %s 0\n", m[1])
	}
	b.WriteString("#endif\n")
	return b.Bytes()
}
