package billing

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// order is what a checkout sells, and to whom. Metered are the ids of the prices of the plan's meters, between spaces. Tax is whether Stripe
// Tax reckons it.
type order struct {
	Customer  string
	Plan      string
	Price     string
	Metered   string
	Quantity  int64
	Interval  string
	Currency  string
	TrialDays int64
	Tax       bool
	ReturnURL string
}

// attempt is the tenant's numbered checkout. Session is "" until Stripe's answer was kept. TrialUsed is whether the tenant has had its trial.
type attempt struct {
	Attempt   int64
	Session   string
	TrialUsed bool
	Order     order `gorm:"embedded"`
}

// attempts bounds how often somebody else's checkout may get in between.
const attempts = 5

// placeOrder returns the address of the tenant's one open checkout, which sells o. One that sells something else is closed at Stripe
// before the next is numbered, and the number is the idempotency key: so no two that could be paid are ever open. For the same reason no
// two give a trial: when an attempt is numbered, whatever the attempts before it led to is known.
func (s *service) placeOrder(ctx context.Context, o order) (string, error) {
	tenant := access.From(ctx).Tenant
	a, err := s.attempt(ctx, tenant, o)
	for range attempts {
		if err != nil {
			return "", err
		}
		if a.TrialUsed {
			o.TrialDays = 0
		}
		session, err := s.session(ctx, tenant, a)
		if err != nil && !refused(err) {
			return "", asFault("open the checkout", err)
		}
		switch {
		case err != nil && a.Order == o:
			return "", fmt.Errorf("open the checkout: %w", s.abandon(ctx, tenant, a, err))
		case err == nil && session.Status == stripe.CheckoutSessionStatusOpen && a.Order == o:
			return session.URL, s.keepSession(ctx, tenant, a, session.ID)
		case err == nil && session.Status == stripe.CheckoutSessionStatusOpen:
			params := &stripe.CheckoutSessionExpireParams{}
			params.Context = ctx
			if _, err := s.stripe.CheckoutSessions.Expire(session.ID, params); err != nil && !refused(err) {
				return "", asFault("close the old checkout", err)
			} else if err != nil {
				continue // it was paid or expired this moment: look again
			}
		case err == nil && session.Status == stripe.CheckoutSessionStatusComplete:
			if err := s.refuseSecond(ctx, o.Customer); err != nil {
				return "", err
			}
		}
		a, err = s.nextAttempt(ctx, tenant, a.Attempt, o)
		if err != nil {
			return "", err
		}
	}
	return "", errBusy
}

// session returns the attempt's session as it is now, made if it never was.
func (s *service) session(ctx context.Context, tenant uuid.UUID, a attempt) (*stripe.CheckoutSession, error) {
	get := &stripe.CheckoutSessionParams{}
	get.Context = ctx
	if a.Session != "" {
		session, err := s.stripe.CheckoutSessions.Get(a.Session, get)
		if gone(err) {
			return &stripe.CheckoutSession{Status: stripe.CheckoutSessionStatusExpired}, nil
		}
		return session, err
	}
	params := a.params(tenant)
	params.Context = ctx
	params.SetIdempotencyKey(fmt.Sprintf("checkout-%s-%d", tenant, a.Attempt))
	session, err := s.stripe.CheckoutSessions.New(params)
	if settled(err) {
		return s.findSession(ctx, tenant, a)
	}
	if err == nil && session.LastResponse.Header.Get("Idempotent-Replayed") == "true" {
		return s.stripe.CheckoutSessions.Get(session.ID, get) // a replay tells how the session was when it was made
	}
	return session, err
}

// findSession returns the session that an attempt made whose answer was a failure and will stay it. Where it made none, it counts as expired.
func (s *service) findSession(ctx context.Context, tenant uuid.UUID, a attempt) (*stripe.CheckoutSession, error) {
	params := &stripe.CheckoutSessionListParams{Customer: stripe.String(a.Order.Customer)}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := s.stripe.CheckoutSessions.List(params)
	for list.Next() {
		session := list.CheckoutSession()
		if session.ClientReferenceID == tenant.String() && session.Metadata[attemptMetadata] == strconv.FormatInt(a.Attempt, 10) {
			return session, nil
		}
	}
	return &stripe.CheckoutSession{Status: stripe.CheckoutSessionStatusExpired}, list.Err()
}

