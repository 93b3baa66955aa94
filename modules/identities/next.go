package identities

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

const longestNext = 500

// safeNext returns next if it is a page of this site and nothing else to any browser, and otherwise "": the page then chooses.
// Browsers read "//host", "/\host", "/.//host" and paths with control characters as other sites, and routers decode what is encoded, so the
// path must be free of all of these in every form.
func safeNext(next string) string {
	if len(next) > longestNext || !strings.HasPrefix(next, "/") || odd(next) {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	// More than once, for what was encoded more than once.
	for p, rounds := u.EscapedPath(), 0; ; rounds++ {
		if !plain(p) {
			return ""
		}
		if rounds == 3 {
			return next
		}
		if p, err = url.PathUnescape(p); err != nil {
			return ""
		}
	}
}

// plain reports whether a path means the same to everybody who reads it.
func plain(p string) bool {
	return !odd(p) && !strings.Contains(p, "//") && (p == "/" || path.Clean(p) == strings.TrimSuffix(p, "/"))
}

func odd(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar })
}
