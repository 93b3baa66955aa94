package smtp

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"saaskit/platform/emulator/web"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"join": strings.Join, "links": links}).ParseFS(pageFiles, "pages/*.html"))

// No script runs on these pages, and a mail's own HTML stands in a sandboxed frame.
const (
	pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)

// Handler serves the mailbox: the list at /, a mail at /messages/{id} with ?as=text or ?as=html, and all as JSON at
// /messages.json?to=address. Its links are relative, so that it may be mounted under any prefix.
func (c *Catcher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.list)
	mux.HandleFunc("GET /messages.json", c.listJSON)
	mux.HandleFunc("GET /messages/{id}", c.show)
	mux.HandleFunc("GET /messages/{id}/html", c.html)
	return mux
}

func (c *Catcher) list(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	render(w, "list.html", map[string]any{"Messages": c.Messages(to), "To": to})
}

func (c *Catcher) listJSON(w http.ResponseWriter, r *http.Request) {
	messages := c.Messages(r.URL.Query().Get("to"))
	if messages == nil {
		messages = []Message{}
	}
	web.SetHeaders(w, pagePolicy, "application/json")
	_ = json.NewEncoder(w).Encode(messages) // a client that left needs no answer
}

func (c *Catcher) show(w http.ResponseWriter, r *http.Request) {
	m, ok := c.message(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	asText := r.URL.Query().Get("as") == "text" || m.HTML == ""
	render(w, "show.html", map[string]any{"Message": m, "AsText": asText})
}

func (c *Catcher) html(w http.ResponseWriter, r *http.Request) {
	m, ok := c.message(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	web.SetHeaders(w, mailPolicy, "text/html; charset=utf-8")
	// A link opens in a tab of its own: inside the frame the product refuses to be shown.
	_, _ = w.Write([]byte(`<base target="_blank">` + m.HTML))
}

func render(w http.ResponseWriter, name string, data any) {
	web.Render(w, http.StatusOK, pages.Lookup(name), data, pagePolicy)
}

var address = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// links turns the addresses in plain text into links.
func links(text string) template.HTML {
	var out strings.Builder
	last := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		out.WriteString(template.HTMLEscapeString(text[last:at[0]]))
		escaped := template.HTMLEscapeString(text[at[0]:at[1]])
		out.WriteString(`<a href="` + escaped + `" rel="noreferrer">` + escaped + `</a>`)
		last = at[1]
	}
	out.WriteString(template.HTMLEscapeString(text[last:]))
	return template.HTML(out.String()) //nolint:gosec // every part is escaped above
}
