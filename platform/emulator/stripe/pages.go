package stripe

import (
	"embed"
	"fmt"
	"net/http"
	"time"

	"saaskit/platform/emulator/web"
)

//go:embed pages
var pageFiles embed.FS

var pages = web.NewPages(pageFiles)

// messageView is a page that only says something.
type messageView struct {
	Title, Text   string
	Link, LinkURL string
}

func message(w http.ResponseWriter, status int, view messageView) {
	pages.Show(w, status, "message.html", view)
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
