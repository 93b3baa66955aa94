// Package apikeys lets programs work in a tenant: with keys that its members make, each for some of the permissions of whoever made it.
//
// A key works while it is neither revoked nor expired, its tenant is not suspended, and its creator is an enabled member, has been one since the
// key was made, and has a second factor if the tenant requires one. It may do what its scopes say and its creator may do now, whichever is less.
// Keys look like [Pattern]; only SHA-256 of a key is stored.
package apikeys

import (
	"context"
	"embed"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/plan"
	"saaskit/platform/session"
)

// The permissions of this module. No key can make another one, whatever its scopes.
const (
	Read  access.Permission = "api-keys:read"
	Write access.Permission = "api-keys:write"
)

// APICalls counts the requests that are made with the keys of a tenant.
const APICalls plan.Key = "api.calls"

// Entitlements is what a plan can grant of this module.
var Entitlements = plan.Entitlements{APICalls: plan.Meter("API calls", "call")}

// MaxKeys is how many keys of a tenant may work at a time.
const MaxKeys = 100

//go:embed migrations/*.sql
var migrations embed.FS

// Standing is what somebody may do in a tenant now. The zero Standing is that of somebody who is no member, or disabled.
type Standing struct {
	Permissions access.Set
	Owner       bool
	Since       time.Time // when they became a member
}

// Person is a member of a tenant.
type Person struct{ Name, Email string }

// Deps is what the module uses.
type Deps struct {
	DB      *db.DB
	Limits  *limit.Limiter
	Mail    *mail.Mailer
	Changes *session.Changes
	Plans   *plan.Service
	Log     *slog.Logger
	Now     func() time.Time
	BaseURL string // public address of the product; the only source of links in mails

	// Permissions tells the permissions of all modules.
	Permissions func() access.Permissions
	// Standing asks what the person may do in the tenant now.
	Standing func(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID) (Standing, error)
	// SecondFactor asks whether the person has any second factor, passkeys among them. Without it nobody has one.
	SecondFactor func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error)
	// People asks who of the persons is a member of the transaction's tenant.
	People func(ctx context.Context, tx *db.Tx, users []uuid.UUID) (map[uuid.UUID]Person, error)
}

type service struct {
	Deps
	bearers *session.Memory[hash, bearer]
	noting  chan struct{} // holds one for each use of a key that is being written down
}

var (
	aboutCreate = api.Describe("Makes a key for programs. `secret` is shown here and never again: only its hash is stored. " +
		"The key may do what its scopes say, as far as you may do it yourself at that time, and stops when you leave the workspace.")
	aboutRevoke = api.Describe("Revokes the key: it stops to work everywhere within a second, and stays in the list for 90 days.")
)

// New returns the module.
func New(d Deps) app.Module {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	s := &service{Deps: d, noting: make(chan struct{}, mostNoted)}
	s.bearers = session.NewMemory(looksAtOnce, s.load, concerns, d.Now)
	return app.Module{
		Name:         "apikeys",
		Entitlements: Entitlements,
		Permissions:  access.Permissions{Read: access.Admin, Write: access.Admin},
		Summaries:    access.Summaries{Read: "See API keys", Write: "Make, rename and revoke API keys"},
		Migrations:   migrations,
		APIKey:       s.actor,
		KeyUsed:      s.countCall,
		Routes: func(r *api.Router) {
			s.Changes.OnChange(s.bearers.Forget) // here, because a manifest may also be made just to be read

			api.Get(r, "list", "List API keys", "/api-keys", api.Needs(Read), s.list, api.Errors("invalid_cursor"))
			api.Post(r, "create", "Create an API key", "/api-keys", api.Needs(Write).Recent(), s.create, aboutCreate,
				api.Errors("name_invalid", "scope_unknown", "scope_above_own", "scope_owners_only", "expiry_invalid", "too_many_keys", "rate_limited", "mail_off"))
			api.Patch(r, "rename", "Rename an API key", "/api-keys/{id}", api.Needs(Write), s.rename, api.Errors("name_invalid"))
			api.Delete(r, "revoke", "Revoke an API key", "/api-keys/{id}", api.Needs(Write).WhileReadOnly(), s.revoke, aboutRevoke)
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, s.purge)
			jobs.Every(r, 24*time.Hour, purge{})
		},
	}
}
