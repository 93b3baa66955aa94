package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

//go:embed templates
var templates embed.FS

// Outlook on Windows draws with Word: it knows no max-width, so that it gets a table of fixed width of its own. Only it reads these comments,
// which html/template would take out.
var outlook = htmltemplate.FuncMap{
	"mso": fixed("<!--[if mso]><xml><o:OfficeDocumentSettings xmlns:o=\"urn:schemas-microsoft-com:office:office\">" +
		"<o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->\n"),
	"msoOpen":  fixed("<!--[if mso]><table role=\"presentation\" width=\"560\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td><![endif]-->\n"),
	"msoClose": fixed("<!--[if mso]></td></tr></table><![endif]-->\n"),
}

func fixed(html htmltemplate.HTML) func() htmltemplate.HTML {
	return func() htmltemplate.HTML { return html }
}

var (
	htmlForm = htmltemplate.Must(htmltemplate.New("mail.html").Funcs(outlook).ParseFS(templates, "templates/mail.html"))
	textForm = texttemplate.Must(texttemplate.ParseFS(templates, "templates/mail.txt"))
)

// render writes the two forms of a mail.
func (m *Mailer) render(message Message) (text, html string, err error) {
	data := struct {
		Message
		Brand   string
		Preview string // what lists of mails show after the subject
	}{Message: message, Brand: m.cfg.Brand}
	if len(message.Paragraphs) > 0 {
		data.Preview = message.Paragraphs[0]
	}
	var t, h strings.Builder
	if err := textForm.Execute(&t, data); err != nil {
		return "", "", fmt.Errorf("text form: %w", err)
	}
	if err := htmlForm.Execute(&h, data); err != nil {
		return "", "", fmt.Errorf("HTML form: %w", err)
	}
	return t.String(), h.String(), nil
}
