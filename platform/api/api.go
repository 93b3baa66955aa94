// Package api turns typed Go functions into HTTP operations: an access rule first, then decoding and validation, then the function, and one shape of answer and of error for all of them.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saaskit/platform/access"
	"saaskit/platform/limit"
	"saaskit/platform/token"
)

// Prefix is where every operation lives; modules give their paths without it.
const Prefix = "/api/v1"

// DocumentPath is where the OpenAPI document is served.
const DocumentPath = "/api/openapi.json"

// The audiences of access tokens, and the names of the security schemes in the document.
const (
	AudienceApp      = "app"
	AudienceOperator = "operator"
)

// schemeKey is the name of the security scheme of API keys in the document.
const schemeKey = "api_key"

// ActorFunc tells who the bearer of a verified token is now: it reads the session, the membership and the tenant's status, so that stale claims lose.
// An error refuses the request.
type ActorFunc func(ctx context.Context, c token.Claims) (access.Actor, error)

// KeyFunc tells who bears an API key. An error refuses the request.
type KeyFunc func(ctx context.Context, raw string) (access.Actor, error)

// Actors is who the bearer of a token is, by the token's audience.
type Actors map[string]ActorFunc

// Config is what the operations of all modules share.
type Config struct {
	Title       string
	Version     string
	Description string
	// Verify checks an access token for one of the audiences; nil means that no operation with an actor can be called.
	Verify func(ctx context.Context, raw string, audiences ...string) (token.Claims, error)
	// Actors has one entry for each audience; an audience without one is refused.
	Actors Actors
	// APIKey takes what is sent as a bearer and is no JWT; nil refuses it.
	APIKey KeyFunc
	// Now is the clock that Recent goes by; nil is the system's.
	Now func() time.Time
	// Take spends n units of a rate; nil makes a rule with limits an error at start.
	Take func(ctx context.Context, r limit.Rate, key string, n int) (limit.State, error)
	// Spend limits whoever acts; nil limits nobody.
	Spend Spend
	// Used notes that a request of an API key was let in, before its operation runs. Its error refuses the request; nil notes nothing.
	Used func(ctx context.Context) error
	// Permissions is every permission of every module, with the lowest role that has it.
	Permissions access.Permissions
}

// API is the set of operations on one Fiber app.
type API struct {
	cfg      Config
	failed   *failures
	app      *fiber.App
	huma     huma.API
	registry huma.Registry
	routes   []route
	ids      map[string]bool
	naming   naming
	errs     []error
	document func() ([]byte, error) // nil before Seal
}

// New returns an API without operations on app. Call Seal when every module has added its own.
func New(app *fiber.App, cfg Config) *API {
	setMessages()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &API{cfg: cfg, failed: newFailures(cfg.Now), app: app, ids: map[string]bool{}}
	a.registry = huma.NewMapRegistry("#/components/schemas/", a.naming.schema)
	registerTypes(a.registry)
	a.huma = huma.NewAPI(huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: cfg.Title, Version: cfg.Version, Description: cfg.Description},
			Components: &huma.Components{
				Schemas:         a.registry,
				SecuritySchemes: securitySchemes(),
			},
		},
		Formats: map[string]huma.Format{
			mediaJSON:    {Marshal: encode, Unmarshal: json.Unmarshal},
			mediaProblem: {Marshal: encode},
		},
		DefaultFormat:                mediaJSON,
		RejectUnknownQueryParameters: true,
	}, a)
	return a
}

// Router is where one module adds its operations.
type Router struct {
	api    *API
	module string
}

// Router returns the router of the module with that name; the name is the tag and the first part of the id of each of its operations.
func (a *API) Router(module string) *Router {
	return &Router{api: a, module: module}
}

// Seal ends the registration: it reports everything wrong with the operations added so far, and serves the OpenAPI document.
// An operation that was refused is not reachable.
func (a *API) Seal() error {
	a.errs = append(a.errs, shadowed(a.routes)...)
	if err := errors.Join(a.errs...); err != nil {
		return err
	}
	a.document = sync.OnceValues(a.encode) // whoever asks first waits for it, and not every start
	a.app.Get(DocumentPath, func(c *fiber.Ctx) error {
		document, err := a.document()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, mediaJSON)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(document)
	})
	return nil
}

func (a *API) encode() ([]byte, error) {
	raw, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	return append(pretty.Bytes(), '\n'), nil
}

// Document is the OpenAPI 3.1 document as indented JSON, the same bytes for the same operations. It is not to be asked for before Seal.
func (a *API) Document() ([]byte, error) {
	document, err := a.document()
	return slices.Clone(document), err
}

func (a *API) reject(format string, args ...any) {
	a.errs = append(a.errs, fmt.Errorf(format, args...))
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		AudienceApp: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "A user's access token, valid for some minutes in one workspace.",
		},
		schemeKey: {
			Type: "http", Scheme: "bearer",
			Description: "An API key, which works in the workspace that it was made in. The names listed at an operation are the scopes that the key needs for it.",
		},
		AudienceOperator: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "An operator's access token.",
		},
	}
}
