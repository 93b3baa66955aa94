package stripe

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Event is what a test needs to know of an event to deliver it when and as often as it likes.
type Event struct {
	ID, Type string
	Customer string // the customer it is about; "" for others
}

// Hold queues webhooks without sending them until Release.
func (e *Emulator) Hold() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held = true
}

// Release sends what is queued.
func (e *Emulator) Release() {
	e.mu.Lock()
	e.held = false
	e.mu.Unlock()
	e.wakeUp()
}

// Drop takes an event out of the queue: its webhook is lost.
func (e *Emulator) Drop(eventID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, endpoint := range e.endpointsFor(eventID) {
		e.forget(eventID, endpoint)
	}
}

// Pending is how many webhooks are queued or on their way.
func (e *Emulator) Pending() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.state.Queue)
}

// Events lists what happened, oldest first; a customer limits it to what is about that one.
func (e *Emulator) Events(customer string) []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	var events []Event
	e.state.each("event", func(o object) {
		about := child(child(o, "data"), "object")
		ev := Event{ID: text(o, "id"), Type: text(o, "type"), Customer: text(about, "customer")}
		if text(about, "object") == "customer" {
			ev.Customer = text(about, "id")
		}
		if customer == "" || ev.Customer == customer {
			events = append(events, ev)
		}
	})
	return events
}

// Deliver sends an event to every endpoint that wants it, as many times as told, all at once, whether it is held or not.
// It returns the statuses that the endpoints answered; 0 is no answer. The event is then no longer queued.
func (e *Emulator) Deliver(ctx context.Context, eventID string, times int) []int {
	e.mu.Lock()
	endpoints := e.endpointsFor(eventID)
	e.mu.Unlock()
	statuses := make([]int, len(endpoints)*times)
	var sending sync.WaitGroup
	for i := range statuses {
		sending.Go(func() { statuses[i], _ = e.send(ctx, eventID, endpoints[i/times]) })
	}
	sending.Wait()
	e.Drop(eventID)
	return statuses
}

func (e *Emulator) endpointsFor(eventID string) []string {
	var ids []string
	event := e.state.find("event", eventID)
	e.state.each("webhook_endpoint", func(o object) {
		if wants(o, text(event, "type")) {
			ids = append(ids, text(o, "id"))
		}
	})
	return ids
}

// Payload is the body of the event's webhook to the endpoint at url, and that endpoint's secret.
func (e *Emulator) Payload(eventID, url string) (payload []byte, secret string, err error) {
	e.mu.Lock()
	id := ""
	e.state.each("webhook_endpoint", func(o object) {
		if o["url"] == url {
			id = text(o, "id")
		}
	})
	e.mu.Unlock()
	if id == "" {
		return nil, "", fmt.Errorf("no webhook endpoint at %s", url)
	}
	payload, _, secret, err = e.payload(eventID, id)
	return payload, secret, err
}

// Renew ends the subscription's period now and bills the next one, without the hour for which Stripe leaves such an invoice a draft.
func (e *Emulator) Renew(subscriptionID string) error { return e.RenewAgo(subscriptionID, 0) }

// RenewAgo does what Renew does as if it were so long ago: the invoice is as old.
func (e *Emulator) RenewAgo(subscriptionID string, ago time.Duration) error {
	return e.change(subscriptionID, func(c *call, o object) {
		c = c.at(c.now() - seconds(ago))
		o["current_period_end"] = c.now()
		if invoice := c.renew(o); flag(invoice, "auto_advance") {
			c.advanceDraft(invoice)
		}
	})
}

// SetStatus puts a subscription into a status to which Stripe brings it by its settings and the passing of time, never by a request:
// unpaid after the last failed charge, paused when a trial ends without a card, and so on.
func (e *Emulator) SetStatus(subscriptionID, status string) error {
	return e.change(subscriptionID, func(c *call, o object) {
		if status == "canceled" {
			c.endSubscription(o)
			return
		}
		before := clone(o).(object)
		o["status"] = status
		c.emit("customer.subscription.updated", o, before)
	})
}

// change does fn to a subscription that is not over.
func (e *Emulator) change(subscriptionID string, fn func(c *call, o object)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.state.find("subscription", subscriptionID)
	if o == nil || o["status"] == "canceled" {
		return fmt.Errorf("no subscription %q that is not over", subscriptionID)
	}
	fn((&call{e: e}).of(o), o)
	e.persist()
	e.wakeUp()
	return nil
}

// SettleDispute puts a dispute into a status to which the bank brings it: under_review, won, lost and so on.
func (e *Emulator) SettleDispute(id, status string) error {
	return e.bring("dispute", id, func(c *call, o object) {
		before := clone(o).(object)
		o["status"] = status
		if status == "won" || status == "lost" {
			c.emit("charge.dispute.closed", o, nil)
		}
		c.emit("charge.dispute.updated", o, before)
	})
}

// FailRefund lets the bank refuse a refund that had succeeded: the money is the account's again.
func (e *Emulator) FailRefund(id string) error {
	return e.bring("refund", id, func(c *call, o object) {
		before, charged := clone(o).(object), c.e.state.find("charge", text(o, "charge"))
		o["status"], o["failure_reason"] = "failed", "lost_or_stolen_card"
		charged["amount_refunded"], charged["refunded"] = number(charged, "amount_refunded")-number(o, "amount"), false
		c.emit("charge.refund.updated", o, before)
	})
}

// bring does fn to an object of the kind.
func (e *Emulator) bring(kind, id string, fn func(c *call, o object)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.state.find(kind, id)
	if o == nil {
		return fmt.Errorf("no %s %q", kind, id)
	}
	fn((&call{e: e}).of(o), o)
	e.persist()
	e.wakeUp()
	return nil
}
