package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"slices"
	"time"
)

// DeliveryMode is how webhooks go wrong on their way; the zero value is as they should. Events are the same in all modes: only their
// deliveries differ.
type DeliveryMode struct {
	Duplicates   int  `json:"duplicates"`   // each delivery is sent that many times more
	Milliseconds int  `json:"milliseconds"` // each delivery begins that much later
	OutOfOrder   bool `json:"out_of_order"` // what is due together is sent one after the other, the newest first
	LosePercent  int  `json:"lose_percent"` // the share of deliveries that are never sent
	Forge        bool `json:"forge"`        // each delivery is followed by one of an event that never was, signed with a wrong secret
}

// SetDelivery changes the mode for what happens from now on; what is queued keeps its time.
func (e *Emulator) SetDelivery(m DeliveryMode) error {
	if m.Duplicates < 0 || m.Milliseconds < 0 || m.LosePercent < 0 || m.LosePercent > 100 {
		return errors.New("the mode of delivery has a negative number, or loses more than 100 percent")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mode = m
	return nil
}

// Delivery is the mode.
func (e *Emulator) Delivery() DeliveryMode {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.mode
}

// attempt is one sending of an event, for those who watch.
type attempt struct {
	Event, URL string
	Status     int // 0 is no answer
	At         time.Time
	Forged     bool
}

const keptAttempts = 500

func (e *Emulator) note(a attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tries = append(e.tries, a)
	e.tries = e.tries[max(0, len(e.tries)-keptAttempts):]
}

// enqueue plans the delivery of an event and reports whether there will be one; the lock is held. Whether one is lost depends on its ids, so
// that a state that is loaded again behaves the same.
func (e *Emulator) enqueue(event, endpoint string) bool {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(event + endpoint))
	if int(hash.Sum32()%100) < e.mode.LosePercent {
		return false
	}
	d := &delivery{Event: event, Endpoint: endpoint}
	if e.mode.Milliseconds > 0 {
		d.Next = time.Now().Add(time.Duration(e.mode.Milliseconds) * time.Millisecond)
	}
	e.state.Queue = append(e.state.Queue, d)
	return true
}

// misbehave sends what the mode adds to a delivery.
func (e *Emulator) misbehave(ctx context.Context, d *delivery) {
	mode := e.Delivery()
	for range mode.Duplicates {
		_, _ = e.send(ctx, d.Event, d.Endpoint) // the delivery itself decides whether it is retried
	}
	if mode.Forge {
		_, _ = e.Forge(ctx, d.Event)
	}
}

// Forge sends to every endpoint that wants the event a copy of it that never happened: with another id, and signed with a secret that is not
// the endpoint's. It returns the statuses that the endpoints answered; 0 is no answer.
func (e *Emulator) Forge(ctx context.Context, eventID string) ([]int, error) {
	e.mu.Lock()
	endpoints := slices.Clone(e.endpointsFor(eventID))
	e.mu.Unlock()
	var statuses []int
	for _, endpoint := range endpoints {
		payload, url, _, err := e.payload(eventID, endpoint)
		if err != nil {
			return statuses, err
		}
		var event object
		if err := json.Unmarshal(payload, &event); err != nil {
			return statuses, err
		}
		event["id"] = newID("evt")
		if payload, err = json.MarshalIndent(event, "", "  "); err != nil {
			return statuses, err
		}
		status, _ := e.post(ctx, url, payload, "whsec_"+randomText(32)) // no answer is status 0
		e.note(attempt{Event: text(event, "id"), URL: url, Status: status, At: time.Now(), Forged: true})
		statuses = append(statuses, status)
	}
	return statuses, nil
}
