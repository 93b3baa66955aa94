package billing

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// applyEvent is the job that makes a tenant's subscription what Stripe says, after an event about its customer. The event's content does
// not matter, nor do its order and how often it came: Stripe is asked.
type applyEvent struct {
	Event    string `json:"event"`
	Customer string `json:"customer"`
}

// Kind names the job.
func (applyEvent) Kind() string { return "billing.apply_event" }

func (s *service) applyEvent(ctx context.Context, job applyEvent) error {
	if s.stripe == nil {
		return errOff
	}
	var tenant uuid.UUID
	err := s.DB.System(ctx, "find the tenant of an event from Stripe", func(tx *db.SystemTx) (err error) {
		tenant, err = tenantOfTx(tx, job.Customer)
		return err
	})
	if err != nil {
		return err
	}
	if tenant == uuid.Nil { // the customer was given up since
		return s.DB.System(ctx, "close an event of a former customer", func(tx *db.SystemTx) error { return closeEventTx(tx, job.Event, "ignored") })
	}
	_, err = s.refresh(ctx, tenant, job.Customer, func(tx *db.SystemTx) error { return closeEventTx(tx, job.Event, "applied") })
	return err
}

func closeEventTx(tx *db.SystemTx, event, state string) error {
	return tx.Exec("UPDATE stripe_events SET state = ?, processed_at = now() WHERE id = ? AND state = 'pending'", state, event).Error
}
