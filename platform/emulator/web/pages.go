package web

import (
	"bytes"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Pages share a layout and a style sheet.
type Pages struct {
	files  fs.FS
	parsed map[string]*template.Template
}

// NewPages parses the folder pages: each page fills the blocks of its layout.html. One that cannot be parsed is a mistake in the program: a panic.
func NewPages(files fs.FS) *Pages {
	p := &Pages{files: files, parsed: map[string]*template.Template{}}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		panic(err) // the pattern is good
	}
	for _, name := range names {
		p.parsed[path.Base(name)] = template.Must(template.ParseFS(files, "pages/layout.html", name))
	}
	return p
}

// Show answers with the page of that file. targets are the other sites to which its form may lead on: browsers hold a form's redirects to form-action.
func (p *Pages) Show(w http.ResponseWriter, status int, name string, view any, targets ...string) {
	sources := []string{"'self'"}
	for _, target := range targets {
		if u, err := url.Parse(target); err == nil && u.Host != "" && !strings.ContainsAny(u.Host, "; ,'\"") {
			sources = append(sources, u.Scheme+"://"+u.Host)
		}
	}
	Render(w, status, p.parsed[name], view, "default-src 'none'; style-src 'self'; form-action "+strings.Join(sources, " ")+"; base-uri 'none'; frame-ancestors 'none'")
}

// ServeStyle serves the style sheet of the layout.
func (p *Pages) ServeStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, p.files, "pages/style.css")
}

// Render answers with a page under a Content-Security-Policy. A page that cannot be rendered is a 500 that says why.
func Render(w http.ResponseWriter, status int, page *template.Template, view any, policy string) {
	var b bytes.Buffer
	if err := page.Execute(&b, view); err != nil {
		http.Error(w, "This page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	SetHeaders(w, policy, "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a client that left needs no answer
}

// SetHeaders sets what every answer of an emulator's pages carries.
func SetHeaders(w http.ResponseWriter, policy, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}
