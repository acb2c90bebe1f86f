package cpp

import (
	"slices"
	"strings"
)

// flagEffects lists how compiler flags change the predefined macros, as -D and -U options: what GCC 12.2 shows with
// -dM -E. Names that begin with "-" are undefined.
var flagEffects = map[string]map[string][]string{
	"": {
		"-O1": optimised, "-O": optimised, "-O2": optimised, "-O3": optimised, "-Og": optimised,
		"-Os": append([]string{"__OPTIMIZE_SIZE__=1"}, optimised...),
		"-O0": {"-__OPTIMIZE__", "-__OPTIMIZE_SIZE__", "__NO_INLINE__=1"},

		"-fpic": {"__pic__=1", "__PIC__=1", "-__pie__", "-__PIE__"}, "-fPIC": {"__pic__=2", "__PIC__=2", "-__pie__", "-__PIE__"},
		"-fpie": {"__pic__=1", "__PIC__=1", "__pie__=1", "__PIE__=1"}, "-fPIE": {"__pic__=2", "__PIC__=2", "__pie__=2", "__PIE__=2"},
		"-fno-pic": notPIC, "-fno-PIC": notPIC, "-fno-pie": notPIC, "-fno-PIE": notPIC,

		"-ffreestanding": {"__STDC_HOSTED__=0"}, "-funsigned-char": {"__CHAR_UNSIGNED__=1"},
		"-fsigned-char": {"-__CHAR_UNSIGNED__"}, "-fstack-protector": {"__SSP__=1"},
		"-fstack-protector-all": {"__SSP_ALL__=2"}, "-fstack-protector-strong": {"__SSP_STRONG__=3"},
		"-fshort-wchar": {"__SIZEOF_WCHAR_T__=2", "__WCHAR_MAX__=0xffff", "__WCHAR_MIN__=0",
			"__WCHAR_TYPE__=short unsigned int", "__WCHAR_WIDTH__=16", `__GNUC_WIDE_EXECUTION_CHARSET_NAME="UTF-16LE"`},
		"-ffast-math": {"__FAST_MATH__=1"}, "-fopenmp": {"_OPENMP=201511"}, "-pthread": {"_REENTRANT=1"},
	},
	"x86": {
		"-mno-sse":            append([]string{"-__SSE__", "-__SSE_MATH__"}, noSSE2...),
		"-mno-sse2":           noSSE2,
		"-mno-mmx":            {"-__MMX__", "-__MMX_WITH_SSE__"},
		"-msoft-float":        {"_SOFT_FLOAT=1"},
		"-mno-80387":          {"_SOFT_FLOAT=1"},
		"-mgeneral-regs-only": append([]string{"_SOFT_FLOAT=1", "-__MMX__", "-__SSE__", "-__SSE_MATH__"}, noSSE2...),
		"-mcmodel=kernel":     {"-__code_model_small__", "__code_model_kernel__=1"},
		"-mcmodel=large":      {"-__code_model_small__", "__code_model_large__=1"},
		"-mcmodel=medium":     {"-__code_model_small__", "__code_model_medium__=1"},

		"-fcf-protection": {"__CET__=3"}, "-fcf-protection=full": {"__CET__=3"}, "-fcf-protection=branch": {"__CET__=1"},
		"-fcf-protection=return": {"__CET__=2"}, "-fcf-protection=none": {"-__CET__"},
	},
	"aarch64": {
		"-mgeneral-regs-only": {"-__ARM_FEATURE_FMA", "-__ARM_FEATURE_NUMERIC_MAXMIN", "-__ARM_FP", "-__ARM_FP16_ARGS",
			"-__ARM_FP16_FORMAT_IEEE", "-__ARM_NEON", "-__FP_FAST_FMA", "-__FP_FAST_FMAF", "__GCC_IEC_559=0",
			"__GCC_IEC_559_COMPLEX=0"},
	},
	"arm32": {
		"-marm":               {"-__ARM_ASM_SYNTAX_UNIFIED__", "-__THUMBEL__", "-__thumb2__", "-__thumb__"},
		"-msoft-float":        softARM,
		"-mfloat-abi=soft":    softARM,
		"-mgeneral-regs-only": softARM,
	},
}

var (
	optimised = []string{"__OPTIMIZE__=1", "-__NO_INLINE__"}
	notPIC    = []string{"-__pic__", "-__PIC__", "-__pie__", "-__PIE__"}
	noSSE2    = []string{"-__SSE2__", "-__SSE2_MATH__", "-__MMX_WITH_SSE__"}
	softARM   = []string{"-__ARM_FP", "-__ARM_PCS_VFP", "__ARM_PCS=1", "__SOFTFP__=1", "__GCC_IEC_559=0",
		"__GCC_IEC_559_COMPLEX=0"}
)

// FlagMacros returns how a command line's -O, -m and -f flags change the predefined macros of an architecture, to be put
// before the command line's own -D and -U in [Unit.Macros]. It knows the flags that kernels use; others change nothing.
// -std is not among them: it is [Unit.Std].
func FlagMacros(arch string, flags []string) []Define {
	family := arch
	if strings.HasPrefix(arch, "x86") {
		family = "x86"
	}
	var out []Define
	for _, f := range flags {
		for _, effect := range slices.Concat(flagEffects[""][f], flagEffects[family][f]) {
			if name, ok := strings.CutPrefix(effect, "-"); ok {
				out = append(out, Define{Name: name, Undef: true})
				continue
			}
			name, body, _ := strings.Cut(effect, "=")
			out = append(out, Define{Name: name, Body: body})
		}
	}
	return out
}
