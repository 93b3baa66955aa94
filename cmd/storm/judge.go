package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/modules"
)

// patience is how long the product may take until nothing is left to do. As it waits a while before it gives a dead worker's jobs to another, that
// is long.
func (p plan) patience() time.Duration {
	if p.impatient {
		return 30 * time.Second
	}
	return 5 * time.Minute
}

// What the impatient do: orphaned frees the jobs of the replica that was killed, as no other runs that long, and early begins jobs that wait to
// collect changes.
const (
	orphaned = "UPDATE river.river_job SET state = 'available' WHERE state = 'running' AND attempted_at < now() - interval '2 seconds'"
	early    = "UPDATE river.river_job SET state = 'available', scheduled_at = now() WHERE state = 'scheduled'"
)

// findings are what the storm did and what is wrong after it.
type findings struct {
	title                           string
	raged, applied, settled, mended time.Duration
	happened, lost                  int
	sent, again, refused            int64
	behind, repaired                int // subscriptions whose last events were lost; those that were right after the reconciliation
	accepted                        int64
	unkept                          int      // events that were answered and are not there
	told                            []string // by the reconciliation
	doubles                         []string
	wrong                           []string
}

// applied waits until every event is applied.
func (s *storm) applied(ctx context.Context) error {
	return await(ctx, s.patience(), "the events to be applied", func() (bool, error) {
		return s.nothing(ctx, orphaned, `
SELECT (SELECT count(*) FROM stripe_events WHERE state = 'pending') +
	(SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event' AND state IN ('available', 'running', 'retryable', 'pending'))`)
	})
}

// settle waits until nothing at all is left to do. What the product changed at Stripe meanwhile is delivered.
func (s *storm) settle(ctx context.Context) error {
	return await(ctx, s.patience(), "the jobs to be done", func() (bool, error) {
		done, err := s.nothing(ctx, early, `
SELECT (SELECT count(*) FROM stripe_events WHERE state = 'pending') + (SELECT count(*) FROM river.river_job
	WHERE state IN ('available', 'running', 'retryable', 'pending') OR (state = 'scheduled' AND scheduled_at < now() + interval '2 minutes'))`)
		if err != nil || !done {
			return false, err
		}
		before := s.happened
		s.deck = newDeck(s.seed, window)
		if err := s.collect(); err != nil {
			return false, err
		}
		s.deck.end(nil)
		for d, more := s.deck.take(); more; d, more = s.deck.take() {
			if err := s.deliver(ctx, d, int(s.turn.Add(1))); err != nil {
				return false, err
			}
		}
		return s.happened == before, nil
	})
}

// nothing reports whether the question's count is 0, after the impatient's hurry.
func (s *storm) nothing(ctx context.Context, hurry, question string) (bool, error) {
	if s.impatient {
		if _, err := s.db.Exec(ctx, hurry); err != nil {
			return false, fmt.Errorf("hurry: %w", err)
		}
	}
	var left int
	err := s.db.QueryRow(ctx, question).Scan(&left)
	return left == 0, err
}

// judge compares what is stored with what Stripe says. A tenant whose last events were lost may be behind.
func (s *storm) judge(ctx context.Context, f *findings) error {
	for _, a := range s.accounts {
		difference, err := s.lasting(ctx, a)
		switch {
		case err != nil:
			return err
		case difference != "" && a.freshDelivered:
			f.wrong = append(f.wrong, difference)
		case difference != "":
			f.behind++
		}
	}
	return nil
}

// lasting is a difference that does not go: the product may be amid a change of the seats.
func (s *storm) lasting(ctx context.Context, a *account) (difference string, err error) {
	const changing = time.Second
	began := time.Now()
	err = await(ctx, s.patience(), "a change to end", func() (done bool, err error) {
		difference, err = s.difference(ctx, a)
		return difference == "" || time.Since(began) > changing, err
	})
	return difference, err
}

// state is what is compared.
type state struct {
	status, plan, granted string
	quantity              int64
	cancelAt              time.Time
}

// difference is "" when the stored subscription is as Stripe's.
func (s *storm) difference(ctx context.Context, a *account) (string, error) {
	want, err := s.truth(ctx, a)
	if err != nil {
		return "", err
	}
	have, err := s.stored(ctx, a.tenant)
	if err != nil {
		return "", err
	}
	if want.status == "canceled" { // of which one does not matter
		have.plan, have.quantity, have.cancelAt = want.plan, want.quantity, want.cancelAt
	}
	if have == want {
		return "", nil
	}
	return fmt.Sprintf("tenant %s (%s): Stripe has %v, stored is %v", a.tenant, a.customer, want, have), nil
}

func (s *storm) truth(ctx context.Context, a *account) (t state, err error) {
	if a.subscription == "" {
		return state{status: "canceled", granted: "free"}, nil
	}
	sub, err := ask[subscription](ctx, s, "GET", "/v1/subscriptions/"+a.subscription, url.Values{})
	if err != nil {
		return t, err
	}
	item := sub.Items.Data[0]
	t = state{status: sub.Status, plan: item.Price.Metadata["plan"], quantity: item.Quantity, granted: "free"}
	switch {
	case sub.CancelAt != 0:
		t.cancelAt = time.Unix(sub.CancelAt, 0).UTC()
	case sub.CancelAtPeriodEnd:
		t.cancelAt = time.Unix(sub.CurrentPeriodEnd, 0).UTC()
	}
	if sub.PauseCollection != nil {
		t.status = "paused"
	}
	if t.status == "active" || t.status == "trialing" || t.status == "past_due" {
		t.granted = t.plan
	}
	return t, nil
}

