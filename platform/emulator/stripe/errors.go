package stripe

import (
	"fmt"
	"net/http"
)

// The types of error in Stripe's envelope.
const (
	invalidRequest   = "invalid_request_error"
	idempotencyError = "idempotency_error"
	apiError         = "api_error"
)

// Error is an error as Stripe's API spells it.
type Error struct {
	Status  int    `json:"-"`
	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`

	DeclineCode string `json:"decline_code,omitempty"`
}

// Error is Stripe's message.
func (e *Error) Error() string { return e.Message }

func invalid(code, param, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Type: invalidRequest, Code: code, Param: param, Message: fmt.Sprintf(format, args...)}
}

// missing is Stripe's answer to an unknown id. It is a 404 when the path names the object and a 400 when a parameter does.
func missing(noun, id, param string) *Error {
	e := invalid("resource_missing", param, "No such %s: '%s'", noun, id)
	if param == "id" || param == "" {
		e.Status = http.StatusNotFound
	}
	return e
}

func (e *Emulator) unsupported(what string) *Error {
	return &Error{
		Status: http.StatusNotImplemented, Type: apiError, Code: "emulator_unsupported",
		Message: what + " is part of Stripe's API, but this emulator cannot do it yet.",
	}
}
