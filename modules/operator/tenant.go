package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// Tenant is a customer's workspace as an operator sees it: never its content, only how much there is.
type Tenant struct {
	ID        uuid.UUID `json:"id"`
	Slug      string    `json:"slug" example:"acme"`
	Name      string    `json:"name" example:"Acme"`
	Status    string    `json:"status" enum:"active,suspended"`
	Plan      string    `json:"plan" gorm:"-" example:"pro"`
	Members   int64     `json:"members" gorm:"-" doc:"How many members it has"`
	Notes     int64     `json:"notes" gorm:"-" doc:"How many notes it has"`
	CreatedAt time.Time `json:"created_at"`
}

// Member is a person in a tenant, with a role.
type Member struct {
	UserID   uuid.UUID `json:"user_id"`
	Name     string    `json:"name" example:"Ada Lovelace"`
	Email    string    `json:"email" example:"ada@example.com"`
	Role     string    `json:"role" example:"admin" doc:"Name of the role"`
	JoinedAt time.Time `json:"joined_at"`
}

// TenantDetail is one tenant with its first members.
type TenantDetail struct {
	Tenant
	SuspendedReason string   `json:"suspended_reason" doc:"Why it is suspended; empty otherwise"`
	List            []Member `json:"list" gorm:"-" doc:"The first 100 members, owners first"`
}

const (
	active    = "active"
	suspended = "suspended"

	membersShown = 100
)

// describe fills in what stands in other tables and modules.
func (s *service) describe(ctx context.Context, tx *db.SystemTx, tenants ...*Tenant) error {
	if len(tenants) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(tenants))
	for i, t := range tenants {
		ids[i] = t.ID
	}
	var plans []struct {
		TenantID uuid.UUID
		Plan     string
	}
	if err := tx.Table("tenant_plans").Where("tenant_id IN ?", ids).Scan(&plans).Error; err != nil {
		return fmt.Errorf("read plans: %w", err)
	}
	planOf := map[uuid.UUID]string{}
	for _, p := range plans {
		if _, offered := s.Plans.Find(p.Plan); offered {
			planOf[p.TenantID] = p.Plan
		}
	}
	members, err := s.CountMembers(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("count members: %w", err)
	}
	notes, err := s.CountNotes(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("count notes: %w", err)
	}
	for _, t := range tenants {
		t.Members, t.Notes, t.Plan = members[t.ID], notes[t.ID], planOf[t.ID]
		if t.Plan == "" {
			t.Plan = s.Plans.Plans()[0].Key
		}
	}
	return nil
}

// detail reads one tenant whole, or the fault NotFound.
func (s *service) detail(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (*TenantDetail, error) {
	var t TenantDetail
	err := tx.Table("tenants").Where("id = ?", id).Take(&t).Error
	if err != nil {
		return nil, fmt.Errorf("read a tenant: %w", err)
	}
	if err := s.describe(ctx, tx, &t.Tenant); err != nil {
		return nil, err
	}
	t.List, err = s.Members(ctx, tx, id, membersShown)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return &t, nil
}

type tenantInput struct {
	ID uuid.UUID `path:"id"`
}

// getTenant returns one tenant. That it was looked at is no act: nothing of its content is shown.
func (s *service) getTenant(ctx context.Context, in *tenantInput) (out *TenantDetail, err error) {
	err = s.DB.System(ctx, "show a tenant to an operator", func(tx *db.SystemTx) error {
		out, err = s.detail(ctx, tx, in.ID)
		return err
	})
	return out, err
}
