package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"saaskit/platform/db"
	"saaskit/platform/fault"
)

const (
	hookPath = "/stripe"
	// tolerance is how far an event's time may be from ours, either way; Stripe signs anew for each delivery.
	tolerance = 300 * time.Second
)

var (
	errSignature = fault.New(fault.Malformed, "webhook_signature", "The signature is missing, wrong or too old.")
	errLivemode  = fault.New(fault.Malformed, "webhook_livemode", "The event is of Stripe's other mode: live or test.")
	errVersion   = fault.New(fault.Malformed, "webhook_version", "The event is of another API version than "+stripe.APIVersion+". Run app billing sync, which makes an endpoint of that version.")
)

// eventTypes are the events that something follows from; Sync asks Stripe for these, and so does who looks for lost ones: of twenty at most.
var eventTypes = append([]string{
	"checkout.session.completed", "customer.deleted",
	"customer.subscription.created", "customer.subscription.deleted", "customer.subscription.paused", "customer.subscription.resumed",
	"customer.subscription.trial_will_end", "customer.subscription.updated",
	"invoice.marked_uncollectible", "invoice.paid", "invoice.payment_action_required", "invoice.payment_failed", "invoice.voided",
}, incidentTypes...)

// webhook takes one event from Stripe: it is verified, kept once with the job that applies it, and answered.
func (s *service) webhook(ctx context.Context, body []byte, header http.Header) error {
	if s.stripe == nil {
		return errOff
	}
	secret, err := s.webhookSecret(ctx)
	if err != nil {
		return err
	}
	if secret == "" {
		return errNotSynced
	}
	event, err := s.verify(body, header.Get("Stripe-Signature"), secret)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "keep an event from Stripe", func(tx *db.SystemTx) error {
		return s.receiveTx(ctx, tx, event)
	})
}

// verify reads an event whose signature, time, mode and version are right.
func (s *service) verify(body []byte, signature, secret string) (stripe.Event, error) {
	event, err := webhook.ConstructEventWithOptions(body, signature, secret, webhook.ConstructEventOptions{
		IgnoreTolerance: true, IgnoreAPIVersionMismatch: true, // both are checked below: the client lets the future pass
	})
	if err != nil {
		return event, errSignature.Wrap(err)
	}
	signed, err := signedAt(signature)
	if err != nil {
		return event, errSignature.Wrap(err)
	}
	if off := s.Now().Sub(signed); off.Abs() > tolerance {
		return event, errSignature.Wrap(fmt.Errorf("it was signed %s ago", off))
	}
	if event.Livemode != s.live {
		return event, errLivemode
	}
	if event.APIVersion != stripe.APIVersion {
		return event, errVersion.Wrap(fmt.Errorf("the event's version is %q", event.APIVersion))
	}
	return event, nil
}

// signedAt reads t of a verified Stripe-Signature header. Two of them are refused: one could be signed and the other checked.
func signedAt(signature string) (time.Time, error) {
	var at time.Time
	for part := range strings.SplitSeq(signature, ",") {
		text, is := strings.CutPrefix(part, "t=")
		if !is {
			continue
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !at.IsZero() {
			return at, errors.New("its time is not one number")
		}
		at = time.Unix(seconds, 0)
	}
	if at.IsZero() {
		return at, errors.New("it has no time")
	}
	return at, nil
}

// receiveTx keeps the event and, if it is new and may be about a tenant of ours, puts in the job that applies it. Stripe is not asked: whoever
// an event is about that names no customer, the job finds out.
func (s *service) receiveTx(ctx context.Context, tx *db.SystemTx, event stripe.Event) error {
	object, customer := about(event)
	state := "ignored"
	if handled(string(event.Type)) {
		tenant, err := tenantOfTx(tx, customer)
		if err != nil {
			return fmt.Errorf("find the event's tenant: %w", err)
		}
		if tenant != uuid.Nil || (customer == "" && incident(string(event.Type))) {
			state = "pending"
		}
	}
	res := tx.Exec("INSERT INTO stripe_events (id, type, object, customer, state, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		event.ID, string(event.Type), object, customer, state, time.Unix(event.Created, 0).UTC())
	if res.Error != nil {
		return fmt.Errorf("keep the event: %w", res.Error)
	}
	if res.RowsAffected == 0 || state == "ignored" {
		return nil
	}
	return s.enqueueApplyTx(ctx, tx, event.ID, customer)
}

// handled reports whether something follows from events of the type.
func handled(eventType string) bool { return slices.Contains(eventTypes, eventType) }

// about reads the ids of the object and of the customer that the event is about; "" where it names none.
func about(event stripe.Event) (object, customer string) {
	if event.Data == nil {
		return "", ""
	}
	object, _ = event.Data.Object["id"].(string)
	if event.Data.Object["object"] == "customer" {
		return object, object
	}
	customer, _ = event.Data.Object["customer"].(string)
	return object, customer
}
