package api

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// SessionCookie is the cookie in which a browser keeps a refresh token: out of reach of scripts and of other sites.
//
// An answer that refuses a refresh must leave it alone: by the time the answer arrives, another tab may have signed in, and clearing
// would delete the newer cookie. Only signing out clears it.
type SessionCookie struct {
	name   string
	secure bool
}

// NewSessionCookie returns the cookie of that name for a product at baseURL. With https it is Secure and has the __Host- prefix,
// so that no sibling domain can plant it.
func NewSessionCookie(name, baseURL string) SessionCookie {
	if strings.HasPrefix(baseURL, "https://") {
		return SessionCookie{name: "__Host-" + name, secure: true}
	}
	return SessionCookie{name: name}
}

// Get returns the value that the request has, or "".
func (s SessionCookie) Get(ctx context.Context) string { return Cookie(ctx, s.name) }

// Set sends a value that the browser keeps until it expires.
func (s SessionCookie) Set(ctx context.Context, value string, expires time.Time) {
	s.send(ctx, value, expires, 0)
}

// Clear has the browser delete the cookie.
func (s SessionCookie) Clear(ctx context.Context) { s.send(ctx, "", time.Time{}, -1) }

func (s SessionCookie) send(ctx context.Context, value string, expires time.Time, maxAge int) {
	SetCookie(ctx, &http.Cookie{ //nolint:gosec // G124: without https, which only this machine may do, a Secure cookie would not come back
		Name: s.name, Value: value, Path: "/", Expires: expires, MaxAge: maxAge,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}
