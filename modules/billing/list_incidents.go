package billing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// Incident is a refund or a dispute.
type Incident struct {
	ID         string    `json:"id" doc:"At Stripe" example:"re_1abc"`
	Kind       string    `json:"kind" enum:"refund,dispute"`
	TenantID   uuid.UUID `json:"tenant_id"`
	TenantName string    `json:"tenant_name"`
	Amount     int64     `json:"amount" doc:"In minor units (cents)"`
	Currency   string    `json:"currency" example:"usd"`
	Status     string    `json:"status" doc:"In Stripe's words" example:"succeeded"`
	Reason     string    `json:"reason" doc:"In Stripe's words" example:"requested_by_customer"`
	CreatedAt  time.Time `json:"created_at"`
}

type incidentsInput struct {
	db.PageQuery
}

var incidentsNewestFirst = db.Order[Incident]{
	Name: "billing.incidents", Columns: []string{"i.created_at", "i.id"}, Desc: true,
	Key: func(i Incident) []any { return []any{i.CreatedAt, i.ID} },
}

// listIncidents returns a page of the refunds and disputes of all tenants, the newest first.
func (s *service) listIncidents(ctx context.Context, in *incidentsInput) (*db.Page[Incident], error) {
	var page db.Page[Incident]
	err := s.DB.System(ctx, "list refunds and disputes for an operator", func(tx *db.SystemTx) (err error) {
		query := tx.Table("billing_incidents AS i").
			Select("i.id, i.kind, i.tenant_id, t.name AS tenant_name, i.amount, i.currency, i.status, i.reason, i.created_at").
			Joins("JOIN tenants t ON t.id = i.tenant_id")
		page, err = db.List(query, in.PageQuery, incidentsNewestFirst)
		return err
	})
	return &page, err
}
