package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// HookPrefix is where providers send their webhooks.
const HookPrefix = "/hooks"

// Hook adds an address below HookPrefix to which a provider posts: the handler gets the raw body and the headers, copied, and must check the signature itself.
// It is public and not in the document; 200 without a body when the handler returns nil.
func Hook(r *Router, path string, h func(ctx context.Context, body []byte, header http.Header) error) {
	a := r.api
	path = HookPrefix + strings.TrimPrefix(path, HookPrefix)
	parsed, err := parseRoute(http.MethodPost, path, nil)
	if err != nil {
		a.reject("hook of %s: %w", r.module, err)
		return
	}
	if a.document != nil {
		a.reject("hook %s is added after the API was sealed", path)
		return
	}
	a.routes = append(a.routes, parsed)
	name := r.module + "-hook"
	a.app.Post(parsed.fiber(), func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		RecordFrom(ctx).Operation = name
		header := http.Header{}
		for key, value := range c.Request().Header.All() {
			header.Add(string(key), string(value))
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		if err := h(ctx, []byte(string(c.Request().Body())), header); err != nil {
			return Fail(c, err)
		}
		c.Status(http.StatusOK)
		return nil
	})
}
