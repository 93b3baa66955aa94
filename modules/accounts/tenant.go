package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// TenantRef is a tenant as one of its members sees it.
type TenantRef struct {
	ID       uuid.UUID `json:"id"`
	Slug     string    `json:"slug" example:"acme" doc:"Names the workspace in web addresses. Those that it had before lead to it, too"`
	Name     string    `json:"name" example:"Acme Ltd"`
	Role     string    `json:"role" example:"admin" doc:"Your role in the workspace: owner, admin, member, viewer, or the id of one that the workspace made; empty for an API key"`
	RoleName string    `json:"role_name" example:"admin" doc:"Name of your role"`
	Status   string    `json:"status" enum:"active,suspended"`
	Held     held      `gorm:"embedded" json:"-"`
}

// CurrentTenant is the tenant that an access token works in.
type CurrentTenant struct {
	TenantRef
	Permissions         []string  `json:"permissions" example:"[\"members:read\"]" doc:"What your role may do here"`
	Plan                string    `json:"plan" example:"free" doc:"Key of the plan"`
	Logo                string    `json:"logo" example:"" doc:"The logo as a data URI, a PNG of 128 by 128 pixels; empty for none"`
	RequireSecondFactor bool      `json:"require_second_factor" doc:"Whether only sessions that proved a second factor may work here"`
	ReadOnly            bool      `json:"read_only" doc:"Whether the workspace can be read but not changed, because a payment failed"`
	CreatedAt           time.Time `json:"created_at"`
	Version             string    `json:"version" example:"5d41402abc4b2a76" doc:"Another one for each change of all this"`
}

const (
	statusActive  = "active"
	tenantColumns = "t.id, t.slug, t.name, t.status, " + roleColumns
)

// tenantsOf is the query for the tenants that the user is a member of.
func tenantsOf(tx *db.SystemTx, user uuid.UUID) *gorm.DB {
	return tx.Table("memberships AS m").Select(tenantColumns).
		Joins("JOIN tenants t ON t.id = m.tenant_id").Joins(joinRoles).Where("m.user_id = ?", user)
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

// currentTenant is the tenant of the actor of ctx as they see it: their role and what they may do, its settings and its plan.
func (s *service) currentTenant(ctx context.Context, _ *struct{}) (*CurrentTenant, error) {
	actor := access.From(ctx)
	out := &CurrentTenant{Permissions: []string{}}
	for _, permission := range actor.Permissions.List() {
		out.Permissions = append(out.Permissions, string(permission))
	}
	var row struct {
		TenantRef
		RequireSecondFactor bool
		ReadOnly            bool
		CreatedAt           time.Time
		Image               []byte
	}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		err := tx.Table("tenants AS t").Select(`t.id, t.slug, t.name, t.status, t.require_second_factor, t.created_at, l.image,
			coalesce(p.read_only_at <= now(), false) AS read_only,
			coalesce(m.role_id::text, m.role, '') AS role, coalesce(r.name, m.role, '') AS role_name`).
			Joins("LEFT JOIN tenant_logos l ON l.tenant_id = t.id").Joins("LEFT JOIN tenant_plans p ON p.tenant_id = t.id").
			Joins("LEFT JOIN memberships m ON m.tenant_id = t.id AND m.user_id = ?", actor.ID).Joins(joinRoles).
			Where("t.id = ?", actor.Tenant).Take(&row).Error
		if err != nil {
			return err
		}
		out.Plan, err = s.Plan(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.TenantRef, out.RequireSecondFactor, out.ReadOnly = row.TenantRef, row.RequireSecondFactor, row.ReadOnly
	out.CreatedAt, out.Logo = row.CreatedAt.UTC(), dataURI(row.Image)
	out.Version, err = out.version()
	return out, err
}

// tenantTarget names a tenant in the audit log.
func tenantTarget(tenant uuid.UUID) string { return "tenant:" + tenant.String() }
