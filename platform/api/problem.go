package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"saaskit/platform/access"
	"saaskit/platform/fault"
)

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// Problem is the body of every error answer (RFC 9457). It never repeats what the client sent.
type Problem struct { //nolint:errname // the name in RFC 9457 and in the document; an error only because huma wants one
	Type      string        `json:"type" example:"about:blank" doc:"Always about:blank: the code tells problems apart."`
	Title     string        `json:"title" example:"Unprocessable Entity" doc:"The meaning of the status."`
	Status    int           `json:"status" example:"422" doc:"The HTTP status."`
	Code      string        `json:"code" example:"invalid_input" doc:"A stable name of the problem, for programs."`
	Detail    string        `json:"detail" example:"Some of the input is not valid." doc:"What happened, in a sentence for people."`
	Errors    []fault.Field `json:"errors" doc:"The parts of the input that are wrong; often none."`
	RequestID string        `json:"request_id" example:"0192f0c1e7a87d3f" doc:"Quote this when you ask for help."`
	Limit     *fault.Limit  `json:"limit,omitempty" doc:"With the code limit_reached: what the plan lacks, and which plan has it."`

	header http.Header
}

// Error returns the code.
func (p *Problem) Error() string { return p.Code }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problems.
func (p *Problem) ContentType(string) string { return mediaProblem }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// newProblem makes the answer to err and notes err for the log.
func newProblem(ctx context.Context, err error) *Problem {
	RecordFrom(ctx).Err = err
	f := fault.From(classify(ctx, err))
	p := plainProblem(ctx, f.Kind.Status(), f.Code, f.Message)
	p.Errors, p.Limit = append(p.Errors, f.Fields...), f.Limit
	if f.Kind == fault.Unauthenticated {
		p.header.Set(fiber.HeaderWWWAuthenticate, challenge(f.Code))
	}
	if f.RetryAfter > 0 {
		seconds := (f.RetryAfter + time.Second - 1) / time.Second
		p.header.Set(fiber.HeaderRetryAfter, strconv.FormatInt(int64(seconds), 10))
	}
	return p
}

func plainProblem(ctx context.Context, status int, code, detail string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail,
		Errors: []fault.Field{}, RequestID: access.OriginFrom(ctx).RequestID, header: http.Header{},
	}
}

func challenge(code string) string {
	if code == errNoToken.Code {
		return "Bearer"
	}
	return `Bearer error="invalid_token"`
}

var (
	errTimeout  = fault.New(fault.Unavailable, "timeout", "This took too long. Please try again.")
	errStopping = fault.New(fault.Unavailable, "unavailable", "The service is restarting. Please try again.")
)

// classify turns an unclassified error that comes from the end of the request's context into what it is.
func classify(ctx context.Context, err error) error {
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	if ctx.Err() == nil {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errTimeout.Wrap(err)
	}
	if errors.Is(err, context.Canceled) {
		return errStopping.Wrap(err)
	}
	return err
}

// statusText is the code and the sentence for answers that the transport decides, not a fault.
var statusText = map[int]struct{ code, detail string }{
	fiber.StatusBadRequest:                  {"malformed_request", "The request cannot be read."},
	fiber.StatusNotFound:                    {"not_found", "There is nothing here."},
	fiber.StatusMethodNotAllowed:            {"method_not_allowed", "This address does not answer that method."},
	fiber.StatusRequestTimeout:              {"request_timeout", "The request took too long to arrive."},
	fiber.StatusRequestEntityTooLarge:       {"body_too_large", "The request body is too large."},
	fiber.StatusRequestURITooLong:           {"address_too_long", "The address is too long."},
	fiber.StatusUnsupportedMediaType:        {"unsupported_media_type", "Send JSON with the header Content-Type: application/json."},
	fiber.StatusUnprocessableEntity:         {"invalid_input", "Some of the input is not valid."},
	fiber.StatusRequestHeaderFieldsTooLarge: {"headers_too_large", "The request headers are too large."},
	fiber.StatusServiceUnavailable:          {"unavailable", "The service is not available right now."},
}

// Fail answers the request with the problem that err is; it is also the error handler of the Fiber app.
// It never returns an error.
func Fail(c *fiber.Ctx, err error) error {
	ctx := c.UserContext()
	var p *Problem
	if transport, ok := errors.AsType[*fiber.Error](err); ok {
		status := transport.Code
		known, ok := statusText[status]
		if !ok {
			status, known = fiber.StatusBadRequest, statusText[fiber.StatusBadRequest]
		}
		p = plainProblem(ctx, status, known.code, known.detail)
	} else {
		p = newProblem(ctx, err)
	}
	body, encodeErr := json.Marshal(p)
	if encodeErr != nil {
		body = []byte("{}")
	}
	for name, values := range p.header {
		for _, value := range values {
			c.Set(name, value)
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, mediaProblem)
	c.Status(p.Status)
	c.Response().ResetBody()
	c.Response().SetBody(body)
	return nil
}
