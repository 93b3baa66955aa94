package billing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

// Reconcile finds what of Stripe's state is not ours, as after events that were lost for days, and repairs it. It writes to out what it looked
// at and what it repaired. The events that it takes in are applied by the worker.
func Reconcile(ctx context.Context, d Deps, out io.Writer) error {
	s := newService(d)
	if s.stripe == nil {
		return errors.New("STRIPE_SECRET_KEY is not set, so there is no Stripe to compare with")
	}
	r := &reconciling{service: s, out: out}
	if err := r.catchUp(ctx, 0); err != nil {
		return err
	}
	r.print("Events at Stripe since %s: %d. Never arrived and taken in now: %d.", r.since.Format(time.RFC3339), r.listed, r.taken)
	done, err := r.sweep(ctx, &sweepSubscriptions{}, 0)
	if err != nil {
		return err
	}
	if !done {
		r.print("No tenant has ever opened a checkout, so there is no subscription to compare.")
		return r.err
	}
	r.print("Subscriptions at Stripe: %d. Tenants repaired: %d, seats repaired: %d, tenants with two live subscriptions: %d.", r.seen, r.repaired, r.seats, r.doubles)
	return r.err
}

// reconciling is one run. out, if not nil, is told of each repair.
type reconciling struct {
	*service
	out io.Writer
	err error // of writing

	since                          time.Time
	listed, taken                  int // events
	seen, repaired, seats, doubles int // subscriptions and tenants
}

func (r *reconciling) print(format string, args ...any) {
	if r.out == nil {
		return
	}
	if _, err := fmt.Fprintf(r.out, format+"\n", args...); err != nil && r.err == nil {
		r.err = fmt.Errorf("write the report: %w", err)
	}
}

const (
	catchUpEvery = 10 * time.Minute
	sweepEvery   = 24 * time.Hour
	// inFlight is how old an event must be before a job takes it for lost.
	inFlight = 5 * time.Minute
	// workTime is after how long a job hands over to the next one, well within the time that a job has.
	workTime = 20 * time.Second
)

// catchUpEvents is the job that takes in the events that never arrived.
type catchUpEvents struct{ jobs.Outside }

// Kind names the job.
func (catchUpEvents) Kind() string { return "billing.catch_up_events" }

func (s *service) catchUpEvents(ctx context.Context, _ catchUpEvents) error {
	if s.stripe == nil {
		return nil
	}
	r := &reconciling{service: s}
	return r.catchUp(ctx, inFlight)
}

// sweepSubscriptions is the daily job that compares all subscriptions at Stripe with ours. It goes on behind the subscription After; Began is when
// the first part of it began.
type sweepSubscriptions struct {
	jobs.Outside
	After string    `json:"after,omitempty"`
	Began time.Time `json:"began,omitzero"`
}

// Kind names the job.
func (sweepSubscriptions) Kind() string { return "billing.sweep_subscriptions" }

func (s *service) sweepSubscriptions(ctx context.Context, job sweepSubscriptions) error {
	if s.stripe == nil {
		return nil
	}
	r := &reconciling{service: s}
	done, err := r.sweep(ctx, &job, workTime)
	if err != nil || done || job.After == "" {
		return err
	}
	return s.DB.System(ctx, "go on with the sweep of subscriptions", func(tx *db.SystemTx) error { return s.Queue.Enqueue(ctx, tx, job) })
}
