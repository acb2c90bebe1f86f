// Package templates embeds the text templates the generators fill in. It holds
// text only; what the templates are given is each generator's business.
package templates

import "embed"

// FS holds go/*.tmpl and c/*.tmpl.
//
//go:embed go/*.tmpl c/*.tmpl
var FS embed.FS
