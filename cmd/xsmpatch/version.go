package main

import (
	"runtime/debug"
	"strings"
	"time"
)

// version says what was built: the module's version, the commit with its date and whether files were changed, and the compiler.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return describe(info)
}

// hashLen is how much of a commit's name is shown.
const hashLen = 12

func describe(info *debug.BuildInfo) string {
	v := strings.TrimSuffix(info.Main.Version, "+dirty")
	if v == "" {
		v = "(devel)"
	}
	commit := setting(info, "vcs.revision")
	if len(commit) > hashLen {
		commit = commit[:hashLen]
	}
	if commit != "" {
		v += " (commit " + commit
		if t, err := time.Parse(time.RFC3339, setting(info, "vcs.time")); err == nil {
			v += " of " + t.UTC().Format(time.DateOnly)
		}
		if setting(info, "vcs.modified") == "true" {
			v += ", with changes"
		}
		v += ")"
	}
	return v + " " + info.GoVersion
}

// setting is one of the build's settings, "" when it has none of that name.
func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
