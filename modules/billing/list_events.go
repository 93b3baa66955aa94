package billing

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
)

type eventsInput struct {
	db.PageQuery
	State string `query:"state" enum:"pending,applied,ignored" doc:"Only those"`
}

// Event is something that Stripe told us.
type Event struct {
	ID          string     `json:"id" example:"evt_1abc"`
	Type        string     `json:"type" example:"customer.subscription.updated"`
	State       string     `json:"state" enum:"pending,applied,ignored" doc:"ignored: it is about nobody of ours, or of a kind that changes nothing"`
	Customer    string     `json:"customer" doc:"At Stripe"`
	TenantID    *uuid.UUID `json:"tenant_id,omitempty"`
	TenantName  string     `json:"tenant_name" doc:"Empty when it is about nobody of ours"`
	Attempts    int        `json:"attempts" doc:"How often it was tried to apply"`
	Error       string     `json:"error" doc:"Why the last attempt failed; empty when it did not"`
	CreatedAt   time.Time  `json:"created_at" doc:"At Stripe"`
	ReceivedAt  time.Time  `json:"received_at"`
	ProcessedAt *time.Time `json:"processed_at,omitempty"`
}

var eventsNewestFirst = db.Order[Event]{
	Name: "billing.events", Columns: []string{"e.received_at", "e.id"}, Desc: true,
	Key: func(e Event) []any { return []any{e.ReceivedAt, e.ID} },
}

// listEvents returns a page of the events that were received, the newest first.
func (s *service) listEvents(ctx context.Context, in *eventsInput) (*db.Page[Event], error) {
	var page db.Page[Event]
	err := s.DB.System(ctx, "list Stripe's events for an operator", func(tx *db.SystemTx) (err error) {
		query := eventsTx(tx)
		if in.State != "" {
			query = query.Where("e.state = ?", in.State)
		}
		page, err = db.List(query, in.PageQuery, eventsNewestFirst)
		return err
	})
	return &page, err
}

// eventsTx is the query of events with the tenants whose customers they are about.
func eventsTx(tx *db.SystemTx) *gorm.DB {
	return tx.Table("stripe_events AS e").
		Select("e.id, e.type, e.state, e.customer, c.tenant_id, coalesce(t.name, '') AS tenant_name, e.attempts, e.error, e.created_at, e.received_at, e.processed_at").
		Joins("LEFT JOIN billing_customers c ON c.stripe_id = e.customer").
		Joins("LEFT JOIN tenants t ON t.id = c.tenant_id")
}
