package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// stored is a tenant's subscription as we have it, beside what else is needed to compare it.
type stored struct {
	Tenant       uuid.UUID
	Customer     string
	Subscription subscription `gorm:"embedded"`
}

// sweep compares Stripe's subscriptions with ours, from where job says on, and repairs what differs. With a time (not 0) it stops after that, and
// job says where to go on. It is not done then, and neither when there is nothing to compare.
func (r *reconciling) sweep(ctx context.Context, job *sweepSubscriptions, limit time.Duration) (done bool, err error) {
	began := time.Now()
	if job.Began.IsZero() {
		var anybody bool
		err := r.DB.System(ctx, "begin a sweep of subscriptions", func(tx *db.SystemTx) error {
			return tx.Raw("SELECT EXISTS (SELECT FROM billing_customers), now()").Row().Scan(&anybody, &job.Began)
		})
		if err != nil || !anybody {
			return false, err
		}
	}
	for {
		params := &stripe.SubscriptionListParams{Status: stripe.String("all")}
		params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
		if job.After != "" {
			params.StartingAfter = stripe.String(job.After)
		}
		list := r.stripe.Subscriptions.List(params)
		if err := list.Err(); err != nil {
			return false, asFault("list all subscriptions", err)
		}
		page := list.SubscriptionList()
		if err := r.comparePage(ctx, page.Data); err != nil {
			return false, err
		}
		if !page.HasMore {
			return true, r.lookForUnseen(ctx, job.Began)
		}
		job.After = page.Data[len(page.Data)-1].ID
		if limit > 0 && time.Since(began) > limit {
			return false, nil
		}
	}
}

