package billing

import (
	"context"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// account is what our own tables know of a tenant at Stripe.
type account struct {
	subscription            // as it was kept
	customer     string     // "" when there is none
	changedAt    *time.Time // when the plan was changed here last
}

func (s *service) account(ctx context.Context) (a account, err error) {
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var c []customer
		if err := tx.Raw("SELECT stripe_id FROM billing_customers").Scan(&c).Error; err != nil {
			return err
		}
		if len(c) == 1 {
			a.customer = value(c[0].StripeID)
		}
		if a.subscription, err = kept(tx); err != nil {
			return err
		}
		var last []struct{ ChangedAt *time.Time }
		if err := tx.Raw("SELECT changed_at FROM billing_subscriptions").Scan(&last).Error; err != nil {
			return err
		}
		if len(last) == 1 {
			a.changedAt = last[0].ChangedAt
		}
		return nil
	})
	return a, err
}

// ask is the account of the request's tenant with its subscription as Stripe has it now: one that was paid for once, or is on trial, and is
// not over.
func (s *service) ask(ctx context.Context) (account, error) {
	if s.stripe == nil {
		return account{}, errOff
	}
	a, err := s.account(ctx)
	if err != nil {
		return a, err
	}
	if a.customer == "" {
		return a, errNoSubscription
	}
	a.subscription, err = s.refresh(ctx, access.From(ctx).Tenant, a.customer, nil)
	if err == nil && (!a.live() || a.Status == string(stripe.SubscriptionStatusIncomplete)) {
		err = errNoSubscription
	}
	return a, err
}

// update changes the subscription at Stripe for the request's actor and answers with what follows from it. The parameters say how things shall
// be, and not what to add: sent twice, they do the same.
func (s *service) update(ctx context.Context, a account, params *stripe.SubscriptionParams, action string, detail map[string]any) (*Billing, error) {
	params.Context = ctx
	_, err := s.stripe.Subscriptions.Update(a.StripeID, params)
	if gone(err) {
		return nil, errNoSubscription.Wrap(err)
	}
	if err != nil {
		return nil, asUnsure(action, err)
	}
	return s.note(ctx, a, action, detail)
}

// note keeps what became of the subscription and records who changed it.
func (s *service) note(ctx context.Context, a account, action string, detail map[string]any) (*Billing, error) {
	tenant := access.From(ctx).Tenant
	_, err := s.refresh(ctx, tenant, a.customer, func(tx *db.SystemTx) error {
		return audit.RecordFor(ctx, tx, tenant, action, a.StripeID, detail)
	})
	if err != nil {
		return nil, err
	}
	return s.get(ctx, nil)
}
