package stripe

import (
	"net/http"
	"regexp"
	"slices"
)

// route is one operation of Stripe's API. path is spelled as in Stripe's document, so that the operation can be found there.
type route struct {
	method, path string
	run          func(*call) (object, error)
	params       []string // what run honours, besides expand and, when it lists, the paging parameters
}

var (
	pagingParams = []string{"limit", "starting_after", "ending_before", "created"}
	pathVariable = regexp.MustCompile(`\{(\w+)\}`)
)

func (e *Emulator) routes() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range slices.Concat(catalogRoutes, billingRoutes) {
		mux.HandleFunc(rt.method+" "+rt.path, func(w http.ResponseWriter, r *http.Request) { e.serveAPI(w, r, rt) })
	}
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { e.serveAPI(w, r, route{run: unknownRoute}) })
	mux.HandleFunc("GET /c/pay/{session}", e.showCheckout)
	mux.HandleFunc("POST /c/pay/{session}", e.submitCheckout)
	mux.HandleFunc("GET /i/{invoice}/{secret}", e.showInvoice)
	mux.HandleFunc("POST /i/{invoice}/{secret}", e.submitInvoice)
	mux.HandleFunc("GET /i/{invoice}/{secret}/pdf", e.sendInvoicePDF)
	mux.HandleFunc("GET /p/session/{token}", e.showPortal)
	mux.HandleFunc("POST /p/session/{token}", e.submitPortal)
	mux.HandleFunc("GET /pages/style.css", pages.ServeStyle)
	e.controlRoutes(mux)
	return mux
}

func unknownRoute(c *call) (object, error) {
	if c.e.document.knows(c.r.Method, c.r.URL.Path) {
		return nil, c.e.unsupported("The operation " + c.r.Method + " " + c.r.URL.Path)
	}
	return nil, &Error{Status: http.StatusNotFound, Type: invalidRequest, Message: "Unrecognized request URL (" + c.r.Method + ": " + c.r.URL.Path + ")."}
}
