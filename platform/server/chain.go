package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/observe"
)

// headerLimit is the longest request line with its headers, in bytes; a token and the cookies of one origin fit with room to spare.
const headerLimit = 8 << 10

var errCrossSite = fault.New(fault.Forbidden, "cross_site", "This request came from another site.")

// transport is the HTTP server below Fiber, with every bound set.
func (s *Server) transport() *fasthttp.Server {
	return &fasthttp.Server{
		Handler:               s.serve,
		ErrorHandler:          s.unreadable,
		Logger:                silent{},
		ReadTimeout:           s.cfg.ReadTimeout,
		WriteTimeout:          2 * s.cfg.ReadTimeout,
		IdleTimeout:           s.cfg.IdleTimeout,
		ReadBufferSize:        headerLimit,
		MaxRequestBodySize:    s.cfg.BodyLimit,
		Concurrency:           s.cfg.MaxConns + 1, // the listener refuses first
		NoDefaultServerHeader: true,
		NoDefaultContentType:  true,
		CloseOnShutdown:       true,
		// Bodies are JSON or raw; nothing may write a client's file to disk unasked.
		DisablePreParseMultipartForm: true,
		SecureErrorLogMessage:        true,
	}
}

type silent struct{}

// Printf drops what fasthttp says: it quotes requests.
func (silent) Printf(string, ...any) {}

// serve is the outermost handler: nothing gets past it without the headers, and no panic out of it.
func (s *Server) serve(fctx *fasthttp.RequestCtx) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic outside of a request", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			fctx.Response.Reset()
			s.fail(fctx, fmt.Errorf("panic: %v", p))
		}
	}()
	if !slices.Contains(fiber.DefaultMethods, string(fctx.Method())) {
		s.fail(fctx, fiber.ErrMethodNotAllowed)
		return
	}
	s.handler(fctx)
}

// unreadable answers what is not a request: too large, too slow, or not HTTP.
func (s *Server) unreadable(fctx *fasthttp.RequestCtx, err error) {
	status := fiber.StatusBadRequest
	var small *fasthttp.ErrSmallBuffer
	var slow interface{ Timeout() bool }
	switch {
	case errors.As(err, &small):
		status = fiber.StatusRequestHeaderFieldsTooLarge
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		status = fiber.StatusRequestEntityTooLarge
		if c, ok := fctx.Conn().(*conn); ok {
			c.drains.Store(true)
		}
	case errors.As(err, &slow) && slow.Timeout():
		status = fiber.StatusRequestTimeout
	}
	s.fail(fctx, fiber.NewError(status))
}

// fail answers outside of the chain.
func (s *Server) fail(fctx *fasthttp.RequestCtx, err error) {
	origin := access.Origin{RequestID: newRequestID()}
	c := s.app.AcquireCtx(fctx)
	defer s.app.ReleaseCtx(c)
	c.SetUserContext(access.WithOrigin(s.base, origin))
	s.setHeaders(c, origin.RequestID)
	_ = api.Fail(c, err)
	if s.cfg.Metrics != nil {
		s.cfg.Metrics.Start()
		s.cfg.Metrics.Done(unreadable, fctx.Response.StatusCode(), 0)
	}
}

// edge is the chain round every route: request id, headers, deadline, recover, site check, log and metrics.
func (s *Server) edge(c *fiber.Ctx) error {
	start := time.Now()
	origin := s.originOf(c)
	ctx, cancel := context.WithTimeout(access.WithOrigin(s.base, origin), s.cfg.Deadline)
	defer cancel()
	ctx, record := api.WithRecord(ctx)
	c.SetUserContext(ctx)
	s.setHeaders(c, origin.RequestID)
	if s.cfg.Metrics != nil {
		s.cfg.Metrics.Start()
	}
	if err := s.next(c); err != nil {
		_ = api.Fail(c, err)
	}
	s.finish(ctx, c, record, time.Since(start))
	return nil
}

func (s *Server) originOf(c *fiber.Ctx) access.Origin {
	const longestAgent = 200
	agent := c.Request().Header.UserAgent()
	agent = agent[:min(len(agent), longestAgent)]
	return access.Origin{RequestID: newRequestID(), IP: s.clientIP(c), UserAgent: strings.ToValidUTF8(string(agent), "")}
}

// next runs the rest of the chain; a panic becomes an error.
func (s *Server) next(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(c.UserContext(), "panic", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if err := s.sameSite(c); err != nil {
		return err
	}
	return c.Next()
}

// sameSite refuses a request that changes something and that a browser made for another site.
// Webhooks come from servers and carry a signature instead of cookies.
func (s *Server) sameSite(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions, fiber.MethodTrace:
		return nil
	}
	if strings.HasPrefix(c.Path(), api.HookPrefix+"/") {
		return nil
	}
	switch c.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return errCrossSite
	}
	if origin := c.Request().Header.Peek(fiber.HeaderOrigin); origin != nil && string(origin) != s.origin {
		return errCrossSite
	}
	return nil
}

// finish writes the request's line: where it went and who sent it, never an address with its query, a body or a header.
func (s *Server) finish(ctx context.Context, c *fiber.Ctx, record *api.Record, d time.Duration) {
	status := c.Response().StatusCode()
	operation := record.Operation
	if operation == "" {
		operation = "none"
	}
	if s.cfg.Metrics != nil {
		s.cfg.Metrics.Done(operation, status, d)
	}
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", strings.Clone(c.Method())), slog.String("operation", operation), slog.String("route", routeOf(c)),
		slog.Int("status", status), slog.Float64("ms", float64(d.Microseconds())/1000),
		slog.String("ip", access.OriginFrom(ctx).IP),
	}
	attrs = append(attrs, observe.Who(record.Actor)...)
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
		if record.Err != nil {
			attrs = append(attrs, slog.String("error", record.Err.Error()))
		}
	case record.Undocumented:
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("code", fault.From(record.Err).Code), slog.Bool("undocumented", true))
	case record.Err != nil:
		attrs = append(attrs, slog.String("code", fault.From(record.Err).Code))
	case operation == healthz || operation == readyz:
		level = slog.LevelDebug
	}
	s.log.LogAttrs(ctx, level, "request", attrs...)
}

// routeOf is the pattern of the route that answered; "" when none did.
func routeOf(c *fiber.Ctx) string {
	if path := c.Route().Path; path != "/" {
		return path
	}
	return ""
}

func newRequestID() string {
	var id [12]byte
	_, _ = rand.Read(id[:]) // crypto/rand never fails
	return hex.EncodeToString(id[:])
}
