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

var (
	htmlForm = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/mail.html"))
	textForm = texttemplate.Must(texttemplate.ParseFS(templates, "templates/mail.txt"))
)

// render writes the two forms of a mail.
func (m *Mailer) render(message Message) (text, html string, err error) {
	data := struct {
		Message
		Brand string
	}{message, m.cfg.Brand}
	var t, h strings.Builder
	if err := textForm.Execute(&t, data); err != nil {
		return "", "", fmt.Errorf("text form: %w", err)
	}
	if err := htmlForm.Execute(&h, data); err != nil {
		return "", "", fmt.Errorf("HTML form: %w", err)
	}
	return t.String(), h.String(), nil
}
