package stripe

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// delivery is one event on its way to one endpoint.
type delivery struct {
	Event    string    `json:"event"`
	Endpoint string    `json:"endpoint"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next"` // by the real clock

	busy bool
}

// retries are the waits after failed attempts: quick at first, for somebody who watches, then over three days as Stripe does.
var retries = []time.Duration{
	200 * time.Millisecond, time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute,
	time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

const parallelDeliveries = 8

// Sign is the Stripe-Signature header of a payload that is sent at the time t to the endpoint with the secret.
func Sign(secret string, t time.Time, payload []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.", t.Unix())
	mac.Write(payload)
	return fmt.Sprintf("t=%d,v1=%s", t.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

func (e *Emulator) wakeUp() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// deliverAll sends what is due until ctx ends.
func (e *Emulator) deliverAll(ctx context.Context) {
	slots := make(chan struct{}, parallelDeliveries)
	var sending sync.WaitGroup
	defer sending.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due, wait, inTurn := e.due()
		atOnce := due
		if inTurn {
			atOnce = nil
			sending.Go(func() {
				for _, d := range due {
					e.deliver(ctx, d)
				}
			})
		}
		for _, d := range atOnce {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			sending.Go(func() {
				defer func() { <-slots }()
				e.deliver(ctx, d)
			})
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		case <-timer.C:
			e.Tick()
		}
	}
}

// deliver sends once, and as often more as the mode says.
func (e *Emulator) deliver(ctx context.Context, d *delivery) {
	status, err := e.send(ctx, d.Event, d.Endpoint)
	if err == nil {
		e.misbehave(ctx, d)
	}
	e.settle(d, err == nil && status/100 == 2)
}

// due takes the deliveries whose time has come, says how long to wait for the next, and whether they are to be sent one after the other.
func (e *Emulator) due() ([]*delivery, time.Duration, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, wait := time.Now(), time.Minute
	var due []*delivery
	for _, d := range e.state.Queue {
		switch {
		case d.busy || e.held:
		case d.Next.After(now):
			wait = min(wait, d.Next.Sub(now))
		default:
			d.busy = true
			due = append(due, d)
		}
	}
	if e.mode.OutOfOrder {
		slices.Reverse(due)
	}
	return due, wait, e.mode.OutOfOrder
}

// settle removes a delivery that arrived, or plans the next attempt.
func (e *Emulator) settle(d *delivery, arrived bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d.busy = false
	if !arrived && d.Attempts < len(retries) {
		d.Next = time.Now().Add(retries[d.Attempts])
		d.Attempts++
	} else {
		e.forget(d.Event, d.Endpoint)
	}
	e.persist()
	e.wakeUp()
}

// forget takes a delivery out of the queue; the lock is held.
func (e *Emulator) forget(eventID, endpointID string) {
	before := len(e.state.Queue)
	e.state.Queue = slices.DeleteFunc(e.state.Queue, func(d *delivery) bool { return d.Event == eventID && d.Endpoint == endpointID })
	if event := e.state.find("event", eventID); event != nil && len(e.state.Queue) < before {
		event["pending_webhooks"] = number(event, "pending_webhooks") - 1
	}
}

// send posts the event to the endpoint once.
func (e *Emulator) send(ctx context.Context, eventID, endpointID string) (int, error) {
	payload, url, secret, err := e.payload(eventID, endpointID)
	if err != nil {
		return 0, err
	}
	status, err := e.post(ctx, url, payload, secret)
	e.note(attempt{Event: eventID, URL: url, Status: status, At: time.Now()})
	switch {
	case err != nil:
		e.log.Warn("a webhook did not arrive", "event", eventID, "url", url, "error", err)
	case status/100 != 2:
		e.log.Warn("a webhook was not accepted", "event", eventID, "url", url, "status", status)
	}
	return status, err
}

// post sends the payload, signed with the secret, and returns the status of the answer.
func (e *Emulator) post(ctx context.Context, url string, payload []byte, secret string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(payload)) //nolint:gosec // whoever has the API key chose the address
	if err != nil {
		return 0, fmt.Errorf("address the webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "Stripe/1.0 (emulator)")
	req.Header.Set("Stripe-Signature", Sign(secret, e.now(), payload))
	resp, err := e.client.Do(req) //nolint:gosec // see above
	if err != nil {
		return 0, fmt.Errorf("send the webhook: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, nil
}

// payload is the event as the endpoint receives it, with the version that the endpoint is pinned to.
func (e *Emulator) payload(eventID, endpointID string) (payload []byte, url, secret string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	event, endpoint := e.state.find("event", eventID), e.state.find("webhook_endpoint", endpointID)
	if event == nil || endpoint == nil {
		return nil, "", "", fmt.Errorf("event %s or endpoint %s is gone", eventID, endpointID)
	}
	event = clone(event).(object)
	if version := text(endpoint, "api_version"); version != "" {
		event["api_version"] = version
	}
	payload, err = json.MarshalIndent(event, "", "  ")
	return payload, text(endpoint, "url"), e.state.Secrets[endpointID], err
}
