package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Format prints a catalogue in its one canonical form; parsing the result gives
// the same catalogue, line numbers aside.
func (c *Catalog) Format() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nflavour: %s\nhooks:\n", scalar(c.Flavour))
	if len(c.Hooks) == 0 {
		return []byte(strings.TrimSuffix(b.String(), "\n") + " []\n")
	}
	for _, h := range c.Hooks {
		h.format(&b)
	}
	return []byte(b.String())
}

func (h *Hook) format(b *strings.Builder) {
	fmt.Fprintf(b, "  - name: %s\n", scalar(h.Name))
	field := func(key, val string) {
		if val != "" {
			fmt.Fprintf(b, "    %s: %s\n", key, scalar(val))
		}
	}
	field("phase", string(h.Phase))
	if len(h.Params) > 0 {
		fmt.Fprintf(b, "    params: [%s]\n", joinQuoted(h.Params))
	}
	if h.Result != "int" {
		fmt.Fprintf(b, "    result: %q\n", h.Result)
	}
	field("action", string(h.Action))
	field("subject", h.Subject)
	field("object", h.Object)
	formatRules(b, h.Rules)
	formatList(b, "vectors", h.Vectors)
	if h.Guard != "" {
		fmt.Fprintf(b, "    guard: %q\n", string(h.Guard))
	}
	formatList(b, "operations", h.Ops)
}

func formatRules(b *strings.Builder, rules []Rule) {
	if len(rules) == 0 {
		return
	}
	b.WriteString("    rules:\n")
	for _, r := range rules {
		fmt.Fprintf(b, "      - action: %s\n", r.Action)
		if len(r.When) == 0 {
			continue
		}
		b.WriteString("        when:\n")
		for _, c := range r.When {
			fmt.Fprintf(b, "          - {param: %s, in: [%s]}\n", scalar(c.Param), joinScalars(c.In))
		}
	}
}

// formatList prints a flow list, one element a line where one line gets long.
func formatList[T ~string | Vector](b *strings.Builder, key string, list []T) {
	if len(list) == 0 {
		return
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = fmt.Sprint(v)
	}
	if flow := joinScalars(words); len(flow) <= 80 {
		fmt.Fprintf(b, "    %s: [%s]\n", key, flow)
		return
	}
	fmt.Fprintf(b, "    %s:\n", key)
	for _, w := range words {
		fmt.Fprintf(b, "      - %s\n", scalar(w))
	}
}

func joinQuoted(ps []Param) string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = fmt.Sprintf("%q", p.String())
	}
	return strings.Join(out, ", ")
}

func joinScalars(ss []string) string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = scalar(s)
	}
	return strings.Join(out, ", ")
}

// scalar quotes what YAML would not read back as the same text.
func scalar(s string) string {
	low := strings.ToLower(s)
	reserved := []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
	plain := isIdent(s) || strings.ContainsAny(s, "/:.-") && isIdent(strings.NewReplacer("/", "_", ":", "_", ".", "_", "-", "_").Replace(s))
	if plain && !slices.Contains(reserved, low) && !strings.HasSuffix(s, ":") && s[0] != '-' {
		return s
	}
	return fmt.Sprintf("%q", s)
}
