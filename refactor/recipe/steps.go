package recipe

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// steps are the recipes by name.
var steps map[string]func(*editor, *Step) error

func init() {
	steps = map[string]func(*editor, *Step) error{
		"rename":           (*editor).rename,
		"rewrite":          (*editor).rewriteStep,
		"add-param":        (*editor).addParam,
		"drop-param":       (*editor).dropParam,
		"unwrap":           (*editor).unwrapStep,
		"remove-config":    (*editor).removeConfig,
		"set-config":       (*editor).setConfig,
		"move":             (*editor).move,
		"remove-interface": (*editor).removeInterface,
		"replace-check":    (*editor).replaceCheck,
		"extract-hook":     (*editor).extractHook,
		"inline-wrapper":   (*editor).inlineWrapper,
		"to-xmacro":        (*editor).toXmacro,
		"reorder-param":    (*editor).reorderParam,
	}
}

// StepNames lists the recipes there are.
func StepNames() string { return strings.Join(slices.Sorted(maps.Keys(steps)), ", ") }

func sortNotes(ns []Note) {
	sort.SliceStable(ns, func(i, j int) bool {
		if ns[i].Path != ns[j].Path {
			return ns[i].Path < ns[j].Path
		}
		return ns[i].Line < ns[j].Line
	})
}
