package stripe

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = func() map[string]*template.Template {
	parsed := map[string]*template.Template{}
	for _, name := range []string{"checkout.html", "portal.html", "message.html"} {
		parsed[name] = template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name))
	}
	return parsed
}()

// messageView is a page that only says something.
type messageView struct {
	Title, Text   string
	Link, LinkURL string
}

func (e *Emulator) message(w http.ResponseWriter, status int, view messageView) {
	e.page(w, status, "message.html", view)
}

// page renders a hosted page. targets are the other sites to which its form may lead on: browsers hold a form's redirects to form-action.
func (e *Emulator) page(w http.ResponseWriter, status int, name string, view any, targets ...string) {
	var b bytes.Buffer
	if err := pageTemplates[name].ExecuteTemplate(&b, "layout.html", view); err != nil {
		e.log.Error("a hosted page cannot be rendered", "page", name, "error", err)
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
	e.message(w, http.StatusOK, messageView{
		Title: "The Stripe emulator is running", Text: "Its API answers under /v1. Start a checkout in the app to see a payment page.",
	})
}

func date(unix int64) string { return time.Unix(unix, 0).UTC().Format("2 January 2006") }

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func brand(name string) string {
	if known := map[string]string{"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}[name]; known != "" {
		return known
	}
	return "Card"
}
