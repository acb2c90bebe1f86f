//go:build xen

package analyze_test

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// subcommand matches a case label of a hypercall's sub-command, by the public headers' prefixes.
var subcommand = regexp.MustCompile(`\bcase\s+((?:XEN_DOMCTL|XEN_SYSCTL|XENPF|EVTCHNOP|GNTTABOP|XENMEM|PHYSDEVOP|HVMOP|XEN_DMOP|SCHEDOP|VCPUOP|` +
	`MMUEXT|XENVER|KEXEC_CMD|XENOPROF|XENPMU|CALLBACKOP|XENNMI|CONSOLEIO|XEN_HYPFS|XEN_MC|VMASST_CMD)_\w+)\s*(?:\.\.\.|:)`)

// dispatchers are the functions of which no label may be missing.
var dispatchers = []string{"do_domctl", "arch_do_domctl", "do_sysctl", "arch_do_sysctl", "do_platform_op", "do_memory_op", "arch_memory_op",
	"subarch_memory_op", "do_event_channel_op", "do_grant_table_op", "do_physdev_op", "do_hvm_op", "do_mmuext_op", "do_sched_op", "do_vcpu_op",
	"do_xen_version", "do_kexec_op", "do_dm_op", "dm_op", "do_xenpmu_op", "do_callback_op", "do_console_io", "do_hypfs_op", "hvm_memory_op"}

// fileLine is a line of a file.
type fileLine struct {
	file string
	line int
}

// label is a case label that grep finds.
type label struct {
	fileLine
	name, function string
}

func grepLabels(sources []*source) (out []label) {
	for _, s := range sources {
		if !strings.HasSuffix(s.path, ".c") {
			continue
		}
		for i, l := range s.lines {
			for _, m := range subcommand.FindAllStringSubmatch(l, -1) {
				out = append(out, label{fileLine{s.path, i + 1}, m[1], s.function(i + 1)})
			}
		}
	}
	return out
}

// factLabels lists the labels in the facts.
func factLabels(f *analyze.Facts) map[fileLine]bool {
	have := map[fileLine]bool{}
	for i := range f.Ops {
		for _, l := range append(slices.Clone(f.Ops[i].Via), f.Ops[i].Labels...) {
			have[fileLine{l.File, l.Line}] = true
		}
	}
	return have
}

// inUncovered reports whether a line is in a region that the facts say nobody compiles.
func inUncovered(f *analyze.Facts, at fileLine) bool {
	return slices.ContainsFunc(f.Uncovered, func(r analyze.Region) bool {
		return r.File == at.file && r.First <= at.line && at.line <= r.Last
	})
}

// reachedFunctions lists the functions that an operation reaches.
func reachedFunctions(f *analyze.Facts) map[string]bool {
	out := map[string]bool{}
	for _, x := range f.Functions {
		out[x.File+":"+x.Name] = true
	}
	return out
}

// TestXenLabels: each case label of a sub-command that grep finds is in the facts, or where the facts say that nothing is compiled, or
// in a function that no operation reaches. In the dispatchers only the first two will do.
func TestXenLabels(t *testing.T) {
	s := sharedScan(t)
	have, reached := factLabels(s.facts), reachedFunctions(s.facts)
	labels := grepLabels(hypervisorSources(t, xenRoot(t)))
	on, count := builtConfig(t, xenRoot(t)), map[string]int{}
	perFunction := map[string]int{}
	for _, l := range labels {
		strict := slices.Contains(dispatchers, l.function)
		switch {
		case have[l.fileLine]:
			count["in the facts"]++
			perFunction[l.function]++
		case inUncovered(s.facts, l.fileLine):
			count["in no configuration"]++
		case !strict && !reached[l.file+":"+l.function]:
			count["in a function that no operation reaches"]++
		case !strict && otherwise(l, on) != "":
			count[otherwise(l, on)]++
		default:
			t.Errorf("%s:%d: case %s of %s is not in the facts", l.file, l.line, l.name, l.function)
		}
	}
	t.Logf("grep: %d case labels; facts: %v", len(labels), count)
	for _, fn := range dispatchers[:5] {
		if perFunction[fn] == 0 {
			t.Errorf("grep finds no label in %s: the check is void", fn)
		}
	}
	names := make([]string, 0, len(perFunction))
	for n := range perFunction {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t.Logf("%-30s %3d", n, perFunction[n])
	}
}

// memoryAccess matches the values of xenmem_access_t, which are rights and no commands.
var memoryAccess = regexp.MustCompile(`^XENMEM_access_[nrwx]`)

// otherwise gives the reason why a label in reached code selects no sub-command, "" when there is none.
func otherwise(l label, on map[string]bool) string {
	switch {
	case memoryAccess.MatchString(l.name):
		return "an access right, no command"
	case strings.HasPrefix(l.function, "compat_") && !on["CONFIG_PV32"]:
		return "refused for the 32-bit HVM callers that are left without CONFIG_PV32"
	}
	return ""
}
