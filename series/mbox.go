package series

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"text/template"
	"time"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/templates/mail"
)

// MailOptions is what a mail thread says besides its patches.
type MailOptions struct {
	Name, Email string    // the author; "" is xsmpatch's own placeholder
	Date        time.Time // of the first mail; later ones follow by a second each. Zero is a fixed day
	Version     int       // 2 and up print as [PATCH v2 ...]
	SignOff     bool
	Trailers    []string // more trailers for every patch, such as "Suggested-by: ..."
	Cc          []string // addresses for every mail
	Title       string   // of the cover letter; "" derives it
	Blurb       string   // the cover letter's text
	Changelog   string   // what changed since the last version
	RangeDiff   string   // against the last version
	CcOf        func(paths []string) []string
}

func (o MailOptions) from() (name, email string) {
	if o.Email == "" {
		return "xsmpatch", "xsmpatch@localhost"
	}
	return o.Name, o.Email
}

// AuthorName returns the author's name, or the placeholder.
func (o MailOptions) AuthorName() string { n, _ := o.from(); return n }

// AuthorEmail returns the author's address, or the placeholder.
func (o MailOptions) AuthorEmail() string { _, e := o.from(); return e }

// DateOf returns the date of mail n; the cover letter is mail 0.
func (o MailOptions) DateOf(n int) time.Time { return o.date(n) }

// fixedDate dates mails that nobody gave a date, so that the same input gives the same bytes.
var fixedDate = time.Date(2001, 9, 17, 0, 0, 0, 0, time.UTC)

func (o MailOptions) date(n int) time.Time {
	d := o.Date
	if d.IsZero() {
		d = fixedDate
	}
	return d.Add(time.Duration(n) * time.Second)
}

// Mail is one message of the thread: a file name for format-patch's layout, and its bytes in mbox form.
type Mail struct {
	Name string
	Data []byte
}

// Mails prints the thread: the cover letter first, then a mail per patch, each answering the cover letter.
// `git am` takes all but the first, in this order.
func (s *Series) Mails(o MailOptions) ([]Mail, error) {
	if err := s.deltasOf(); err != nil {
		return nil, err
	}
	cover, err := s.cover(o)
	if err != nil {
		return nil, err
	}
	out := []Mail{{"0000-cover-letter.patch", cover}}
	for i, p := range s.Patches {
		b, err := s.patchMail(i, p, o)
		if err != nil {
			return nil, fmt.Errorf("patch %d (%s): %w", i+1, p.Subject, err)
		}
		out = append(out, Mail{fmt.Sprintf("%04d-%s.patch", i+1, slug(p.Subject)), b})
	}
	return out, nil
}

// slug makes a subject a file name as git format-patch does.
func slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.'
		switch {
		case ok:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := b.String()
	return strings.Trim(out[:min(len(out), 52)], "-.")
}

var mailTemplates = template.Must(template.ParseFS(mail.FS, "*.tmpl"))

// patchMail prints the mail of one patch.
func (s *Series) patchMail(i int, p *Patch, o MailOptions) ([]byte, error) {
	patch, err := refactor.FormatPatch(p.deltas)
	if err != nil {
		return nil, err
	}
	stat, err := Diffstat(p.deltas)
	if err != nil {
		return nil, err
	}
	msg, err := p.Message(o)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	body.WriteString(msg)
	body.WriteString("---\n" + stat + "\n")
	body.Write(patch)
	body.WriteString("-- \nxsmpatch\n\n")
	return s.envelope(i+1, p.Subject, p.paths(), body.Bytes(), o), nil
}

func (p *Patch) paths() []string {
	var out []string
	for _, d := range p.deltas {
		out = append(out, d.Path)
	}
	return out
}

// Message returns the commit message after the subject: body and trailers, safe inside a mail.
func (p *Patch) Message(o MailOptions) (string, error) {
	trailers := append([]string(nil), o.Trailers...)
	if o.SignOff {
		name, email := o.from()
		trailers = append(trailers, fmt.Sprintf("Signed-off-by: %s <%s>", name, email))
	}
	var paras []string
	if p.Body != "" {
		paras = append(paras, safeBody(p.Body))
	}
	var b bytes.Buffer
	err := mailTemplates.ExecuteTemplate(&b, "patch.tmpl", map[string]any{"Paragraphs": paras, "Trailers": trailers})
	if err != nil {
		return "", err
	}
	if s := strings.Trim(b.String(), "\n"); strings.TrimSpace(s) != "" {
		return s + "\n", nil
	}
	return "", nil
}

// safeBody indents lines of a message that git mailinfo would take for the start of the patch or for a mail header.
func safeBody(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		for _, bad := range []string{"---", "diff -", "Index: ", "From ", "From:", "Subject:", "Date:", ">From", "-- >8"} {
			if strings.HasPrefix(l, bad) {
				lines[i] = " " + l
			}
		}
	}
	return strings.Join(lines, "\n")
}

