package synth

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// feature is one CPU feature: its bit in the feature set (word*32+bit) and who may see it.
type feature struct {
	name string
	bit  int
	attr string
}

// The lines of cpufeatureset.h and of gen-cpuid.py that matter.
var (
	featureLine = regexp.MustCompile(`(?m)^XEN_CPUFEATURE\((\w+),\s*(\d+)\s*\*\s*32\s*\+\s*(\d+)\s*\)\s*/\*([\w!|]*)`)
	wordLine    = regexp.MustCompile(`(?m)^/\* .* word (\d+) .*\*/`)
	depsBlock   = regexp.MustCompile(`(?s)\n    deps = \{(.*?)\n    \}`)
	depsEntry   = regexp.MustCompile(`(?s)(\w+):\s*(?:\[([^\]]*)\]|(feat_range|list\(range)\((\w+),\s*(\w+)\s*\+\s*(\d+)\))`)
	comment     = regexp.MustCompile(`#[^\n]*`)
)

// common1D are the features that AMD's leaf 0x80000001 repeats from leaf 1 (Intel and AMD manuals, CPUID).
var common1D = strings.Fields("FPU VME DE PSE TSC MSR PAE MCE CX8 APIC MTRR PGE MCA CMOV PAT PSE36 MMX FXSR")

// unnamed are the features that follow another state, which have no field of their own.
var unnamed = map[string]bool{"APIC": true, "OSXSAVE": true, "OSPKE": true}

// CPUFeatures makes cpuid-autogen.h from the public list of features and from the table of dependencies in the tree's
// gen-cpuid.py. It defines the macros of every version of that script.
func CPUFeatures(header, script []byte) []byte {
	fs, words := features(header)
	g := &cpuidGen{bit: map[string]int{}, known: map[int]bool{}, words: words, fs: fs}
	for _, f := range fs {
		g.bit[f.name], g.known[f.bit] = f.bit, true
		if f.name[0] <= '9' {
			g.bit["_"+f.name] = f.bit
		}
	}
	fmt.Fprintf(&g.out, "#ifndef __XEN_X86__FEATURESET_DATA__\n#define __XEN_X86__FEATURESET_DATA__\n#define FEATURESET_NR_ENTRIES %d\n", words)
	var common, known []int
	for _, n := range common1D {
		common = append(common, g.bit[n])
	}
	for _, f := range fs {
		known = append(known, f.bit)
	}
	fmt.Fprintf(&g.out, "#define CPUID_COMMON_1D_FEATURES %s\n", hexWords(common, 1)[0])
	g.set("KNOWN_FEATURES", known)
	g.attrs()
	g.deps(script)
	g.names(common)
	g.bitfields()
	g.out.WriteString("#endif\n")
	return g.out.Bytes()
}

// cpuidGen is the state of one header.
type cpuidGen struct {
	out   bytes.Buffer
	fs    []feature
	bit   map[string]int
	known map[int]bool
	words int
}

// features reads the list of features, by bit, and the number of words.
func features(header []byte) (fs []feature, words int) {
	for _, m := range featureLine.FindAllStringSubmatch(string(header), -1) {
		w, _ := strconv.Atoi(m[2])
		b, _ := strconv.Atoi(m[3])
		if bit := w*32 + b; bit < 1<<16 {
			fs = append(fs, feature{m[1], bit, m[4]})
			words = max(words, bit/32+1)
		}
	}
	for _, m := range wordLine.FindAllStringSubmatch(string(header), -1) {
		if w, _ := strconv.Atoi(m[1]); w < 1<<11 {
			words = max(words, w+1)
		}
	}
	sort.SliceStable(fs, func(i, j int) bool { return fs[i].bit < fs[j].bit })
	return fs, words
}

// hexWords spells a set of bits as n 32-bit constants.
func hexWords(bits []int, n int) []string {
	words := make([]uint32, n)
	for _, b := range bits {
		if b/32 < n {
			words[b/32] |= 1 << (b % 32)
		}
	}
	out := make([]string, n)
	for i, w := range words {
		out[i] = fmt.Sprintf("0x%08xU", w)
	}
	return out
}

// set defines INIT_NAME as a set of bits.
func (g *cpuidGen) set(name string, bits []int) {
	fmt.Fprintf(&g.out, "#define INIT_%s { \\\n    %s, \\\n}\n", name, strings.Join(hexWords(bits, g.words), ", \\\n    "))
}

