// Package mail holds the text templates of patch mails: text only, no logic.
package mail

import "embed"

// FS holds cover.tmpl (the cover letter's body) and patch.tmpl (a commit message without its subject).
//
//go:embed *.tmpl
var FS embed.FS
