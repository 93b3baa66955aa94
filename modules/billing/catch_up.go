package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// progress is how far Stripe's list of events, the newest first, was read. It is kept after each page, so that a run that breaks off loses nothing.
type progress struct {
	Since  time.Time `json:"since"`  // what was made before was taken in; by Stripe's clock
	Newest time.Time `json:"newest"` // of the list that is being read; it becomes Since at the list's end
	After  string    `json:"after"`  // the last event that was looked at; "" at the list's beginning
}

const (
	progressSetting = "events_progress"
	// overlap is how much later than others an event may appear in the list.
	overlap = time.Hour
)

// catchUp reads the list of Stripe's events from where the last run ended, and takes in those that never arrived and are older than age.
func (r *reconciling) catchUp(ctx context.Context, age time.Duration) error {
	p, anybody, err := r.progress(ctx)
	r.since = p.Since.Add(-overlap)
	if err != nil || !anybody {
		return err
	}
	for began := time.Now(); ; {
		params := &stripe.EventListParams{Types: stripe.StringSlice(eventTypes), CreatedRange: &stripe.RangeQueryParams{
			GreaterThanOrEqual: r.since.Unix(), LesserThanOrEqual: r.Now().Add(-age).Unix(),
		}}
		params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
		if p.After != "" {
			params.StartingAfter = stripe.String(p.After)
		}
		list := r.stripe.Events.List(params)
		if err := list.Err(); gone(err) && p.After != "" {
			p.After = "" // it is too old by now: begin again
			continue
		} else if err != nil {
			return asFault("list events", err)
		}
		page := list.EventList()
		if err := r.takeIn(ctx, &p, page.Data, page.HasMore); err != nil {
			return err
		}
		if !page.HasMore || (age > 0 && time.Since(began) > workTime) { // the next run goes on
			return nil
		}
	}
}

// progress is the kept one, and whether anybody is at Stripe whom events may be about. A list that was never read begins at the newest event
// that is known.
func (r *reconciling) progress(ctx context.Context) (p progress, anybody bool, err error) {
	err = r.DB.System(ctx, "read how far Stripe's events were read", func(tx *db.SystemTx) error {
		var row struct {
			Value   []byte
			Start   time.Time
			Anybody bool
		}
		err := tx.Raw(`
SELECT (SELECT value FROM billing_settings WHERE key = ?) AS value, (SELECT least(max(created_at), cast(? AS timestamptz)) FROM stripe_events) AS start,
	EXISTS (SELECT FROM billing_customers) AS anybody`, progressSetting, r.Now()).Scan(&row).Error
		if err != nil {
			return err
		}
		anybody = row.Anybody
		if row.Value != nil {
			return json.Unmarshal(row.Value, &p)
		}
		p.Since = row.Start
		return keepProgressTx(tx, p)
	})
	return p, anybody, err
}

func keepProgressTx(tx *db.SystemTx, p progress) error {
	value, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return tx.Exec("INSERT INTO billing_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
		progressSetting, value).Error
}

// takeIn keeps the page's events that are not known, and how far the list was read.
func (r *reconciling) takeIn(ctx context.Context, p *progress, page []*stripe.Event, more bool) error {
	if len(page) == 0 && p.After == "" {
		return nil
	}
	next := *p
	if next.After == "" {
		next.Newest = time.Unix(page[0].Created, 0).UTC()
	}
	if more {
		next.After = page[len(page)-1].ID
	} else {
		next.After, next.Since = "", latest(next.Since, next.Newest)
	}
	ids := make([]string, len(page))
	for i, event := range page {
		ids[i] = event.ID
	}
	var lost []*stripe.Event
	err := r.DB.System(ctx, "take in events that never arrived", func(tx *db.SystemTx) error {
		var known []string
		if err := tx.Raw("SELECT id FROM stripe_events WHERE id IN ?", append(ids, "")).Scan(&known).Error; err != nil {
			return err
		}
		lost = slices.DeleteFunc(slices.Clone(page), func(event *stripe.Event) bool { return slices.Contains(known, event.ID) })
		for _, event := range lost {
			if err := r.receiveTx(ctx, tx, *event); err != nil {
				return err
			}
		}
		if len(lost) > 0 {
			detail := map[string]any{"events": len(lost), "first": lost[len(lost)-1].ID, "last": lost[0].ID}
			if err := audit.RecordSecurity(ctx, tx, "billing.events_recovered", "stripe", detail); err != nil {
				return err
			}
		}
		return keepProgressTx(tx, next)
	})
	if err != nil {
		return fmt.Errorf("take in Stripe's events: %w", err)
	}
	for _, event := range lost {
		r.Log.WarnContext(ctx, "an event of Stripe's never arrived and was taken in", "event", event.ID, "type", event.Type, "created", time.Unix(event.Created, 0).UTC())
		r.print("  + event %s (%s)", event.ID, event.Type)
	}
	*p, r.listed, r.taken = next, r.listed+len(page), r.taken+len(lost)
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