// envelope adds the mbox line and the mail headers. Mail 0 is the cover letter.
func (s *Series) envelope(n int, subject string, paths []string, body []byte, o MailOptions) []byte {
	name, email := o.from()
	var h bytes.Buffer
	fmt.Fprintf(&h, "From %s Mon Sep 17 00:00:00 2001\n", strings.Repeat("0", 40))
	fmt.Fprintf(&h, "From: %s <%s>\n", encodeName(name), email)
	fmt.Fprintf(&h, "Date: %s\n", o.date(n).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	version := ""
	if o.Version > 1 {
		version = fmt.Sprintf(" v%d", o.Version)
	}
	width := len(fmt.Sprint(len(s.Patches)))
	fmt.Fprintf(&h, "Subject: %s\n", encodeHeader(fmt.Sprintf("[PATCH%s %0*d/%d] %s", version, width, n, len(s.Patches), subject)))
	fmt.Fprintf(&h, "Message-ID: <%s>\n", s.messageID(n, o))
	if n > 0 {
		fmt.Fprintf(&h, "In-Reply-To: <%s>\nReferences: <%s>\n", s.messageID(0, o), s.messageID(0, o))
	}
	cc := append([]string(nil), o.Cc...)
	if o.CcOf != nil {
		cc = append(cc, o.CcOf(paths)...)
	}
	if len(cc) > 0 {
		fmt.Fprintf(&h, "Cc: %s\n", strings.Join(cc, ",\n    "))
	}
	encoding := "8bit"
	if needsQuoting(body) {
		encoding, body = "quoted-printable", quotePrintable(body)
	}
	fmt.Fprintf(&h, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n", encoding)
	h.Write(body)
	return h.Bytes()
}

// messageID is the same for the same series, version and mail.
func (s *Series) messageID(n int, o MailOptions) string {
	return fmt.Sprintf("%s.%d.v%d@xsmpatch.invalid", s.Tip.String()[:20], n, max(o.Version, 1))
}

// encodeHeader encodes a header's text by RFC 2047 where it is not ASCII.
func encodeHeader(s string) string {
	return strings.ReplaceAll(mime.QEncoding.Encode("UTF-8", s), "?= =?", "?=\n =?")
}

func encodeName(s string) string {
	if strings.ContainsAny(s, `",.:;<>@()[]\`) {
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"`
	}
	return encodeHeader(s)
}

// cover prints the cover letter.
func (s *Series) cover(o MailOptions) ([]byte, error) {
	tip, err := s.Graph.Tip()
	if err != nil {
		return nil, err
	}
	ds, err := refactor.Diff(s.Base, tip)
	if err != nil {
		return nil, err
	}
	var ops []refactor.FileOp
	for _, c := range s.Graph.Changes {
		ops = append(ops, c.Files...)
	}
	ds = markRenames(ds, s.Base, ops)
	stat, err := Diffstat(ds)
	if err != nil {
		return nil, err
	}
	type line struct {
		N       int
		Subject string
		Reasons []string
	}
	var lines []line
	for i, p := range s.Patches {
		lines = append(lines, line{i + 1, p.Subject, s.oneReason(p)})
	}
	blurb := o.Blurb
	if blurb == "" {
		blurb = fmt.Sprintf("%d patches; every prefix is meant to build.", len(s.Patches))
	}
	var b bytes.Buffer
	err = mailTemplates.ExecuteTemplate(&b, "cover.tmpl", map[string]any{"Blurb": safeBody(wrap(blurb, bodyWidth)), "Changelog": safeBody(wrap(o.Changelog, bodyWidth)),
		"Patches": lines, "Tip": s.Tip, "Stat": stat, "RangeDiff": o.RangeDiff, "Before": o.Version - 1})
	if err != nil {
		return nil, err
	}
	return s.envelope(0, s.title(o), nil, append(b.Bytes(), "-- \nxsmpatch\n\n"...), o), nil
}

// oneReason gives the cover letter's line on why a patch stands where it does.
func (s *Series) oneReason(p *Patch) []string {
	why := s.Reasons(p)
	if len(why) == 0 {
		return nil
	}
	return strings.Split(why[0], "\n")[:1]
}

// title is the cover letter's subject.
func (s *Series) title(o MailOptions) string {
	if o.Title != "" {
		return o.Title
	}
	var comps []string
	seen := map[string]bool{}
	for _, p := range s.Patches {
		c, _, _ := strings.Cut(p.Subject, ": ")
		if !seen[c] {
			seen[c] = true
			comps = append(comps, c)
		}
	}
	return clip("changes to "+enumerate(comps, maxSubject-20), maxSubject)
}
