package billing

import (
	"context"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

// resumeEvents is the job that puts the job of an event in again when the event still waits and its job was given up or discarded, as after
// hours without Stripe or with a wrong key.
type resumeEvents struct{}

// Kind names the job.
func (resumeEvents) Kind() string { return "billing.resume_events" }

// purgeEvents is the daily job that deletes events that were dealt with long ago.
type purgeEvents struct{}

// Kind names the job.
func (purgeEvents) Kind() string { return "billing.purge_events" }

const (
	resumeEvery  = 10 * time.Minute
	eventsAtOnce = 500
	// attemptsAtMost is when an event is left to operators: after four days of failures, longer than Stripe sends it again.
	attemptsAtMost = 500
)

// waiting is an event that was not applied yet.
type waiting struct {
	ID         string
	Customer   string
	ReceivedAt time.Time
}

// resumeEvents leaves an event alone whose job is still tried: that one is Unique. Without a key nothing could be applied, so nothing is put in.
func (s *service) resumeEvents(ctx context.Context, _ resumeEvents) error {
	if s.stripe == nil {
		return nil
	}
	page := make([]waiting, 1) // before the first
	for len(page) > 0 {
		last := page[len(page)-1]
		page = nil
		err := s.DB.System(ctx, "put jobs of waiting events in again", func(tx *db.SystemTx) error {
			err := tx.Raw(`
SELECT id, customer, received_at FROM stripe_events
WHERE state = 'pending' AND attempts < ? AND received_at < now() - interval '10 minutes' AND (received_at, id) > (?, ?)
ORDER BY received_at, id LIMIT ?`, attemptsAtMost, last.ReceivedAt, last.ID, eventsAtOnce).Scan(&page).Error
			if err != nil {
				return err
			}
			for _, event := range page {
				if err := s.enqueueApplyTx(ctx, tx, event.ID, event.Customer); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *service) enqueueApplyTx(ctx context.Context, tx *db.SystemTx, event, customer string) error {
	return s.Queue.Enqueue(ctx, tx, applyEvent{Event: event, Customer: customer}, jobs.Unique())
}

// purgeEvents keeps 90 days, far longer than Stripe sends an event again.
func (s *service) purgeEvents(ctx context.Context, _ purgeEvents) error {
	for deleted := int64(eventsAtOnce); deleted == eventsAtOnce; {
		err := s.DB.System(ctx, "delete old events from Stripe", func(tx *db.SystemTx) error {
			old := tx.Exec(`
DELETE FROM stripe_events WHERE id IN (
	SELECT id FROM stripe_events WHERE state <> 'pending' AND received_at < now() - interval '90 days' LIMIT ?)`, eventsAtOnce)
			deleted = old.RowsAffected
			return old.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
