package oidc

import (
	"embed"
	"net/http"

	"saaskit/platform/emulator/web"
)

//go:embed pages
var pageFiles embed.FS

var pages = web.NewPages(pageFiles)

func message(w http.ResponseWriter, status int, title, text string) {
	pages.Show(w, status, "message.html", map[string]string{"Title": title, "Text": text})
}

func showIndex(w http.ResponseWriter, _ *http.Request) {
	message(w, http.StatusOK, "The identity providers are running", "Choose Google, GitHub or Example SSO on the sign-in page of the app to see one of their pages.")
}
