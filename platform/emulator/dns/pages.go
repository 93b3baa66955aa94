package dns

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"saaskit/platform/emulator/web"
)

//go:embed pages/records.html
var recordsPage string

var page = template.Must(template.New("records").Parse(recordsPage))

// policy lets no script run; the forms lead to this page only.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler serves the page that lists the records at /, and takes what its forms send: POST / adds a record, POST /remove takes a name away.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.list)
	mux.HandleFunc("POST /{$}", s.change(func(name, value string) error {
		var values []string
		for _, r := range s.Records() {
			if r.Name == canonical(name) && r.Value != value {
				values = append(values, r.Value)
			}
		}
		return s.Set(name, append(values, value)...)
	}))
	mux.HandleFunc("POST /remove", s.change(func(name, _ string) error { return s.Set(name) }))
	return mux
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	view := struct {
		Addr, Name string
		Records    []Record
		Missed     []string
	}{s.Addr(), r.URL.Query().Get("name"), slices.Clone(s.records), slices.Clone(s.missed)}
	s.mu.Unlock()
	web.Render(w, http.StatusOK, page, view, policy)
}

func (s *Server) change(do func(name, value string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Another site must not write records here: the browser says where a form comes from. Programs send no origin.
		if origin := r.Header.Get("Origin"); origin != "" {
			if from, err := url.Parse(origin); err != nil || from.Host != r.Host {
				http.Error(w, "this form belongs to another page", http.StatusForbidden)
				return
			}
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		name, value := r.FormValue("name"), strings.TrimSpace(r.FormValue("value"))
		if name = canonical(name); name == "" || len(name) > 253 || len(value) > 1000 || (value == "" && r.URL.Path != "/remove") {
			http.Error(w, "a record needs a name and a value", http.StatusBadRequest)
			return
		}
		if err := do(name, value); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}
