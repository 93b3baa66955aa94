package oidc

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = func() map[string]*template.Template {
	parsed := map[string]*template.Template{}
	for _, name := range []string{"authorize.html", "message.html"} {
		parsed[name] = template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name))
	}
	return parsed
}()

func (e *Emulator) message(w http.ResponseWriter, status int, title, text string) {
	e.page(w, status, "message.html", map[string]string{"Title": title, "Text": text})
}

// page renders a page. targets are the other sites to which its form may lead on: browsers hold a form's redirects to form-action.
func (e *Emulator) page(w http.ResponseWriter, status int, name string, view any, targets ...string) {
	var b bytes.Buffer
	if err := pageTemplates[name].ExecuteTemplate(&b, "layout.html", view); err != nil {
		e.log.Error("a page of an identity provider cannot be rendered", "page", name, "error", err)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	sources := []string{"'self'"}
	for _, target := range targets {
		if u, err := url.Parse(target); err == nil && u.Host != "" && !strings.ContainsAny(u.Host, "; ,'\"") {
			sources = append(sources, u.Scheme+"://"+u.Host)
		}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action "+strings.Join(sources, " ")+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, pageFiles, "pages/style.css")
}

func (e *Emulator) showIndex(w http.ResponseWriter, _ *http.Request) {
	e.message(w, http.StatusOK, "The identity providers are running", "Choose Google, GitHub or Example SSO on the sign-in page of the app to see one of their pages.")
}
