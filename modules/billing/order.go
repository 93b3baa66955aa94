package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// order is what a checkout sells, and to whom.
type order struct {
	Customer  string
	Plan      string
	Price     string
	Quantity  int64
	ReturnURL string
}

// attempt is the tenant's numbered checkout. Session is "" until Stripe's answer was kept.
type attempt struct {
	Attempt int64
	Session string
	Order   order `gorm:"embedded"`
}

// attempts bounds how often somebody else's checkout may get in between.
const attempts = 5

// placeOrder returns the address of the tenant's one open checkout, which sells o. One that sells something else is closed at Stripe
// before the next is numbered, and the number is the idempotency key: so no two that could be paid are ever open.
func (s *service) placeOrder(ctx context.Context, o order) (string, error) {
	tenant := access.From(ctx).Tenant
	a, err := s.attempt(ctx, tenant, o)
	for range attempts {
		if err != nil {
			return "", err
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
	params := &stripe.CheckoutSessionParams{
		Mode: stripe.String(string(stripe.CheckoutSessionModeSubscription)), Customer: stripe.String(a.Order.Customer),
		ClientReferenceID: stripe.String(tenant.String()),
		SuccessURL:        stripe.String(a.Order.ReturnURL + "?checkout=done"), CancelURL: stripe.String(a.Order.ReturnURL + "?checkout=canceled"),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(a.Order.Price), Quantity: stripe.Int64(a.Order.Quantity)}},
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{
			Metadata: map[string]string{tenantMetadata: tenant.String(), planMetadata: a.Order.Plan},
		},
	}
	params.Context = ctx
	params.SetIdempotencyKey(fmt.Sprintf("checkout-%s-%d", tenant, a.Attempt))
	session, err := s.stripe.CheckoutSessions.New(params)
	if err == nil && session.LastResponse.Header.Get("Idempotent-Replayed") == "true" {
		return s.stripe.CheckoutSessions.Get(session.ID, get) // a replay tells how the session was when it was made
	}
	return session, err
}

// attempt returns the tenant's attempt, the first one if there is none.
func (s *service) attempt(ctx context.Context, tenant uuid.UUID, o order) (a attempt, err error) {
	err = s.DB.System(ctx, "find a tenant's checkout", func(tx *db.SystemTx) error {
		err := tx.Exec(`
INSERT INTO billing_checkouts (tenant_id, attempt, customer, plan, price, quantity, return_url) VALUES (?, 1, ?, ?, ?, ?, ?)
ON CONFLICT (tenant_id) DO NOTHING`, tenant, o.Customer, o.Plan, o.Price, o.Quantity, o.ReturnURL).Error
		if err != nil {
			return err
		}
		return tx.Raw(currentAttempt, tenant).Scan(&a).Error
	})
	return a, err
}

const currentAttempt = "SELECT attempt, session, customer, plan, price, quantity, return_url FROM billing_checkouts WHERE tenant_id = ?"

// nextAttempt numbers a new attempt after the old one, which cannot be paid any more. Where somebody else did so first, theirs is returned.
func (s *service) nextAttempt(ctx context.Context, tenant uuid.UUID, old int64, o order) (a attempt, err error) {
	err = s.DB.System(ctx, "number a tenant's next checkout", func(tx *db.SystemTx) error {
		err := tx.Exec(`
UPDATE billing_checkouts SET attempt = attempt + 1, session = '', customer = ?, plan = ?, price = ?, quantity = ?, return_url = ?, created_at = now()
WHERE tenant_id = ? AND attempt = ?`, o.Customer, o.Plan, o.Price, o.Quantity, o.ReturnURL, tenant, old).Error
		if err != nil {
			return err
		}
		return tx.Raw(currentAttempt, tenant).Scan(&a).Error
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
