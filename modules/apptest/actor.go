package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
)

// Actor is somebody who sends requests, each from an address of their own, so that limits by address do not join them.
type Actor struct {
	ID      uuid.UUID   // the user or the operator; zero for nobody
	Email   string      // "" for nobody
	Name    string      // "" for nobody
	Role    access.Role // in Tenant
	Tenant  *Tenant     // the tenant that the token works in; nil for none
	Session uuid.UUID   // the live session
	Token   string      // the access token; sent with every request unless empty
	Refresh string      // the value of the session cookie; not sent unless SendCookie
	Address string      // the client's address as the product sees it

	app    *App
	client *http.Client
}

var addresses atomic.Uint32

func (a *App) newActor(tb testing.TB) *Actor {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	client := *a.client
	client.Jar = jar
	return &Actor{app: a, client: &client, Address: NewAddress()}
}

// NewAddress is a client address that nobody else has, for an actor who moves.
func NewAddress() string {
	n := addresses.Add(1)
	return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

// On returns the same person at another replica.
func (a *Actor) On(replica *App) *Actor {
	b := *a
	b.app = replica
	return &b
}

// Get calls an operation of the API; path is what stands behind /api/v1, here and in Post, Patch and Delete.
func (a *Actor) Get(tb testing.TB, path string) *Response {
	tb.Helper()
	return a.Do(tb, http.MethodGet, api.Prefix+path, nil)
}

// Post sends body as JSON, or nothing when it is nil.
func (a *Actor) Post(tb testing.TB, path string, body any) *Response {
	tb.Helper()
	return a.Do(tb, http.MethodPost, api.Prefix+path, body)
}

// Patch sends body as JSON.
func (a *Actor) Patch(tb testing.TB, path string, body any) *Response {
	tb.Helper()
	return a.Do(tb, http.MethodPatch, api.Prefix+path, body)
}

// Delete sends no body.
func (a *Actor) Delete(tb testing.TB, path string) *Response {
	tb.Helper()
	return a.Do(tb, http.MethodDelete, api.Prefix+path, nil)
}

// Do sends any request to the product; path is the whole path. Headers are name and value in turn. Cookies that the product set before
// are sent along.
func (a *Actor) Do(tb testing.TB, method, path string, body any, headers ...string) *Response {
	tb.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		raw, isRaw := body.([]byte)
		if !isRaw {
			var err error
			if raw, err = json.Marshal(body); err != nil {
				tb.Fatal(err)
			}
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(tb.Context(), method, a.app.URL+path, content)
	if err != nil {
		tb.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if a.Token != "" {
		request.Header.Set("Authorization", "Bearer "+a.Token)
	}
	request.Header.Set("X-Forwarded-For", a.Address)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := a.client.Do(request)
	if err != nil {
		tb.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatalf("%s %s: %v", method, path, err)
	}
	return &Response{StatusCode: response.StatusCode, Header: response.Header, Body: raw, Cookies: response.Cookies(), request: method + " " + path}
}

// Response is an answer, read whole.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte
	Cookies    []*http.Cookie

	request string
}

// Status ends the test unless the answer has the status.
func (r *Response) Status(tb testing.TB, want int) *Response {
	tb.Helper()
	if r.StatusCode != want {
		tb.Fatalf("%s: status %d, want %d: %s", r.request, r.StatusCode, want, r.Body)
	}
	return r
}

// Outcome is the status of the answer, with the code of a problem after it: "200", "409 already_member".
func (r *Response) Outcome(tb testing.TB) string {
	tb.Helper()
	if r.StatusCode < http.StatusBadRequest {
		return strconv.Itoa(r.StatusCode)
	}
	var p api.Problem
	r.JSON(tb, &p)
	return fmt.Sprint(r.StatusCode, " ", p.Code)
}

// JSON decodes the answer into v.
func (r *Response) JSON(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		tb.Fatalf("%s: %v: %s", r.request, err, r.Body)
	}
}

// Problem ends the test unless the answer is a problem with the status and the code.
func (r *Response) Problem(tb testing.TB, status int, code string) api.Problem {
	tb.Helper()
	r.Status(tb, status)
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
		tb.Fatalf("%s: a problem of type %q: %s", r.request, kind, r.Body)
	}
	var p api.Problem
	r.JSON(tb, &p)
	if p.Code != code || p.Status != status || p.RequestID == "" {
		tb.Fatalf("%s: want the problem %s: %s", r.request, code, r.Body)
	}
	return p
}
