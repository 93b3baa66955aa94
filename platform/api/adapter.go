package api

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saaskit/platform/access"
	"saaskit/platform/fault"
)

// guardKey is where an operation's metadata holds its guard.
const guardKey = "guard"

// guard is what a request must pass before its operation decodes it.
type guard struct {
	rule     Rule
	route    route
	needBody bool
	codes    []string // of every documented problem, sorted
}

var (
	errQuery = fault.New(fault.Malformed, "malformed_query", "The query of the address cannot be read.")
	errPath  = fault.New(fault.NotFound, "not_found", "There is nothing here.")
)

// Handle routes an operation; huma calls it.
func (a *API) Handle(op *huma.Operation, handler func(huma.Context)) {
	g, ok := op.Metadata[guardKey].(*guard)
	if !ok {
		a.reject("%s %s has no access rule", op.Method, op.Path)
		return
	}
	serve := func(c *fiber.Ctx) error {
		x, err := a.enter(c, op, g)
		if err == nil {
			handler(x)
		} else {
			_ = Fail(c, err)
		}
		g.compare(RecordFrom(x.ctx))
		c.Set(fiber.HeaderCacheControl, "no-store")
		if policy, left := RecordFrom(x.ctx).rateHeaders(); policy != "" {
			c.Set("RateLimit-Policy", policy)
			c.Set("RateLimit", left)
		}
		for _, cookie := range RecordFrom(x.ctx).cookies() {
			c.Response().Header.Add(fiber.HeaderSetCookie, cookie.String())
		}
		return nil
	}
	a.app.Add(op.Method, g.route.fiber(), serve)
	if op.Method == http.MethodGet {
		a.app.Add(http.MethodHead, g.route.fiber(), serve)
	}
}

// compare notes a problem that the operation's documentation does not have.
func (g *guard) compare(r *Record) {
	if r.Err == nil {
		return
	}
	_, documented := slices.BinarySearch(g.codes, fault.From(r.Err).Code)
	r.Undocumented = !documented
}

// ServeHTTP is not how operations are called here: they are served by the Fiber app only.
func (a *API) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, http.StatusText(http.StatusNotImplemented), http.StatusNotImplemented)
}

// enter takes a request as far as its operation: limits, who acts, the rule, then whether there is something to decode.
// The exchange is never nil.
func (a *API) enter(c *fiber.Ctx, op *huma.Operation, g *guard) (*exchange, error) {
	x := &exchange{op: op, c: c, ctx: c.UserContext()}
	record, ok := x.ctx.Value(recordKey{}).(*Record)
	if !ok {
		x.ctx, record = WithRecord(x.ctx)
		c.SetUserContext(x.ctx)
	}
	record.Operation = op.OperationID
	record.setCookieHeader(x.Header(fiber.HeaderCookie))
	if err := a.spend(x.ctx, g.rule); err != nil {
		return x, err
	}
	record.api, record.rule, record.authorization = a, g.rule, x.Header(fiber.HeaderAuthorization)
	ctx, err := Readmit(x.ctx)
	if err != nil {
		return x, err
	}
	x.ctx = ctx
	if err := a.spendAs(x.ctx); err != nil {
		return x, err
	}
	if err := a.noteUse(x.ctx); err != nil {
		return x, err
	}
	if err := x.readAddress(g); err != nil {
		return x, err
	}
	return x, checkBody(c.Request().Body(), x.Header(fiber.HeaderContentType), x.Header(fiber.HeaderContentEncoding), g.needBody)
}

// exchange is one request and its answer, as huma sees them. What it hands out is copied: Fiber reuses its buffers for the next request.
type exchange struct {
	op     *huma.Operation
	c      *fiber.Ctx
	ctx    context.Context //nolint:containedctx // huma asks the exchange for it
	params map[string]string
	query  url.Values
	status int
}

var errNoMultipart = errors.New("multipart bodies are not accepted")

func (x *exchange) readAddress(g *guard) error {
	for _, s := range g.route.segments {
		if s.kind == "" {
			continue
		}
		value, err := url.PathUnescape(x.c.Params(s.literal))
		if err != nil || !plainText(value) || s.kind == "guid" && len(value) != len("00000000-0000-0000-0000-000000000000") {
			return errPath
		}
		if x.params == nil {
			x.params = map[string]string{}
		}
		x.params[s.literal] = strings.Clone(value)
	}
	query, err := url.ParseQuery(string(x.c.Request().URI().QueryString()))
	if err != nil {
		return errQuery
	}
	for name, values := range query {
		if !plainText(name) || len(values) > 1 || !plainText(values[0]) {
			return errQuery
		}
	}
	x.query = query
	return nil
}

// plainText reports whether the database can hold s.
func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

func (x *exchange) Operation() *huma.Operation { return x.op }
func (x *exchange) Context() context.Context   { return x.ctx }
func (x *exchange) TLS() *tls.ConnectionState  { return nil }
func (x *exchange) Version() huma.ProtoVersion {
	return huma.ProtoVersion{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}
func (x *exchange) Method() string               { return strings.Clone(x.c.Method()) }
func (x *exchange) Host() string                 { return string(x.c.Request().Host()) }
func (x *exchange) RemoteAddr() string           { return access.OriginFrom(x.ctx).IP }
func (x *exchange) Param(name string) string     { return x.params[name] }
func (x *exchange) Query(name string) string     { return x.query.Get(name) }
func (x *exchange) BodyWriter() io.Writer        { return x.c.Response().BodyWriter() }
func (x *exchange) Status() int                  { return x.status }
func (x *exchange) SetHeader(name, value string) { x.c.Set(name, value) }

// Header returns a header of the request. There is one media type of answers, so nothing is negotiated.
func (x *exchange) Header(name string) string {
	if name == fiber.HeaderAccept {
		return ""
	}
	return strings.Clone(x.c.Get(name))
}

// URL returns the address as it came, undecoded, with the query.
func (x *exchange) URL() url.URL {
	return url.URL{Path: strings.Clone(x.c.Path()), RawQuery: x.query.Encode()}
}

// EachHeader calls fn for each header of the request.
func (x *exchange) EachHeader(fn func(name, value string)) {
	for name, value := range x.c.Request().Header.All() {
		fn(string(name), string(value))
	}
}

// BodyReader returns a copy of the body as it came: nothing is decompressed.
func (x *exchange) BodyReader() io.Reader {
	return strings.NewReader(string(x.c.Request().Body()))
}

// GetMultipartForm refuses: bodies are JSON.
func (x *exchange) GetMultipartForm() (*multipart.Form, error) { return nil, errNoMultipart }

// SetReadDeadline does nothing: the body has been read under the server's own deadline.
func (x *exchange) SetReadDeadline(time.Time) error { return nil }

// SetStatus sets the status of the answer.
func (x *exchange) SetStatus(code int) {
	x.status = code
	x.c.Status(code)
}

// AppendHeader adds a value to a header of the answer.
func (x *exchange) AppendHeader(name, value string) { x.c.Response().Header.Add(name, value) }

// WithContext returns the exchange with another context.
func (x *exchange) WithContext(ctx context.Context) huma.Context {
	other := *x
	other.ctx = ctx
	return &other
}
