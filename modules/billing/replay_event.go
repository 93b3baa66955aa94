package billing

import (
	"context"
	"fmt"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

type replayInput struct {
	ID string `path:"id" minLength:"1" maxLength:"255" example:"evt_1abc"`
}

var (
	errNoEvent       = fault.New(fault.NotFound, "not_found", "There is no such event.")
	errNotReplayable = fault.New(fault.Conflict, "not_replayable", "An event of this type changes nothing here.")
)

// replayEvent has an event applied again, at once, whatever became of it: one that was about nobody of ours may be about somebody by now.
func (s *service) replayEvent(ctx context.Context, in *replayInput) (*Event, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	var found []Event
	err := s.DB.System(ctx, "replay an event from Stripe for an operator", func(tx *db.SystemTx) error {
		if err := eventsTx(tx).Where("e.id = ?", in.ID).Scan(&found).Error; err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoEvent
		}
		event := &found[0]
		if !handled(event.Type) {
			return errNotReplayable
		}
		event.State, event.ProcessedAt = "pending", nil
		if err := tx.Exec("UPDATE stripe_events SET state = 'pending', processed_at = NULL WHERE id = ?", event.ID).Error; err != nil {
			return fmt.Errorf("open the event again: %w", err)
		}
		// Not Unique: the job that is there may wait for a quarter of an hour. The second of two finds nothing to do.
		if err := s.Queue.Enqueue(ctx, tx, applyEvent{Event: event.ID, Customer: event.Customer}); err != nil {
			return err
		}
		return s.recordReplayTx(ctx, tx, event)
	})
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

func (s *service) recordReplayTx(ctx context.Context, tx *db.SystemTx, event *Event) error {
	ctx, err := s.AsOperator(ctx, tx)
	if err != nil {
		return err
	}
	const action = "billing.replay_event"
	about, detail := "event:"+event.ID, map[string]any{"type": event.Type}
	if event.TenantID != nil {
		if err := audit.RecordFor(ctx, tx, *event.TenantID, action, about, detail); err != nil {
			return err
		}
	}
	return audit.RecordSecurity(ctx, tx, action, about, detail)
}
