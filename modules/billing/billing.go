// Package billing sells plans through Stripe: checkout, customer portal, and the webhooks that decide which plan a tenant is on.
package billing

import (
	"context"
	"embed"
	"log/slog"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
	"saaskit/platform/secret"
)

// The permissions.
const (
	Read  access.Permission = "billing:read"
	Write access.Permission = "billing:write"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config is what is set about Stripe. Without a SecretKey billing is off.
type Config struct {
	SecretKey     string
	APIURL        string // Stripe's, or the emulator's
	WebhookSecret string // "" is the one that Sync stored
	WebhookURL    string // "" is BaseURL + /hooks/stripe
}

// Deps is what the module uses.
type Deps struct {
	DB      *db.DB
	Plans   *plan.Service
	Queue   *jobs.Queue
	Secret  secret.Root
	Log     *slog.Logger
	Now     func() time.Time
	BaseURL string
	Stripe  Config

	// Seats asks how many active members the transaction's tenant has.
	Seats func(context.Context, *db.Tx) (int64, error)
	// OwnerEmail asks for the address to which the transaction's tenant gets its receipts.
	OwnerEmail func(context.Context, *db.Tx) (string, error)
}

type service struct {
	Deps
	stripe   *client.API // nil when billing is off
	live     bool        // the key is of Stripe's live mode
	endpoint endpointCache
}

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	if d.Stripe.WebhookURL == "" {
		d.Stripe.WebhookURL = d.BaseURL + api.HookPrefix + hookPath
	}
	s := &service{Deps: d}
	if d.Stripe.SecretKey != "" {
		s.stripe = connect(d.Stripe)
		_, mode, _ := strings.Cut(d.Stripe.SecretKey, "_")
		s.live = strings.HasPrefix(mode, "live_")
	}
	return s
}

// What the operations answer.
var (
	errOff         = fault.New(fault.Unavailable, "billing_off", "Billing is not set up on this server.")
	errUnavailable = fault.New(fault.Unavailable, "billing_unavailable", "The payment service cannot be reached right now. Nothing was charged. Try again in a minute.")
	errNotSynced   = fault.New(fault.Unavailable, "billing_not_synced", "The price list is being set up. Try again later.")
	errNotSold     = fault.New(fault.Invalid, "plan_not_sold", "That plan is not for sale.")
	errSubscribed  = fault.New(fault.Conflict, "already_subscribed", "This workspace has a subscription. Change it under Manage billing.")
	errNoCustomer  = fault.New(fault.Conflict, "no_subscription", "This workspace has never had a subscription. Choose a plan first.")
	errBusy        = fault.New(fault.Conflict, "checkout_busy", "Somebody else is opening a checkout for this workspace. Try again.")
)

// New returns the module.
func New(d Deps) app.Module {
	s := newService(d)
	outside := api.Errors("billing_off", "billing_unavailable")
	return app.Module{
		Name:        "billing",
		Permissions: access.Permissions{Read: access.Admin, Write: access.Owner},
		Summaries:   access.Summaries{Read: "See the plan and what it costs", Write: "Change the plan and how it is paid"},
		Migrations:  migrations,
		Routes: func(r *api.Router) {
			api.Get(r, "plans", "List the plans for sale", "/billing/plans", api.Public(), s.plans)
			api.Get(r, "get", "Show plan, seats and usage", "/billing", api.Needs(Read), s.get)
			api.Action(r, "checkout", "Open a checkout to subscribe", "/billing/checkout", api.Needs(Write), s.checkout, outside,
				api.Errors("billing_not_synced", "plan_not_sold", "already_subscribed", "checkout_busy"))
			api.Action(r, "portal", "Open the customer portal", "/billing/portal", api.Needs(Write), s.portal, outside, api.Errors("no_subscription"))
			api.Hook(r, hookPath, s.webhook)
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, s.applyEvent)
			jobs.HandleSystem(r, s.resumeEvents)
			jobs.HandleSystem(r, s.purgeEvents)
			jobs.Every(r, resumeEvery, resumeEvents{})
			jobs.Every(r, 24*time.Hour, purgeEvents{})
		},
		Report: s.report,
	}
}

// report says whether billing is on, in which mode, and what is missing.
func (s *service) report(ctx context.Context) []app.Line {
	line := app.Line{Name: "billing", Detail: "STRIPE_SECRET_KEY is not set"}
	if s.stripe == nil {
		return []app.Line{line}
	}
	line.On, line.Detail = true, "Stripe test mode"
	if s.live {
		line.Detail = "Stripe live mode"
	}
	if s.Stripe.APIURL != "" && s.Stripe.APIURL != stripeURL {
		line.Detail += " at " + s.Stripe.APIURL
	}
	if secret, err := s.webhookSecret(ctx); err != nil || secret == "" {
		line.Detail += "; no webhook endpoint yet: run app billing sync"
	}
	return []app.Line{line}
}
