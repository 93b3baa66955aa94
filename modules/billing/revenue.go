package billing

import (
	"context"
	"fmt"
	"time"

	"saaskit/platform/db"
)

// Revenue is what all subscriptions bring, from stored state.
type Revenue struct {
	Currencies []CurrencyRevenue `json:"currencies" gorm:"-" doc:"Largest first"`
	Active     int64             `json:"active" doc:"Subscriptions that are paid"`
	Trialing   int64             `json:"trialing"`
	PastDue    int64             `json:"past_due"`
	Paused     int64             `json:"paused"`
	Churn      Ratio             `json:"churn" gorm:"-" doc:"Paid subscriptions that ended in the last 30 days, of those that there were when they began"`
	Trials     Ratio             `json:"trials" gorm:"-" doc:"Trials that became paid, of those that ended in the last 90 days"`
}

// CurrencyRevenue is the monthly recurring revenue in one currency: what active and past due subscriptions bring a month, yearly ones by a
// twelfth, before usage, discounts and tax.
type CurrencyRevenue struct {
	Currency      string `json:"currency" example:"usd"`
	MRR           int64  `json:"mrr" doc:"In minor units (cents)"`
	Subscriptions int64  `json:"subscriptions"`
}

// Ratio is a part of a whole.
type Ratio struct {
	Part  int64 `json:"part"`
	Whole int64 `json:"whole" doc:"0: there is nothing to tell"`
}

const (
	churnTime = 30 * 24 * time.Hour
	trialTime = 90 * 24 * time.Hour
)

// revenue reads four sums, however many tenants there are.
func (s *service) revenue(ctx context.Context, _ *struct{}) (*Revenue, error) {
	r := &Revenue{Currencies: []CurrencyRevenue{}}
	now := s.Now()
	err := s.DB.System(ctx, "reckon the revenue for an operator", func(tx *db.SystemTx) error {
		// A year is twelve months: the sum is rounded, half up, and not each subscription.
		err := tx.Raw(`
SELECT currency, floor((sum(CASE interval WHEN 'year' THEN amount ELSE 12 * amount END) + 6) / 12)::bigint AS mrr, count(*) AS subscriptions
FROM billing_subscriptions WHERE status IN ('active', 'past_due') AND currency <> ''
GROUP BY currency ORDER BY mrr DESC, currency`).Scan(&r.Currencies).Error
		if err != nil {
			return fmt.Errorf("sum up the subscriptions: %w", err)
		}
		err = tx.Raw(`
SELECT count(*) FILTER (WHERE status = 'active') AS active, count(*) FILTER (WHERE status = 'trialing') AS trialing,
	count(*) FILTER (WHERE status = 'past_due') AS past_due, count(*) FILTER (WHERE status = 'paused') AS paused
FROM billing_subscriptions WHERE status IN ('active', 'trialing', 'past_due', 'paused')`).Row().Scan(&r.Active, &r.Trialing, &r.PastDue, &r.Paused)
		if err != nil {
			return fmt.Errorf("count the subscriptions: %w", err)
		}
		err = tx.Raw(`
SELECT count(*) FILTER (WHERE ended_at <= ?) AS part, count(*) AS whole
FROM billing_terms WHERE paid_at <= ? AND (ended_at IS NULL OR ended_at > ?)`, now, now.Add(-churnTime), now.Add(-churnTime)).Scan(&r.Churn).Error
		if err != nil {
			return fmt.Errorf("count what ended: %w", err)
		}
		err = tx.Raw(`
SELECT count(*) FILTER (WHERE paid_at IS NOT NULL) AS part, count(*) AS whole
FROM billing_terms WHERE trial_end IS NOT NULL AND least(trial_end, ended_at) > ? AND least(trial_end, ended_at) <= ?`,
			now.Add(-trialTime), now).Scan(&r.Trials).Error
		if err != nil {
			return fmt.Errorf("count the trials: %w", err)
		}
		return nil
	})
	return r, err
}
