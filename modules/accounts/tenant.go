package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// TenantRef is a tenant as one of its members sees it.
type TenantRef struct {
	ID     uuid.UUID   `json:"id"`
	Slug   string      `json:"slug" example:"acme" doc:"Names the workspace in web addresses"`
	Name   string      `json:"name" example:"Acme Ltd"`
	Role   access.Role `json:"role" enum:"owner,admin,member,viewer" doc:"Your role in the workspace"`
	Status string      `json:"status" enum:"active,suspended"`
}

// CurrentTenant is the tenant that an access token works in.
type CurrentTenant struct {
	TenantRef
	Permissions []string `json:"permissions" example:"[\"members:read\"]" doc:"What your role may do here"`
	Plan        string   `json:"plan" example:"free" doc:"Key of the plan"`
}

const (
	statusActive  = "active"
	tenantColumns = "t.id, t.slug, t.name, m.role, t.status"
)

// tenantsOf is the query for the tenants that the user is a member of.
func tenantsOf(tx *db.SystemTx, user uuid.UUID) *gorm.DB {
	return tx.Table("memberships AS m").Select(tenantColumns).
		Joins("JOIN tenants t ON t.id = m.tenant_id").Where("m.user_id = ?", user)
}

type listTenantsInput struct{ db.PageQuery }

var tenantsByName = db.Order[TenantRef]{
	Name: "tenants.name", Columns: []string{"t.name", "t.id"},
	Key: func(t TenantRef) []any { return []any{t.Name, t.ID} },
}

func (s *service) listTenants(ctx context.Context, in *listTenantsInput) (*db.Page[TenantRef], error) {
	var page db.Page[TenantRef]
	err := s.DB.System(ctx, "list the tenants of a person", func(tx *db.SystemTx) (err error) {
		page, err = db.List(tenantsOf(tx, access.From(ctx).ID), in.PageQuery, tenantsByName)
		return err
	})
	return &page, err
}

func (s *service) currentTenant(ctx context.Context, _ *struct{}) (*CurrentTenant, error) {
	actor := access.From(ctx)
	var ref TenantRef
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Table("tenants AS t").Select("t.id, t.slug, t.name, t.status").Where("t.id = ?", actor.Tenant).Take(&ref).Error
	})
	if err != nil {
		return nil, err
	}
	ref.Role = actor.Role
	return s.describe(ctx, ref)
}
