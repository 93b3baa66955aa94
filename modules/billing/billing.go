// Package billing sells plans through Stripe: checkout, customer portal, and the webhooks that decide which plan a tenant is on.
package billing

import (
	"context"
	"embed"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/mail"
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
	Tax           bool   // Stripe Tax reckons taxes, and tax ids are asked for
}

// Deps is what the module uses.
type Deps struct {
	DB      *db.DB
	Plans   *plan.Service
	Queue   *jobs.Queue
	Mail    *mail.Mailer
	Secret  secret.Root
	Log     *slog.Logger
	Now     func() time.Time
	BaseURL string
	Stripe  Config

	// Seats asks how many active members the transaction's tenant has.
	Seats func(context.Context, *db.Tx) (int64, error)
	// CountMembers asks how many active members each of the tenants has. A tenant without any may be missing.
	CountMembers func(ctx context.Context, tx *db.SystemTx, tenants []uuid.UUID) (map[uuid.UUID]int64, error)
	// AsOperator gives the context in which the operator who asks acts, for the audit log.
	AsOperator func(ctx context.Context, tx *db.SystemTx) (context.Context, error)
	// OwnerEmail asks for the address to which the transaction's tenant gets its receipts.
	OwnerEmail func(context.Context, *db.Tx) (string, error)
	// OwnerEmails asks for the addresses of all owners of a tenant who can sign in, for notices.
	OwnerEmails func(context.Context, *db.SystemTx, uuid.UUID) ([]string, error)
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
	// The same for programs: what there was is over.
	errNoSubscription = fault.New(fault.Conflict, "no_subscription", "This workspace has no subscription. Choose a plan first.")
	errCurrency       = fault.New(fault.Conflict, "currency_fixed", "This workspace paid in another currency before. Choose that one.")
	errUnsure         = fault.New(fault.Unavailable, "billing_unavailable", "The payment service did not answer in time. What you asked for may have been done: look again in a minute. Trying again does nothing twice.")
	errBusy           = fault.New(fault.Conflict, "checkout_busy", "Somebody else is opening a checkout for this workspace. Try again.")
)

// New returns the module.
func New(d Deps) app.Module {
	s := newService(d)
	outside := api.Errors("billing_off", "billing_unavailable")
	changing := api.Errors("billing_not_synced", "plan_not_sold", "no_subscription", "same_plan", "not_changeable")
	paying := api.Needs(Write).WhileReadOnly()
	return app.Module{
		Name:        "billing",
		Permissions: access.Permissions{Read: access.Admin, Write: access.Owner},
		Summaries:   access.Summaries{Read: "See the plan and what it costs", Write: "Change the plan and how it is paid"},
		Migrations:  migrations,
		Routes: func(r *api.Router) {
			api.Get(r, "plans", "List the plans for sale", "/billing/plans", api.Public(), s.plans)
			api.Get(r, "get", "Show plan, seats and usage", "/billing", api.Needs(Read), s.get)
			api.Get(r, "usage", "Show what was used by the day", "/billing/usage", api.Needs(Read), s.usage)
			api.Get(r, "invoices", "List invoices", "/billing/invoices", api.Needs(Read), s.invoices, outside, api.Errors("invalid_cursor"))
			api.Get(r, "payment-method", "Show how the subscription is paid", "/billing/payment-method", api.Needs(Read), s.paymentMethod, outside)
			api.Action(r, "checkout", "Open a checkout to subscribe", "/billing/checkout", paying, s.checkout, outside,
				api.Errors("billing_not_synced", "plan_not_sold", "already_subscribed", "currency_fixed", "checkout_busy"))
			api.Action(r, "portal", "Open the customer portal", "/billing/portal", paying, s.portal, outside, api.Errors("no_subscription", "billing_not_synced"))
			api.Action(r, "preview", "Reckon what a change of plan costs", "/billing/preview", paying, s.preview, outside, changing)
			api.Action(r, "change", "Change the plan", "/billing/change", paying, s.change, outside, changing,
				api.Errors("preview_expired", "payment_failed", "change_busy"), api.Describe(aboutChange))
			api.Action(r, "cancel", "Cancel the subscription at the end of the period", "/billing/cancel", paying, s.cancel, outside, api.Errors("no_subscription"))
			api.Action(r, "pause", "Pause the subscription", "/billing/pause", paying, s.pause, outside, api.Errors("no_subscription", "not_pausable"))
			api.Action(r, "resume", "Take back a cancellation or a pause", "/billing/resume", paying, s.resume, outside, api.Errors("no_subscription"))

			api.Get(r, "revenue", "Show what all subscriptions bring", "/operator/billing/revenue", api.Operator(), s.revenue)
			api.Get(r, "subscriptions", "List the subscriptions of all tenants", "/operator/billing/subscriptions", api.Operator(), s.listSubscriptions, api.Errors("invalid_cursor"))
			api.Get(r, "events", "List the events from Stripe", "/operator/billing/events", api.Operator(), s.listEvents, api.Errors("invalid_cursor"))
			api.Action(r, "replay-event", "Apply an event from Stripe again", "/operator/billing/events/{id}/replay", api.Operator(), s.replayEvent, api.Errors("billing_off", "not_found", "not_replayable"))
			api.Get(r, "incidents", "List refunds and disputes", "/operator/billing/incidents", api.Operator(), s.listIncidents, api.Errors("invalid_cursor"))
			api.Get(r, "tenant-usage", "Show what a tenant used by the day", "/operator/billing/tenants/{id}/usage", api.Operator(), s.tenantUsage, api.Errors("not_found"))
			api.Hook(r, hookPath, s.webhook)
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, s.applyEvent)
			jobs.HandleSystem(r, s.resumeEvents)
			jobs.HandleSystem(r, s.purgeEvents)
			jobs.HandleSystem(r, s.catchUpEvents)
			jobs.HandleSystem(r, s.sweepSubscriptions)
			jobs.Every(r, catchUpEvery, catchUpEvents{})
			jobs.Every(r, sweepEvery, sweepSubscriptions{})
			jobs.HandleSystem(r, s.sweepNotices)
			jobs.Handle(r, s.sendNotice)
			jobs.Handle(r, s.seatsJob)
			s.usageJobs(r)
			jobs.Every(r, noticesEvery, sweepNotices{})
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
