package billing

import (
	"context"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/plan"
)

// Billing is what a tenant subscribes to and uses, from stored state alone.
type Billing struct {
	Plan      Plan         `json:"plan"`
	Status    string       `json:"status" doc:"Of the subscription, in Stripe's words; active on the free plan" example:"active"`
	Seats     int64        `json:"seats" doc:"Active members"`
	Usage     []plan.Usage `json:"usage" doc:"How much of each limit is used"`
	CancelAt  *time.Time   `json:"cancel_at,omitempty" doc:"When the subscription ends, if it was canceled"`
	PeriodEnd *time.Time   `json:"period_end,omitempty" doc:"When the paid period ends"`
	CanManage bool         `json:"can_manage" doc:"Whether you may subscribe and open the portal"`
	Enabled   bool         `json:"enabled" doc:"Whether this server sells plans"`
}

func (s *service) get(ctx context.Context, _ *struct{}) (*Billing, error) {
	b := &Billing{Enabled: s.stripe != nil, CanManage: s.stripe != nil && access.From(ctx).Permissions.Has(Write)}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		current, err := s.Plans.Current(ctx, tx)
		if err != nil {
			return err
		}
		b.Plan, b.Status, b.Usage = shown(s.Plans, current.Plan), current.Status, append([]plan.Usage{}, current.Usage...)
		if b.Seats, err = s.Seats(ctx, tx); err != nil {
			return err
		}
		var found []subscription
		if err := tx.Raw("SELECT stripe_id, status, plan, quantity, period_end, cancel_at FROM billing_subscriptions").Scan(&found).Error; err != nil {
			return err
		}
		if len(found) == 1 && found[0].live() {
			b.CancelAt, b.PeriodEnd = found[0].CancelAt, found[0].PeriodEnd
		}
		return nil
	})
	return b, err
}