func (s *storm) stored(ctx context.Context, tenant uuid.UUID) (t state, err error) {
	var cancelAt *time.Time
	err = s.db.QueryRow(ctx, `
SELECT coalesce(b.status, ''), coalesce(b.plan, ''), coalesce(b.quantity, 0), b.cancel_at, coalesce(p.plan, '')
FROM tenants t LEFT JOIN billing_subscriptions b ON b.tenant_id = t.id LEFT JOIN tenant_plans p ON p.tenant_id = t.id
WHERE t.id = $1`, tenant).Scan(&t.status, &t.plan, &t.quantity, &cancelAt, &t.granted)
	if cancelAt != nil {
		t.cancelAt = cancelAt.UTC()
	}
	return t, err
}

// once are questions for what must not be there twice.
var once = map[string]string{
	"changes of plan that were recorded twice": `
SELECT count(*) FROM (
	SELECT ARRAY[target, detail ->> 'status', detail ->> 'subscription'] AS what,
		lag(ARRAY[target, detail ->> 'status', detail ->> 'subscription']) OVER (PARTITION BY tenant_id ORDER BY id) AS before
	FROM audit_log WHERE action = 'billing.plan_changed') AS lines
WHERE what = before`,
	"events that were applied by two jobs": `
SELECT count(*) FROM (SELECT 1 FROM river.river_job WHERE kind = 'billing.apply_event' GROUP BY args ->> 'event' HAVING count(*) > 1) AS events`,
	"mails beyond their causes": `
SELECT greatest(0, (SELECT count(*) FROM river.river_job WHERE kind = 'mail_send') - (SELECT count(*) FROM billing_notices WHERE done_at IS NOT NULL))`,
}

func (s *storm) judgeEvents(ctx context.Context, f *findings) error {
	for what, question := range once {
		var n int
		if err := s.db.QueryRow(ctx, question).Scan(&n); err != nil {
			return fmt.Errorf("count %s: %w", what, err)
		}
		if n > 0 {
			f.doubles = append(f.doubles, fmt.Sprintf("%d %s", n, what))
		}
	}
	var kept int
	err := s.db.QueryRow(ctx, "SELECT count(*) FILTER (WHERE id = ANY($1)), count(*) FILTER (WHERE id = ANY($2)) FROM stripe_events", s.genuine, s.forged).Scan(&kept, &f.accepted)
	if err != nil {
		return fmt.Errorf("count the events: %w", err)
	}
	f.unkept = len(s.genuine) - kept
	f.accepted = max(f.accepted, s.accepted.Load())
	f.happened, f.lost, f.sent, f.again, f.refused = s.happened, s.lost, s.sent.Load(), s.again.Load(), s.refused.Load()
	f.title = fmt.Sprintf("%d tenants, seed %d, %d replicas, one of them killed half-way and not started again", s.tenants, s.seed, replicas)
	return nil
}

func (f findings) String() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-22s %s\n", name, fmt.Sprintf(format, args...))
	}
	seconds := f.raged.Seconds()
	line("storm", "%s", f.title)
	line("events", "%d, of which %d lost on the way", f.happened, f.lost)
	line("deliveries", "%d in random order, each event %d times; %d sent again after a replica died; %d forged ones refused", f.sent, copies, f.again, f.refused)
	line("speed", "%.0f events a second, %.0f deliveries a second, for %.1f s, beside the changes and Stripe itself", float64(f.happened)/seconds, float64(f.sent)/seconds, seconds)
	line("converged", "%.1f s after the last delivery; every job done, also of seats, after %.1f s", f.applied.Seconds(), f.settled.Seconds())
	line("behind", "%d whose last events were lost; the reconciliation repaired %d in %.1f s", f.behind, f.repaired, f.mended.Seconds())
	for _, told := range f.told {
		line("", "%s", told)
	}
	line("wrong subscriptions", "%d", len(f.wrong))
	line("double effects", "%d", len(f.doubles))
	line("forged accepted", "%d", f.accepted)
	line("events not kept", "%d", f.unkept)
	for _, text := range append(f.wrong[:min(10, len(f.wrong)):min(10, len(f.wrong))], f.doubles...) {
		line("", "%s", text)
	}
	return b.String()
}

func (f findings) err() error {
	if len(f.wrong) > 0 || len(f.doubles) > 0 || f.accepted > 0 || f.unkept > 0 {
		return errors.New("something is wrong after the storm")
	}
	return nil
}

// reconcile has the product compare itself with Stripe, as an operator would, after which nothing may differ.
func (s *storm) reconcile(ctx context.Context, f *findings) error {
	began := time.Now()
	var told strings.Builder
	if err := modules.ReconcileBilling(ctx, s.platform, &told); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	f.mended = time.Since(began)
	for line := range strings.Lines(told.String()) {
		if !strings.HasPrefix(line, " ") {
			f.told = append(f.told, strings.TrimSpace(line))
		}
	}
	f.repaired = f.behind
	for _, a := range s.accounts {
		difference, err := s.difference(ctx, a)
		if err != nil {
			return err
		}
		if difference != "" {
			f.wrong = append(f.wrong, "after the reconciliation: "+difference)
			f.repaired--
		}
	}
	return s.judgeEvents(ctx, f)
}
