package hookgen

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// knows reports whether the entry's function has the case that the entry adds. Where it stands does not tell: new hooks move the lines of the file.
func (e *planEntry) knows(t *refactor.Tree) bool {
	src, err := t.ReadFile(e.File)
	if err != nil || e.Operation == "" {
		return false
	}
	fn := regexp.MustCompile(`\b` + regexp.QuoteMeta(e.Function) + `\s*\([^;{]*\{`).FindIndex(src)
	if fn == nil {
		return false
	}
	body, _, _ := strings.Cut(string(src[fn[1]:]), "\n}")
	return regexp.MustCompile(`(?m)^[ \t]*case[ \t]+` + regexp.QuoteMeta(e.Operation) + `[ \t]*:`).MatchString(body)
}

// moduleCase checks an entry of kind case against the tree and completes its placement.
func (e *planEntry) moduleCase(pl *Placement, src []byte, at int, tabs *tables.Tables) complaint {
	if tabs.Hook(e.Hook) == nil {
		return complaint{"no hook " + e.Hook + " in the tree's tables", "name the hook whose module learns the command"}
	}
	if c := e.checkPlace(src, at); c.what != "" {
		return c
	}
	if !regexp.MustCompile(`\bcase\s+`+regexp.QuoteMeta(e.Operation)+`\s*:`).MatchString(e.Text) || e.Operation == "" {
		return complaint{"text has no case " + e.Operation, "write the case into text, with the command that operation names"}
	}
	if e.New == nil {
		return complaint{}
	}
	if c := e.permission(tabs); c.what != "" {
		return c
	}
	class, perm, ok := strings.Cut(e.New.GrantLike, ":")
	if !ok {
		return complaint{fmt.Sprintf("new.grant_like is %q", e.New.GrantLike), "write class:permission, whose grants the new permission follows"}
	}
	pl.New = &Spec{Name: e.New.Permission, Perm: e.New.Permission, Class: e.New.Class, Label: e.Operation, Case: true, Grant: tables.Vector{Class: class, Perm: perm}}
	return complaint{}
}