// comparePage repairs the tenants whose customers have a subscription in the page that is not as we have it.
func (r *reconciling) comparePage(ctx context.Context, page []*stripe.Subscription) error {
	r.seen += len(page)
	rows, members, err := r.readPage(ctx, page)
	if err != nil {
		return err
	}
	looked := map[string]bool{} // customers of two live subscriptions
	for _, o := range page {
		row := rows[o.Customer.ID]
		if row == nil {
			continue // somebody else's: the account may sell other products
		}
		at := r.read(ctx, o)
		if row.Subscription.unlike(at) {
			if err := r.repair(ctx, row); err != nil {
				return err
			}
		}
		have := &row.Subscription
		switch {
		case have.StripeID != at.StripeID && have.live() && at.live() && !looked[row.Customer]:
			looked[row.Customer] = true
			if err := r.warnOfTwo(ctx, row); err != nil {
				return err
			}
		case have.StripeID == at.StripeID && have.seats().countable() && have.Quantity != r.seatsFor(have.Plan, members[row.Tenant]):
			if err := r.repairSeats(ctx, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPage reads what we have of the customers in the page, with the members of their tenants, and notes that their subscriptions were seen.
func (r *reconciling) readPage(ctx context.Context, page []*stripe.Subscription) (rows map[string]*stored, members map[uuid.UUID]int64, err error) {
	customers, ids := make([]string, 1, 1+len(page)), make([]string, 1, 1+len(page)) // the first is "", as no list may be empty
	for _, o := range page {
		customers, ids = append(customers, o.Customer.ID), append(ids, o.ID)
	}
	rows = map[string]*stored{}
	err = r.DB.System(ctx, "compare subscriptions with Stripe's", func(tx *db.SystemTx) error {
		var found []stored
		err := tx.Raw(`
SELECT c.tenant, c.customer, `+columns+` FROM (SELECT tenant_id AS tenant, stripe_id AS customer FROM billing_customers WHERE stripe_id IN ?) AS c
LEFT JOIN billing_subscriptions b ON b.tenant_id = c.tenant`, customers).Scan(&found).Error
		if err != nil {
			return err
		}
		tenants := make([]uuid.UUID, len(found))
		for i := range found {
			tenants[i], rows[found[i].Customer] = found[i].Tenant, &found[i]
		}
		if len(tenants) == 0 {
			return nil
		}
		if members, err = r.CountMembers(ctx, tx, tenants); err != nil {
			return err
		}
		return tx.Exec(`
UPDATE billing_subscriptions SET seen_at = now() WHERE tenant_id IN (
	SELECT tenant_id FROM billing_subscriptions WHERE tenant_id IN ? AND stripe_id IN ? ORDER BY tenant_id FOR NO KEY UPDATE)`, tenants, ids).Error
	})
	return rows, members, err
}

// unlike reports whether the subscription that Stripe lists shows that what we have may not be what counts most there.
func (s subscription) unlike(at subscription) bool {
	if s.StripeID == at.StripeID {
		return len(s.differences(at)) > 0
	}
	ours, theirs := standing[stripe.SubscriptionStatus(s.Status)].rank, standing[stripe.SubscriptionStatus(at.Status)].rank
	if s.StripeID == "" || ours != theirs {
		return s.StripeID == "" || theirs > ours
	}
	return s.StartedAt == nil || (at.StartedAt != nil && at.StartedAt.After(*s.StartedAt))
}

// differences names what differs of two states of one subscription, as far as its list at Stripe tells.
func (s subscription) differences(at subscription) (names []string) {
	for _, field := range []struct {
		name string
		same bool
	}{
		{"subscription", s.StripeID == at.StripeID},
		{"status", s.Status == at.Status},
		{"plan", s.Plan == at.Plan},
		{"price", s.Item == at.Item && s.Interval == at.Interval && s.Currency == at.Currency && s.Amount == at.Amount},
		{"quantity", s.Quantity == at.Quantity},
		{"start", sameMoment(s.StartedAt, at.StartedAt)},
		{"end", sameMoment(s.EndedAt, at.EndedAt) && sameMoment(s.CancelAt, at.CancelAt)},
		{"period", sameMoment(s.PeriodEnd, at.PeriodEnd)},
		{"trial", sameMoment(s.TrialEnd, at.TrialEnd)},
		{"pause", sameMoment(s.PausedUntil, at.PausedUntil)},
	} {
		if !field.same {
			names = append(names, field.name)
		}
	}
	return names
}

func sameMoment(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// repair asks Stripe what the tenant's customer subscribes to, and makes row what is kept then. It counts only when that is something else.
func (r *reconciling) repair(ctx context.Context, row *stored) error {
	before := row.Subscription
	var changed []string
	settle := func(tx *db.SystemTx) (err error) {
		if row.Subscription, err = subscriptionTx(tx, row.Tenant); err != nil {
			return err
		}
		if changed = before.differences(row.Subscription); len(changed) == 0 {
			return nil
		}
		return audit.RecordFor(ctx, tx, row.Tenant, "billing.repaired", row.Subscription.StripeID, map[string]any{
			"differed": changed, "from": before.Status, "to": row.Subscription.Status,
		})
	}
	if err := r.askAbout(ctx, row, settle); err != nil {
		return fmt.Errorf("repair a tenant's subscription: %w", err)
	}
	if len(changed) > 0 {
		r.repaired++
		r.Log.WarnContext(ctx, "a tenant's subscription was not as at Stripe and was repaired", "tenant", row.Tenant, "subscription", row.Subscription.StripeID, "differed", changed)
		r.print("  ~ tenant %s: %s is %s (%s), was %s (%s): %v", row.Tenant, row.Subscription.StripeID, row.Subscription.Status, row.Subscription.Plan, before.Status, before.Plan, changed)
	}
	return nil
}

// askAbout is refresh, also for a tenant whose customer Stripe did not have any more: its subscription is over.
func (r *reconciling) askAbout(ctx context.Context, row *stored, settle func(*db.SystemTx) error) error {
	if row.Customer != "" {
		_, err := r.refresh(ctx, row.Tenant, row.Customer, settle)
		return err
	}
	number, err := r.askNext(ctx, row.Tenant)
	if err != nil {
		return err
	}
	return r.DB.System(ctx, "end the subscription of a customer that Stripe does not have", func(tx *db.SystemTx) error {
		if err := r.keepTx(ctx, tx, row.Tenant, number, subscription{}); err != nil {
			return err
		}
		return settle(tx)
	})
}

func subscriptionTx(tx *db.SystemTx, tenant uuid.UUID) (sub subscription, err error) {
	err = tx.Raw("SELECT "+columns+" FROM billing_subscriptions WHERE tenant_id = ?", tenant).Scan(&sub).Error
	return sub, err
}
