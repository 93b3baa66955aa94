package accounts

import "strings"

// What is said of programs that are no browser, and of those that say nothing of themselves.
const (
	apiClient     = "API client"
	unknownDevice = "Unknown device"
)

// sign is a word by which a browser or a system shows in a User-Agent header.
type sign struct{ word, name string }

// The first sign that a header holds counts: browsers name the ones they descend from too, behind their own name.
var (
	browsers = []sign{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"OPT/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"YaBrowser/", "Yandex"}, {"Vivaldi/", "Vivaldi"}, {"DuckDuckGo/", "DuckDuckGo"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []sign{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "macOS"}, {"Linux", "Linux"}, {"X11", "Linux"},
	}
)

// device names a program by its User-Agent header: "Firefox on Linux". It is what the program says of itself, good enough for its owner to
// know it again; nothing is decided by it.
func device(userAgent string) string {
	if userAgent == "" {
		return unknownDevice
	}
	if !strings.HasPrefix(userAgent, "Mozilla/") {
		return apiClient
	}
	browser, system := first(browsers, userAgent), first(systems, userAgent)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	case system != "":
		return "Unknown browser on " + system
	default:
		return unknownDevice
	}
}

func first(signs []sign, text string) string {
	for _, s := range signs {
		if strings.Contains(text, s.word) {
			return s.name
		}
	}
	return ""
}
