package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

const (
	// seatsBatch is how long changes of the members are collected before Stripe is told: so long at least, and twice as long at most.
	seatsBatch = 5 * time.Second
	// seatRounds bounds how often one job follows members who change while it asks.
	seatRounds = 5
)

// syncSeats is the job that makes the quantity at Stripe the number of the tenant's members. It always looks at how things stand: so late,
// repeated and parallel ones end the same.
type syncSeats struct{ jobs.Outside }

// Kind names the job.
func (syncSeats) Kind() string { return "billing.sync_seats" }

// MembersChanged returns what accounts calls in the transaction in which somebody joins a tenant or is a member no longer.
func MembersChanged(d Deps) func(ctx context.Context, tx db.Enqueuer, tenant uuid.UUID) error {
	if d.Stripe.SecretKey == "" {
		return nil
	}
	s := &service{Deps: d}
	return s.membersChanged
}

// membersChanged has nothing to do for a tenant that never opened a checkout. One that subscribes has its members counted after that.
func (s *service) membersChanged(ctx context.Context, tx db.Enqueuer, tenant uuid.UUID) error {
	var customer bool
	const ask = "SELECT EXISTS (SELECT FROM billing_customers WHERE tenant_id = ?)"
	var err error
	switch tx := tx.(type) {
	case *db.Tx:
		err = tx.Raw(ask, tenant).Scan(&customer).Error
	case *db.SystemTx:
		err = tx.Raw(ask, tenant).Scan(&customer).Error
	default:
		customer = true
	}
	if err != nil || !customer {
		return err
	}
	return s.enqueueSeatsTx(ctx, tx, tenant)
}

func (s *service) enqueueSeatsTx(ctx context.Context, tx db.Enqueuer, tenant uuid.UUID) error {
	options := []jobs.Option{jobs.Batched(seatsBatch)}
	if tx.JobTenant() == uuid.Nil {
		options = append(options, jobs.ForTenant(tenant))
	}
	return s.Queue.Enqueue(ctx, tx, syncSeats{}, options...)
}

func (s *service) seatsJob(ctx context.Context, _ syncSeats) error {
	if s.stripe == nil {
		return nil
	}
	return s.syncSeats(ctx, access.From(ctx).Tenant)
}

// seatsOf is what of a subscription decides whether its quantity has to be looked at.
type seatsOf struct {
	subscription, status, plan, item string
	quantity                         int64
}

func (s subscription) seats() seatsOf {
	return seatsOf{s.StripeID, s.Status, s.Plan, s.Item, s.Quantity}
}

// countable reports whether Stripe lets the quantity be changed. What is not countable is looked at again when its status changes.
func (s seatsOf) countable() bool {
	switch stripe.SubscriptionStatus(s.status) {
	case stripe.SubscriptionStatusActive, stripe.SubscriptionStatusTrialing, stripe.SubscriptionStatusPastDue, stripe.SubscriptionStatusPaused:
		return s.plan != "" && s.item != ""
	default:
		return false
	}
}

// syncSeats makes the quantity at Stripe what the tenant's plan and members ask for: 1, or the members on a plan per seat. It compares again
// after each change with what Stripe and our tables say then: the last of several that run at once leaves it right.
func (s *service) syncSeats(ctx context.Context, tenant uuid.UUID) error {
	ctx = access.With(ctx, access.Actor{Kind: access.Job, Tenant: tenant})
	for range seatRounds {
		customer, err := s.payer(ctx)
		if err != nil || customer == "" {
			return err
		}
		now, err := s.refresh(ctx, tenant, customer, nil)
		if err != nil || !now.seats().countable() {
			return err
		}
		members, answered, err := s.standingSeats(ctx)
		if err != nil {
			return err
		}
		wanted := s.seatsFor(now.Plan, members)
		if now.Quantity == wanted {
			return nil
		}
		if err := s.setQuantity(ctx, now, wanted, answered); err != nil {
			return err
		}
	}
	return s.DB.System(ctx, "look at a tenant's seats again", func(tx *db.SystemTx) error { return s.enqueueSeatsTx(ctx, tx, tenant) })
}

// payer is the customer at Stripe of the tenant of ctx; "" when there is none.
func (s *service) payer(ctx context.Context) (customer string, err error) {
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT coalesce((SELECT stripe_id FROM billing_customers), '')").Scan(&customer).Error
	})
	return customer, err
}

// standingSeats is how many members the tenant of ctx has, and the number of the last question to Stripe that was answered.
func (s *service) standingSeats(ctx context.Context) (members, answered int64, err error) {
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if members, err = s.Seats(ctx, tx); err != nil {
			return err
		}
		return tx.Raw("SELECT answered FROM billing_subscriptions").Scan(&answered).Error
	})
	return members, answered, err
}

// seatsFor is the quantity at Stripe of a tenant with so many members on the plan.
func (s *service) seatsFor(key string, members int64) int64 {
	if p, _ := s.Plans.Find(key); !p.PerSeat {
		return 1
	}
	return max(1, members)
}

// setQuantity asks Stripe for the quantity. What it charges or credits for the rest of the period is on the next invoice. The idempotency key
// names what stood when it was decided: each refresh has another number, so that a change there and back again is not taken for a repetition.
func (s *service) setQuantity(ctx context.Context, now subscription, wanted, answered int64) error {
	params := &stripe.SubscriptionItemParams{Quantity: stripe.Int64(wanted), ProrationBehavior: stripe.String("create_prorations")}
	params.Context = ctx
	params.SetIdempotencyKey(fmt.Sprintf("seats-%s-%d-%d-%d", now.Item, answered, now.Quantity, wanted))
	_, err := s.stripe.SubscriptionItems.Update(now.Item, params)
	if refused(err) && now.Status == string(stripe.SubscriptionStatusPaused) {
		s.Log.WarnContext(ctx, "the seats of a paused subscription are changed when it goes on", "subscription", now.StripeID, "error", err)
		return nil
	}
	return asFault("change the quantity", err)
}