// params ask for the attempt's session. All of it follows from what is stored, so that a repeated request is the same. The address is
// always asked for, and kept with the customer: it stands on the invoices.
func (a attempt) params(tenant uuid.UUID) *stripe.CheckoutSessionParams {
	o := a.Order
	params := &stripe.CheckoutSessionParams{
		Mode: stripe.String(string(stripe.CheckoutSessionModeSubscription)), Customer: stripe.String(o.Customer),
		ClientReferenceID: stripe.String(tenant.String()),
		SuccessURL:        stripe.String(o.ReturnURL + "?checkout=done"), CancelURL: stripe.String(o.ReturnURL + "?checkout=canceled"),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(o.Price), Quantity: stripe.Int64(o.Quantity)}},
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{
			Metadata: map[string]string{tenantMetadata: tenant.String(), planMetadata: o.Plan},
		},
		AllowPromotionCodes:      stripe.Bool(true),
		BillingAddressCollection: stripe.String(string(stripe.CheckoutSessionBillingAddressCollectionRequired)),
		CustomerUpdate:           &stripe.CheckoutSessionCustomerUpdateParams{Address: stripe.String("auto")},
	}
	params.AddMetadata(attemptMetadata, strconv.FormatInt(a.Attempt, 10))
	for _, price := range strings.Fields(o.Metered) {
		params.LineItems = append(params.LineItems, &stripe.CheckoutSessionLineItemParams{Price: stripe.String(price)})
	}
	if o.TrialDays > 0 {
		params.SubscriptionData.TrialPeriodDays = stripe.Int64(o.TrialDays)
	}
	if o.Tax {
		params.AutomaticTax = &stripe.CheckoutSessionAutomaticTaxParams{Enabled: stripe.Bool(true)}
		params.TaxIDCollection = &stripe.CheckoutSessionTaxIDCollectionParams{Enabled: stripe.Bool(true)}
		params.CustomerUpdate.Name = stripe.String("auto") // the name that the tax id is of
	}
	return params
}

// attemptMetadata names the number of an attempt at its session.
const attemptMetadata = "attempt"

// values are what statements call the order's columns.
func (o order) values() map[string]any {
	return map[string]any{
		"customer": o.Customer, "plan": o.Plan, "price": o.Price, "metered": o.Metered, "quantity": o.Quantity, "interval": o.Interval,
		"currency": o.Currency, "trial_days": o.TrialDays, "tax": o.Tax, "return_url": o.ReturnURL,
	}
}

// attempt returns the tenant's attempt, the first one if there is none.
func (s *service) attempt(ctx context.Context, tenant uuid.UUID, o order) (attempt, error) {
	return s.number(ctx, "find a tenant's checkout", tenant, `
INSERT INTO billing_checkouts (tenant_id, attempt, customer, plan, price, metered, quantity, interval, currency, trial_days, tax, return_url)
VALUES (@tenant, 1, @customer, @plan, @price, @metered, @quantity, @interval, @currency, `+trialDays+`, @tax, @return_url)
ON CONFLICT (tenant_id) DO NOTHING`, o.values())
}

// nextAttempt numbers a new attempt after the old one, which cannot be paid any more. Where somebody else did so first, theirs is returned.
func (s *service) nextAttempt(ctx context.Context, tenant uuid.UUID, old int64, o order) (attempt, error) {
	values := o.values()
	values["old"] = old
	return s.number(ctx, "number a tenant's next checkout", tenant, `
UPDATE billing_checkouts SET attempt = attempt + 1, session = '', customer = @customer, plan = @plan, price = @price, metered = @metered,
	quantity = @quantity, interval = @interval, currency = @currency, trial_days = `+trialDays+`, tax = @tax, return_url = @return_url, created_at = now()
WHERE tenant_id = @tenant AND attempt = @old`, values)
}

// trialUsed asks whether the tenant has had its trial; trialDays is the trial that it may have.
const (
	trialUsed = "coalesce((SELECT trial_used FROM billing_subscriptions WHERE tenant_id = @tenant), false)"
	trialDays = "CASE WHEN " + trialUsed + " THEN 0 ELSE @trial_days END"
)

// number runs the statement, which may number an attempt, and returns the tenant's attempt after it.
func (s *service) number(ctx context.Context, reason string, tenant uuid.UUID, statement string, values map[string]any) (a attempt, err error) {
	values["tenant"] = tenant
	err = s.DB.System(ctx, reason, func(tx *db.SystemTx) error {
		if err := tx.Exec(statement, values).Error; err != nil {
			return err
		}
		return tx.Raw(`
SELECT attempt, session, customer, plan, price, metered, quantity, interval, currency, trial_days, tax, return_url, `+trialUsed+` AS trial_used
FROM billing_checkouts WHERE tenant_id = @tenant`, values).Scan(&a).Error
	})
	return a, err
}

func (s *service) keepSession(ctx context.Context, tenant uuid.UUID, a attempt, session string) error {
	if a.Session == session {
		return nil
	}
	return s.DB.System(ctx, "keep a tenant's checkout", func(tx *db.SystemTx) error {
		return tx.Exec("UPDATE billing_checkouts SET session = ? WHERE tenant_id = ? AND attempt = ?", session, tenant, a.Attempt).Error
	})
}

// abandon gives up an attempt that Stripe refused to open, so that the next request does not repeat it, and returns the cause.
func (s *service) abandon(ctx context.Context, tenant uuid.UUID, a attempt, cause error) error {
	if _, err := s.nextAttempt(ctx, tenant, a.Attempt, a.Order); err != nil {
		return err
	}
	return cause
}