// attrs defines the sets that attributes of features choose: capitals are in the default, small letters in the maximum,
// and each kind of guest has what the former has.
func (g *cpuidGen) attrs() {
	with := func(letters string) (bits []int) {
		for _, f := range g.fs {
			if strings.ContainsAny(f.attr, letters) {
				bits = append(bits, f.bit)
			}
		}
		return bits
	}
	g.set("SPECIAL_FEATURES", with("!"))
	g.set("SIMPLE_OR", with("|"))
	for _, k := range []struct{ name, def, more string }{{"PV", "A", "a"}, {"HVM_SHADOW", "AS", "as"}, {"HVM_HAP", "ASH", "ash"}} {
		g.set(k.name+"_FEATURES", with(k.def))
		g.set(k.name+"_DEF_FEATURES", with(k.def))
		g.set(k.name+"_MAX_FEATURES", with(k.def+k.more))
	}
}

// deps defines the closure of the dependency table: what to drop with each feature.
func (g *cpuidGen) deps(script []byte) {
	direct := map[int][]int{}
	if m := depsBlock.FindSubmatch(script); m != nil {
		for _, e := range depsEntry.FindAllStringSubmatch(comment.ReplaceAllString(string(m[1]), ""), -1) {
			if from, ok := g.bit[e[1]]; ok {
				direct[from] = append(direct[from], g.dependants(e)...)
			}
		}
	}
	var keys []int
	for k := range direct {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	fmt.Fprintf(&g.out, "#define NR_DEEP_DEPS %dU\n", len(keys))
	g.set("DEEP_FEATURES", keys)
	g.out.WriteString("#define INIT_DEEP_DEPS { \\\n")
	for _, k := range keys {
		seen := map[int]bool{}
		closure(direct, k, seen)
		var bits []int
		for b := range seen {
			bits = append(bits, b)
		}
		fmt.Fprintf(&g.out, "    { %#xU, { %s, }, }, \\\n", k, strings.Join(hexWords(bits, g.words), ", "))
	}
	g.out.WriteString("}\n")
}

// dependants reads the right side of one entry.
func (g *cpuidGen) dependants(e []string) (bits []int) {
	if e[3] != "" { // feat_range(A, B+n) is the known features from A to B+n, range(A, B+n) all bits before B+n
		n, _ := strconv.Atoi(e[6])
		first, last := g.bit[e[4]], min(g.bit[e[5]]+n, g.words*32)
		for b := first; b <= last; b++ {
			if e[3] == "feat_range" && g.known[b] || e[3] != "feat_range" && b < last {
				bits = append(bits, b)
			}
		}
		return bits
	}
	for _, n := range strings.FieldsFunc(e[2], func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		if b, ok := g.bit[n]; ok {
			bits = append(bits, b)
		}
	}
	return bits
}

// closure adds all that depends on k to seen.
func closure(direct map[int][]int, k int, seen map[int]bool) {
	for _, d := range direct[k] {
		if !seen[d] {
			seen[d] = true
			closure(direct, d, seen)
		}
	}
}

// names defines the tables of names.
func (g *cpuidGen) names(common []int) {
	byName := map[string]int{}
	for _, f := range g.fs {
		byName[strings.ReplaceAll(strings.ToLower(f.name), "_", "-")] = f.bit
	}
	var list []string
	for n := range byName {
		list = append(list, n)
	}
	sort.Strings(list)
	var toVal, toName strings.Builder
	dup := map[int]bool{}
	for _, b := range common {
		dup[b] = true
	}
	last := false
	for _, n := range list {
		b := byName[n]
		fmt.Fprintf(&toVal, "    { \"%s\", %dU },\\\n", n, b)
		fmt.Fprintf(&toName, "    [%d] = \"%s\",\\\n", b, n)
		if dup[b] {
			fmt.Fprintf(&toName, "    [%d] = \"%s\",\\\n", 64+b, n)
		}
		last = last || b == g.words*32-1
	}
	if !last {
		fmt.Fprintf(&toName, "    [%d] = NULL,\\\n", g.words*32-1)
	}
	fmt.Fprintf(&g.out, "#define INIT_FEATURE_NAMES { \\\n%s}\n#define INIT_FEATURE_NAME_TO_VAL { \\\n%s}\n#define INIT_FEATURE_VAL_TO_NAME { \\\n%s}\n",
		toVal.String(), toVal.String(), toName.String())
}

// bitfields defines the fields of each word, and four spare words.
func (g *cpuidGen) bitfields() {
	name := map[int]string{}
	for _, f := range g.fs {
		if n := strings.ToLower(f.name); !unnamed[f.name] {
			if n[0] <= '9' {
				n = "_" + n
			}
			name[f.bit] = n
		}
	}
	for w := range g.words {
		fields := make([]string, 32)
		for b := range fields {
			fields[b] = name[w*32+b] + ":1"
		}
		fmt.Fprintf(&g.out, "#define CPUID_BITFIELD_%d bool %s\n", w, strings.Join(fields, ", "))
	}
	for w := range 4 {
		fmt.Fprintf(&g.out, "#define CPUID_BITFIELD_%d uint32_t :32\n", g.words+w)
	}
}
