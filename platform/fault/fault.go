// Package fault is the error vocabulary that every layer shares: a kind that decides the HTTP status, a stable code for programs and a message for people.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind classifies an error; each kind maps to one HTTP status.
type Kind uint8

// The kinds. Internal is the zero value, so that an error nobody classified stays private.
const (
	Internal        Kind = iota // 500; its text never leaves the process
	Invalid                     // 422: well-formed input that breaks a rule
	Malformed                   // 400: input that cannot be read
	Unauthenticated             // 401
	LimitReached                // 402: the plan does not allow it
	Forbidden                   // 403
	NotFound                    // 404: also the answer for a row of another tenant
	MethodDenied                // 405
	Conflict                    // 409
	TooLarge                    // 413
	Unsupported                 // 415
	TooMany                     // 429
	Unavailable                 // 503
)

var statuses = map[Kind]int{
	Internal:        http.StatusInternalServerError,
	Invalid:         http.StatusUnprocessableEntity,
	Malformed:       http.StatusBadRequest,
	Unauthenticated: http.StatusUnauthorized,
	LimitReached:    http.StatusPaymentRequired,
	Forbidden:       http.StatusForbidden,
	NotFound:        http.StatusNotFound,
	MethodDenied:    http.StatusMethodNotAllowed,
	Conflict:        http.StatusConflict,
	TooLarge:        http.StatusRequestEntityTooLarge,
	Unsupported:     http.StatusUnsupportedMediaType,
	TooMany:         http.StatusTooManyRequests,
	Unavailable:     http.StatusServiceUnavailable,
}

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return statuses[k] }

// Field says which part of the input is wrong, and how. Location is a path such as "body.title" or "query.limit".
// Message never repeats the rejected value: it may be a password.
type Field struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Limit says which entitlement the plan does not grant enough of. Used is nil for a feature, and Max is 0 then.
type Limit struct {
	Key        string `json:"key" example:"notes.max" doc:"The entitlement that the plan lacks"`
	Label      string `json:"label" example:"Notes" doc:"Its name for people"`
	Used       *int64 `json:"used,omitempty" example:"10" doc:"How much is used; not of what is on or off"`
	Max        int64  `json:"max" example:"10" doc:"The most that the plan allows; 0 is nothing at all"`
	Plan       string `json:"plan" example:"free" doc:"The plan of the workspace"`
	WantedPlan string `json:"wanted_plan" example:"pro" doc:"The cheapest plan that has more; empty when none has"`
}

// Error is a classified error. Code is stable and for programs, Message is a sentence for people, the cause is for the log only.
type Error struct {
	Kind       Kind
	Code       string
	Message    string
	Fields     []Field
	RetryAfter time.Duration // with TooMany and Unavailable: when to try again; 0 says nothing
	Limit      *Limit        // with LimitReached: what the plan lacks
	cause      error
}

// New returns an error of the kind, for a package variable or for one use.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Error is the text for the log: it holds the cause, and is never sent to a client.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Code + ": " + e.Message
	}
	return fmt.Sprintf("%s: %v", e.Code, e.cause)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target has the same code, so that copies made by Wrap and With still match their original.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Wrap returns a copy of e that carries the cause.
func (e *Error) Wrap(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// With returns a copy of e that names the fields at fault.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

// After returns a copy of e that tells when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

var internal = New(Internal, "internal", "Something went wrong on our side.")

// From classifies any error: a wrapped *Error is returned as it is, everything else is internal. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return internal.Wrap(err)
}
