package server

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"saaskit/platform/api"
	"saaskit/platform/fault"
)

// Names of the server's own routes in the log and the metrics.
const (
	healthz = "healthz"
	readyz  = "readyz"
	jwks    = "jwks"
	webApp  = "web"

	unreadable = "unreadable" // what never became a request
)

const readyLimit = 2 * time.Second

var errNotReady = fault.New(fault.Unavailable, "not_ready", "The service is not ready.")

// routes adds what is neither an operation nor a file.
func (s *Server) routes() {
	s.app.Get("/healthz", func(c *fiber.Ctx) error {
		api.RecordFrom(c.UserContext()).Operation = healthz
		return ok(c)
	})
	s.app.Get("/readyz", func(c *fiber.Ctx) error {
		api.RecordFrom(c.UserContext()).Operation = readyz
		if err := s.ready(c.UserContext()); err != nil {
			return errNotReady.Wrap(err)
		}
		return ok(c)
	})
	if s.cfg.JWKS == nil {
		return
	}
	s.app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		api.RecordFrom(c.UserContext()).Operation = jwks
		keys, err := s.cfg.JWKS(c.UserContext())
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/jwk-set+json")
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
		return c.Send(keys)
	})
}

// ready reports why the server should get no traffic.
func (s *Server) ready(ctx context.Context) error {
	if s.stopping.Load() {
		return context.Canceled
	}
	if s.cfg.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	return s.cfg.Ready(ctx)
}

func ok(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/json")
	return c.SendString(`{"status":"ok"}`)
}
