package billing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
)

// incidentTypes are the events about money that is taken back: refunds of a charge, and disputes about it.
var incidentTypes = []string{
	"charge.dispute.closed", "charge.dispute.created", "charge.dispute.updated", "charge.refund.updated", "charge.refunded",
}

func incident(eventType string) bool { return slices.Contains(incidentTypes, eventType) }

// applyIncident keeps the refunds and disputes of the charge that the event is about, as they are at Stripe now. A refund and a dispute name no
// customer: the charge does.
func (s *service) applyIncident(ctx context.Context, event begun) error {
	charge, err := s.chargeOf(ctx, event)
	if err != nil {
		return err
	}
	if charge == nil || charge.Customer == nil {
		return s.closeEvent(ctx, event.ID, event.Customer, "ignored")
	}
	found, err := s.incidentsOf(ctx, charge)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "keep refunds and disputes", func(tx *db.SystemTx) error {
		tenant, err := tenantOfTx(tx, charge.Customer.ID)
		if err != nil {
			return err
		}
		if tenant == uuid.Nil {
			return closeEventTx(tx, event.ID, charge.Customer.ID, "ignored")
		}
		for _, i := range found {
			if err := s.keepIncidentTx(ctx, tx, tenant, i, event.At); err != nil {
				return err
			}
		}
		return closeEventTx(tx, event.ID, charge.Customer.ID, "applied")
	})
}

// chargeOf asks for the charge that a refund, a dispute or the charge itself leads to; nil when Stripe does not have it.
func (s *service) chargeOf(ctx context.Context, event begun) (charge *stripe.Charge, err error) {
	switch {
	case strings.HasPrefix(event.Type, "charge.dispute."):
		params := &stripe.DisputeParams{}
		params.Context = ctx
		params.AddExpand("charge")
		var dispute *stripe.Dispute
		if dispute, err = s.stripe.Disputes.Get(event.Object, params); err == nil {
			charge = dispute.Charge
		}
	case event.Type == "charge.refund.updated":
		params := &stripe.RefundParams{}
		params.Context = ctx
		params.AddExpand("charge")
		var refund *stripe.Refund
		if refund, err = s.stripe.Refunds.Get(event.Object, params); err == nil {
			charge = refund.Charge
		}
	default:
		params := &stripe.ChargeParams{}
		params.Context = ctx
		charge, err = s.stripe.Charges.Get(event.Object, params)
	}
	if gone(err) {
		return nil, nil
	}
	return charge, asFault("find the charge of a refund or a dispute", err)
}

// takenBack is a refund or a dispute.
type takenBack struct {
	ID, Kind, Charge string
	Amount           int64
	Currency         string
	Status, Reason   string
	CreatedAt        time.Time
}

func (s *service) incidentsOf(ctx context.Context, charge *stripe.Charge) (all []takenBack, err error) {
	refunds := &stripe.RefundListParams{Charge: stripe.String(charge.ID)}
	refunds.Context, refunds.Limit = ctx, stripe.Int64(100)
	for list := s.stripe.Refunds.List(refunds); ; {
		if !list.Next() {
			if err := list.Err(); err != nil {
				return nil, asFault("list the refunds", err)
			}
			break
		}
		r := list.Refund()
		all = append(all, takenBack{r.ID, "refund", charge.ID, r.Amount, string(r.Currency), string(r.Status), string(r.Reason), time.Unix(r.Created, 0).UTC()})
	}
	if !charge.Disputed {
		return all, nil
	}
	disputes := &stripe.DisputeListParams{Charge: stripe.String(charge.ID)}
	disputes.Context, disputes.Limit = ctx, stripe.Int64(100)
	list := s.stripe.Disputes.List(disputes)
	for list.Next() {
		d := list.Dispute()
		all = append(all, takenBack{d.ID, "dispute", charge.ID, d.Amount, string(d.Currency), string(d.Status), string(d.Reason), time.Unix(d.Created, 0).UTC()})
	}
	return all, asFault("list the disputes", list.Err())
}

// keepIncidentTx writes what Stripe was asked at the time, unless it was asked later and has answered that already.
func (s *service) keepIncidentTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, i takenBack, asked time.Time) error {
	var isNew []bool
	err := tx.Raw(`
INSERT INTO billing_incidents AS b (tenant_id, id, kind, charge, amount, currency, status, reason, created_at, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant_id, id) DO UPDATE SET amount = excluded.amount, status = excluded.status, reason = excluded.reason, asked_at = excluded.asked_at
WHERE b.asked_at <= excluded.asked_at RETURNING xmax = 0`,
		tenant, i.ID, i.Kind, i.Charge, i.Amount, i.Currency, i.Status, i.Reason, i.CreatedAt, asked).Scan(&isNew).Error
	if err == nil && len(isNew) == 1 && isNew[0] && i.Kind == "dispute" {
		s.Log.WarnContext(ctx, "a payment is disputed", "tenant", tenant, "dispute", i.ID, "reason", i.Reason)
	}
	return err
}
