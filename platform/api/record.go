package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"

	"saaskit/platform/access"
	"saaskit/platform/limit"
)

// Record is what became of one request, for the log line and the metrics: this package fills it, platform/server reads it when the request has been answered.
type Record struct {
	Operation string // the operation's id; "" when none was reached
	Actor     access.Actor
	Err       error // why the answer is a problem; never sent to the client
	// Undocumented says that Err has a code that the operation does not declare.
	Undocumented bool

	mu       sync.Mutex
	header   string // the request's Cookie header
	outgoing []*http.Cookie
	limits   []limit.State

	// How the caller was admitted, for Readmit.
	api           *API
	rule          Rule
	authorization string
}

type recordKey struct{}

// WithRecord returns a context with a new Record in it.
func WithRecord(ctx context.Context) (context.Context, *Record) {
	r := &Record{}
	return context.WithValue(ctx, recordKey{}, r), r
}

// RecordFrom returns the Record of the request, or an unconnected one.
func RecordFrom(ctx context.Context) *Record {
	if r, ok := ctx.Value(recordKey{}).(*Record); ok {
		return r
	}
	return &Record{}
}

// Cookie returns the value of the request's cookie with that name, or "".
func Cookie(ctx context.Context, name string) string {
	r := RecordFrom(ctx)
	r.mu.Lock()
	header := r.header
	r.mu.Unlock()
	cookies := (&http.Request{Header: http.Header{"Cookie": {header}}}).CookiesNamed(name)
	if len(cookies) == 0 {
		return ""
	}
	return cookies[0].Value
}

// SetCookie sends the cookie with the answer, also when the answer is a problem. A later cookie of the same name replaces an earlier one.
func SetCookie(ctx context.Context, cookie *http.Cookie) {
	r := RecordFrom(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, old := range r.outgoing {
		if old.Name == cookie.Name {
			r.outgoing[i] = cookie
			return
		}
	}
	r.outgoing = append(r.outgoing, cookie)
}

func (r *Record) setCookieHeader(header string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header = header
}

func (r *Record) cookies() []*http.Cookie {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outgoing
}

// spent notes what is left of limits that the request was counted in.
func (r *Record) spent(states ...limit.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range states {
		if s.Rate.Name != "" {
			r.limits = append(r.limits, s)
		}
	}
}

// rateHeaders are the values of RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), or "" for none.
func (r *Record) rateHeaders() (policy, left string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	policies, remaining := make([]string, 0, len(r.limits)), make([]string, 0, len(r.limits))
	for _, s := range r.limits {
		policies = append(policies, fmt.Sprintf("%q;q=%d;w=%d", s.Rate.Name, s.Rate.Count, int(s.Rate.Per.Seconds())))
		remaining = append(remaining, fmt.Sprintf("%q;r=%d;t=%d", s.Rate.Name, s.Remaining, int(math.Ceil(s.Reset.Seconds()))))
	}
	return strings.Join(policies, ", "), strings.Join(remaining, ", ")
}
