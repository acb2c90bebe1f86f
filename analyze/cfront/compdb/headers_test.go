//go:build xen

package compdb

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// word splits C text into tokens well enough to compare two spellings of one header.
var word = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\w+|[^\s\w]`)

// comments are block comments; a header's generated files have no other.
var comments = regexp.MustCompile(`(?s)/\*.*?\*/`)

// tokensOf returns a header's tokens, without comments and line continuations.
func tokensOf(data []byte) []string {
	text := comments.ReplaceAllString(string(data), " ")
	return word.FindAllString(strings.ReplaceAll(text, "\\\n", " "), -1)
}

// macrosOf returns a header's macros, each body as its tokens.
func macrosOf(data []byte) map[string]string {
	text := comments.ReplaceAllString(string(data), " ")
	out := map[string]string{}
	for _, l := range strings.Split(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(l), "#define ")
		if !ok {
			continue
		}
		t := word.FindAllString(rest, -1)
		out[t[0]] = strings.Join(t[1:], " ")
	}
	return out
}

// unbuilt returns the tree without the files that synthesis would make, and those files.
func unbuilt(t testing.TB, tr *refactor.Tree) (*refactor.Tree, map[string]*refactor.File) {
	t.Helper()
	db, err := Load(tr, Options{Source: SourceSynth, Config: "default"})
	if err != nil {
		t.Fatal(err)
	}
	files, made := map[string]*refactor.File{}, map[string]*refactor.File{}
	for _, p := range tr.Paths() {
		if _, ok := db.Overlay[p]; ok {
			made[p] = tr.File(p)
		} else {
			files[p] = tr.File(p)
		}
	}
	bare, err := refactor.NewTree("bare", files)
	if err != nil {
		t.Fatal(err)
	}
	return bare, made
}

// TestGeneratedHeaders holds each synthesised header against the file that the build made: macro by macro, or token by
// token. The exceptions are stated with their reason.
func TestGeneratedHeaders(t *testing.T) {
	bare, made := unbuilt(t, xenTree(t))
	db, err := Load(bare, Options{Source: SourceSynth, Config: "tree"})
	if err != nil {
		t.Fatal(err)
	}
	exceptions := map[string]string{
		"asm-offsets.h": "values need the layout of types", "asm-macros.h": "assembly only", "compile.h": "date, host and vendor",
		"hypercall-defs.h": "compared by TestHypercallHeader", "auto.conf": "compared through autoconf.h",
	}
	same := 0
	for _, p := range slices.Sorted(maps.Keys(made)) {
		if exceptions[path.Base(p)] != "" {
			continue
		}
		want, err := made[p].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got := db.Overlay[p]
		switch path.Base(p) {
		case "autoconf.h", "cpuid-autogen.h", "flask.h", "av_permissions.h":
			compareMacros(t, p, macrosOf(got), macrosOf(want), path.Base(p) != "cpuid-autogen.h")
		default:
			compareTokens(t, p, tokensOf(got), tokensOf(want))
		}
		same++
	}
	t.Logf("%d generated headers compared", same)
	if same < 30 {
		t.Errorf("only %d headers compared: is the tree built?", same)
	}
}

// compareMacros reports macros that differ; exact also those that only ours has.
func compareMacros(t *testing.T, p string, got, want map[string]string, exact bool) {
	t.Helper()
	for n, w := range want {
		g, ok := got[n]
		if plain := strings.NewReplacer(", }", "}", " }", "}"); !ok || plain.Replace(g) != plain.Replace(w) {
			t.Errorf("%s: %s: got %.300q, want %.300q", p, n, g, w)
		}
	}
	for n := range got {
		if _, ok := want[n]; exact && !ok && n != "SECCLASS_NUM" { // ours adds the number of classes
			t.Errorf("%s: %s: the build has none", p, n)
		}
	}
}

// compareTokens reports the first difference.
func compareTokens(t *testing.T, p string, got, want []string) {
	t.Helper()
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("%s: token %d: got %q, want %q", p, i, around(got, i), around(want, i))
			return
		}
	}
	if len(got) > len(want) {
		t.Errorf("%s: %d tokens too many: %q", p, len(got)-len(want), around(got, len(want)))
	}
}

// around returns the tokens near an index.
func around(t []string, i int) string {
	return strings.Join(t[max(0, min(i, len(t))-4):min(len(t), i+8)], " ")
}

// handlerCall is one call in a dispatch macro.
var handlerCall = regexp.MustCompile(`ret = (\w+ ?\((?:[^;]*)\)) ;`)

// TestHypercallHeader compares prototypes and argument counts token by token, and what each dispatch macro calls as a set:
// the build's awk orders the tests by priority.
func TestHypercallHeader(t *testing.T) {
	bare, made := unbuilt(t, xenTree(t))
	db, err := Load(bare, Options{Source: SourceSynth, Config: "tree"})
	if err != nil {
		t.Fatal(err)
	}
	const name = "xen/include/xen/hypercall-defs.h"
	if made[name] == nil {
		t.Fatalf("%s: not in the built tree", name)
	}
	data, err := made[name].Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, want := macrosOf(db.Overlay[name]), macrosOf(data)
	calls := func(body string) []string {
		var out []string
		for _, m := range handlerCall.FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		sort.Strings(out)
		return out
	}
	n := 0
	for m, body := range want {
		if !strings.HasPrefix(m, "call_handlers_") {
			compareMacros(t, name, map[string]string{m: got[m]}, map[string]string{m: body}, false)
			continue
		}
		compareTokens(t, m, calls(got[m]), calls(body))
		n += len(calls(body))
	}
	protos := func(data []byte) []string {
		var out []string
		for _, l := range strings.Split(string(data), "\n") {
			if strings.HasSuffix(l, ");") {
				out = append(out, strings.Join(word.FindAllString(l, -1), " "))
			}
		}
		return out
	}
	compareTokens(t, "prototypes", protos(db.Overlay[name]), protos(data))
	t.Logf("%d handler calls, %d prototypes", n, len(protos(data)))
	if n < 80 {
		t.Errorf("only %d handler calls", n)
	}
}
