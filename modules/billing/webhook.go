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

// eventTypes are the events that can change what a tenant subscribes to; Sync asks Stripe for these.
var eventTypes = []string{
	"checkout.session.completed", "customer.deleted",
	"customer.subscription.created", "customer.subscription.deleted", "customer.subscription.paused", "customer.subscription.resumed",
	"customer.subscription.updated", "invoice.paid", "invoice.payment_failed",
}

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

// receiveTx keeps the event and, if it is new and about a tenant of ours, puts in the job that applies it.
func (s *service) receiveTx(ctx context.Context, tx *db.SystemTx, event stripe.Event) error {
	customer := customerIn(event)
	tenant := uuid.Nil
	if customer != "" && slices.Contains(eventTypes, string(event.Type)) {
		var err error
		if tenant, err = tenantOfTx(tx, customer); err != nil {
			return fmt.Errorf("find the event's tenant: %w", err)
		}
	}
	state := "pending"
	if tenant == uuid.Nil {
		state = "ignored"
	}
	res := tx.Exec("INSERT INTO stripe_events (id, type, customer, state, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		event.ID, string(event.Type), customer, state, time.Unix(event.Created, 0).UTC())
	if res.Error != nil {
		return fmt.Errorf("keep the event: %w", res.Error)
	}
	if res.RowsAffected == 0 || state == "ignored" {
		return nil
	}
	return s.enqueueApplyTx(ctx, tx, event.ID, customer)
}

// customerIn is the id of the customer that the event is about, "" when it is about none.
func customerIn(event stripe.Event) string {
	if event.Data == nil {
		return ""
	}
	field := "customer"
	if event.Data.Object["object"] == "customer" {
		field = "id"
	}
	id, _ := event.Data.Object[field].(string)
	return id
}
