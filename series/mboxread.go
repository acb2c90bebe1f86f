package series

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
)

// MailPatch is a patch read back from a mail.
type MailPatch struct {
	Subject string // without its [PATCH] prefix
	Message string // body and trailers
	Diff    string // from the first "diff --git" on
}

// ReadMbox reads the patches of a thread that Mails or git format-patch wrote, in order; mails without a diff, such
// as the cover letter, are left out. name is what errors call the file.
func ReadMbox(name string, text []byte) ([]MailPatch, error) {
	var out []MailPatch
	for i, raw := range splitMbox(text) {
		m, err := readMail(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: mail %d: %w", name, i+1, err)
		}
		if m.Diff != "" {
			out = append(out, m)
		}
	}
	return out, nil
}

// fromLine is how a mail of an mbox starts; the date tells it from text.
var fromLine = regexp.MustCompile(`(?m)^From \S+ .*\d\d:\d\d:\d\d \d{4}$`)

func splitMbox(text []byte) [][]byte {
	var out [][]byte
	at := fromLine.FindAllIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		out = append(out, bytes.TrimPrefix(text[m[1]:end], []byte("\n")))
	}
	return out
}

var patchPrefix = regexp.MustCompile(`^\[[^]]*\]\s*`)

func readMail(raw []byte) (MailPatch, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return MailPatch{}, err
	}
	subject, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return MailPatch{}, err
	}
	body, err := decodeBody(m)
	if err != nil {
		return MailPatch{}, err
	}
	text := string(body)
	out := MailPatch{Subject: patchPrefix.ReplaceAllString(strings.Join(strings.Fields(subject), " "), "")}
	if i := strings.Index("\n"+text, "\ndiff --git "); i >= 0 {
		out.Diff = text[i:]
		text = text[:i]
		if j := strings.LastIndex(out.Diff, "\n-- \n"); j >= 0 {
			out.Diff = out.Diff[:j+1]
		}
	}
	out.Message, _, _ = strings.Cut("\n"+text, "\n---\n")
	out.Message = strings.TrimSpace(out.Message)
	return out, nil
}

func decodeBody(m *mail.Message) ([]byte, error) {
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(m.Body))
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	}
	return io.ReadAll(m.Body)
}
