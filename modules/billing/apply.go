package billing

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

// applyEvent is the job that makes what an event is about as Stripe says. The event's content does not matter, nor do its order and how often
// it came: Stripe is asked.
type applyEvent struct {
	jobs.Outside
	Event    string `json:"event"`
	Customer string `json:"customer"`
}

// Kind names the job.
func (applyEvent) Kind() string { return "billing.apply_event" }

// errBroken stays when an attempt ends with a panic.
var errBroken = errors.New("the attempt broke off; the log says where")

func (s *service) applyEvent(ctx context.Context, job applyEvent) (err error) {
	if s.stripe == nil {
		return errOff
	}
	event, tenant, err := s.beginEvent(ctx, job)
	if err != nil || event.ID == "" {
		return err
	}
	err = errBroken
	defer func() {
		if err != nil {
			s.noteFailure(ctx, event.ID, err)
		}
	}()
	switch {
	case incident(event.Type):
		err = s.applyIncident(ctx, event)
	case tenant == uuid.Nil: // the customer was given up since
		err = s.closeEvent(ctx, event.ID, event.Customer, "ignored")
	default:
		_, err = s.refresh(ctx, tenant, event.Customer, func(tx *db.SystemTx) error { return closeCoveredTx(tx, event) })
	}
	return err
}

// begun is an event that is being applied.
type begun struct {
	ID       string
	Type     string
	Object   string
	Customer string
	At       time.Time // by the database's clock, before Stripe is asked
}

// beginEvent counts the attempt. The event is the zero value when it is applied already.
func (s *service) beginEvent(ctx context.Context, job applyEvent) (event begun, tenant uuid.UUID, err error) {
	err = s.DB.System(ctx, "begin to apply an event from Stripe", func(tx *db.SystemTx) error {
		err := tx.Raw(`
UPDATE stripe_events SET attempts = attempts + 1 WHERE id = ? AND state = 'pending'
RETURNING id, type, object, customer, clock_timestamp() AS at`, job.Event).Scan(&event).Error
		if err == nil && event.ID != "" {
			tenant, err = tenantOfTx(tx, event.Customer)
		}
		return err
	})
	return event, tenant, err
}

// closeCoveredTx closes the event, and with it all events of its customer that came before Stripe was asked: the answer holds what they tell of.
// The subscription's row is locked, so no two do that for one customer at once.
func closeCoveredTx(tx *db.SystemTx, event begun) error {
	return tx.Exec(`
UPDATE stripe_events SET state = 'applied', error = '', processed_at = now()
WHERE state = 'pending' AND (id = ? OR (customer = ? AND received_at <= ? AND type NOT IN ?))`,
		event.ID, event.Customer, event.At, incidentTypes).Error
}

// closeEvent keeps whom the event turned out to be about, and that nothing waits to be done.
func (s *service) closeEvent(ctx context.Context, id, customer, state string) error {
	return s.DB.System(ctx, "close an event from Stripe", func(tx *db.SystemTx) error { return closeEventTx(tx, id, customer, state) })
}

func closeEventTx(tx *db.SystemTx, id, customer, state string) error {
	return tx.Exec("UPDATE stripe_events SET state = ?, customer = ?, error = '', processed_at = now() WHERE id = ? AND state = 'pending'",
		state, customer, id).Error
}

// noteTimeout bounds how long a failure is written down, also when the job's own time is over.
const noteTimeout = 5 * time.Second

// noteFailure keeps why the attempt failed where operators see it. The job is tried again in any case, so it is no error when that fails too.
func (s *service) noteFailure(ctx context.Context, event string, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	err := s.DB.System(ctx, "note why an event from Stripe was not applied", func(tx *db.SystemTx) error {
		return tx.Exec("UPDATE stripe_events SET error = ? WHERE id = ? AND state = 'pending'", reason(cause), event).Error
	})
	if err != nil {
		s.Log.WarnContext(ctx, "why an event from Stripe was not applied could not be noted", "event", event, "error", err)
	}
}

// secrets are keys of Stripe's, and credentials in addresses.
var secrets = regexp.MustCompile(`\b(sk|rk|whsec)_\w+|//[^\s/@]+@`)

const longestReason = 500

// reason is the error's text for operators: in Stripe's words where it answered, without secrets, and not long.
func reason(err error) string {
	text := err.Error()
	if e, answered := errors.AsType[*stripe.Error](err); answered {
		text = fmt.Sprintf("Stripe answered %d %s: %s", e.HTTPStatusCode, e.Code, e.Msg)
	}
	text = secrets.ReplaceAllString(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""), "...")
	if letters := []rune(text); len(letters) > longestReason {
		text = string(letters[:longestReason])
	}
	return text
}
