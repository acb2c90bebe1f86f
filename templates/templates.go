// Package templates embeds the text templates the generators fill in. It holds
// text only; what the templates are given is each generator's business.
package templates

import "embed"

// FS holds go/*.tmpl, c/*.tmpl, c/legacy/*.tmpl, and report/: a page with its style and script.
//
//go:embed go/*.tmpl c/*.tmpl report/* c/legacy/*.tmpl
var FS embed.FS
