package billing

import (
	"context"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
)

// subscription is what is kept of a tenant's subscription. The zero value is none.
type subscription struct {
	StripeID     string
	Status       string // Stripe's, but paused while its collection is paused
	Plan         string // "" when its price is of no plan of the catalogue
	Item         string // the id of the item that has the plan's price
	Interval     string
	Currency     string
	Amount       int64 // of a renewal: the plan's price times the quantity, in minor units
	Quantity     int64
	StartedAt    *time.Time
	EndedAt      *time.Time
	PeriodEnd    *time.Time
	TrialEnd     *time.Time // also of a trial that is over
	CancelAt     *time.Time
	PausedUntil  *time.Time
	PastDueSince *time.Time // when the oldest invoice was made whose payment failed; nil unless Status is past_due
	TrialUsed    bool       // the customer has or had a trial, of this subscription or another
	Unpaid       string     `gorm:"-"` // the id of that invoice, or of the first one that waits to be paid; not kept
	Action       bool       `gorm:"-"` // its payment waits for the card holder's authentication; not kept

	Paid        bool        `gorm:"-"` // it is active, and its latest invoice, which is not one of its trial, was paid; not kept
	AtPeriodEnd bool        `gorm:"-"` // CancelAt is the end of the period, whenever that is; not kept
	PeriodStart int64       `gorm:"-"` // unix seconds; not kept
	Meters      []meterItem `gorm:"-"` // what it charges by use; not kept
}

// meterItem is an item of a subscription, by its id, that has the price of a meter.
type meterItem struct{ id, price string }

// columns are those of a subscription in billing_subscriptions.
const columns = `stripe_id, status, plan, item, interval, currency, amount, quantity, started_at, ended_at, period_end, trial_end, cancel_at,
	paused_until, past_due_since, trial_used`

// standing orders Stripe's statuses: how much a subscription counts beside another of the same customer, and whether it carries its plan.
var standing = map[stripe.SubscriptionStatus]struct {
	rank     int
	entitles bool
}{
	stripe.SubscriptionStatusActive:     {5, true},
	stripe.SubscriptionStatusTrialing:   {5, true},
	stripe.SubscriptionStatusPastDue:    {4, true},
	stripe.SubscriptionStatusUnpaid:     {3, false},
	stripe.SubscriptionStatusPaused:     {3, false},
	stripe.SubscriptionStatusIncomplete: {2, false},
}

// entitled is the plan that a tenant with the subscription is on.
func (s *service) entitled(sub subscription) string {
	if sub.Plan != "" && standing[stripe.SubscriptionStatus(sub.Status)].entitles {
		return sub.Plan
	}
	return s.Plans.Plans()[0].Key
}

// live reports whether the subscription is not over: a second one beside it would charge twice.
func (s subscription) live() bool { return standing[stripe.SubscriptionStatus(s.Status)].rank > 0 }

// read takes from Stripe's subscription what is kept of it, but for what is unpaid: see withDebt.
func (s *service) read(ctx context.Context, o *stripe.Subscription) subscription {
	sub := subscription{
		StripeID: o.ID, Status: string(o.Status), Currency: string(o.Currency), StartedAt: moment(o.StartDate), EndedAt: moment(o.EndedAt),
		PeriodEnd: moment(o.CurrentPeriodEnd), TrialEnd: moment(o.TrialEnd), CancelAt: moment(o.CancelAt), TrialUsed: o.TrialEnd != 0,
		AtPeriodEnd: o.CancelAtPeriodEnd, PeriodStart: o.CurrentPeriodStart,
	}
	if latest := o.LatestInvoice; o.Status == stripe.SubscriptionStatusActive && latest != nil {
		sub.Paid = latest.Status == stripe.InvoiceStatusPaid && latest.Created >= o.TrialEnd
	}
	if o.CancelAt == 0 && o.CancelAtPeriodEnd {
		sub.CancelAt = sub.PeriodEnd
	}
	if sub.live() && o.PauseCollection != nil {
		sub.Status, sub.PausedUntil = string(stripe.SubscriptionStatusPaused), moment(o.PauseCollection.ResumesAt)
	}
	for _, item := range o.Items.Data {
		if metered(item.Price) {
			sub.Meters = append(sub.Meters, meterItem{item.ID, item.Price.ID})
		} else if key := s.planOf(item.Price); key != "" {
			sub.Plan, sub.Item, sub.Quantity, sub.Amount = key, item.ID, item.Quantity, item.Price.UnitAmount*item.Quantity
			if item.Price.Recurring != nil {
				sub.Interval = string(item.Price.Recurring.Interval)
			}
		}
	}
	if sub.Plan == "" {
		s.Log.ErrorContext(ctx, "a subscription at Stripe is for no plan of the catalogue", "subscription", o.ID)
	}
	return sub
}

// metered reports whether the price is of use, not of the plan itself.
func metered(p *stripe.Price) bool {
	return p.Recurring != nil && p.Recurring.UsageType == stripe.PriceRecurringUsageTypeMetered
}

// planOf names the plan that a price is of, also when the price is no longer the one that is sold.
func (s *service) planOf(p *stripe.Price) string {
	key := p.Metadata[planMetadata]
	if key == "" && p.Product != nil {
		key = strings.TrimPrefix(p.Product.ID, productPrefix)
	}
	if _, known := s.Plans.Find(key); !known {
		return ""
	}
	return key
}

func moment(unix int64) *time.Time {
	if unix == 0 {
		return nil
	}
	t := time.Unix(unix, 0).UTC()
	return &t
}
