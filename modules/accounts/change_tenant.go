package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type changeTenantInput struct {
	Body struct {
		Name *string `json:"name,omitempty" minLength:"1" maxLength:"100" example:"Acme Ltd" doc:"The new name; left out, it stays"`
		Slug *string `json:"slug,omitempty" minLength:"3" maxLength:"40" pattern:"^[a-z0-9](-?[a-z0-9])*$" patternDescription:"lower-case letters and digits, in words joined by single hyphens" example:"acme" doc:"The new name in web addresses; left out, it stays"`
	}
}

// changeTenant renames a tenant, in the product or in its addresses. An address that it had stays its own and leads to it.
func (s *service) changeTenant(ctx context.Context, in *changeTenantInput) (*CurrentTenant, error) {
	if in.Body.Name != nil {
		name, err := api.CleanName(*in.Body.Name)
		if err != nil {
			return nil, err
		}
		in.Body.Name = &name
	}
	tenant := access.From(ctx).Tenant
	if in.Body.Slug != nil {
		if err := s.Limits.Take(ctx, slugRate, tenant.String()); err != nil {
			return nil, err
		}
	}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var now struct{ Name, Slug string }
		if err := tx.Table("tenants").Where("id = ?", tenant).Clauses(clause.Locking{Strength: "UPDATE"}).Take(&now).Error; err != nil {
			return err
		}
		changes, detail := map[string]any{}, map[string]any{}
		if name := in.Body.Name; name != nil && *name != now.Name {
			changes["name"], detail["name"] = *name, map[string]any{"from": now.Name, "to": *name}
		}
		if slug := in.Body.Slug; slug != nil && *slug != now.Slug {
			if err := ownSlugTx(tx, tenant, *slug); err != nil {
				return err
			}
			changes["slug"], detail["slug"] = *slug, map[string]any{"from": now.Slug, "to": *slug}
		}
		if len(changes) == 0 {
			return nil
		}
		changes["updated_at"] = s.Now()
		if err := tx.Table("tenants").Where("id = ?", tenant).Updates(changes).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, "tenant.change", tenantTarget(tenant), detail)
	})
	if err != nil {
		return nil, err
	}
	return s.currentTenant(ctx, nil)
}

// ownSlugTx makes sure that the slug is the tenant's: it was its own before, or nobody's ever and there is room for it. The caller holds the tenant,
// so that no two take the last place.
func ownSlugTx(tx *db.Tx, tenant uuid.UUID, slug string) error {
	var before int64
	if err := tx.Table("tenant_slugs").Where("slug = ?", slug).Count(&before).Error; err != nil || before > 0 {
		return err
	}
	if reserved[slug] {
		return errSlugTaken
	}
	var taken int64
	if err := tx.Table("tenant_slugs").Count(&taken).Error; err != nil {
		return err
	}
	if taken >= maxSlugs {
		return errTooManySlugs
	}
	free, err := claimSlug(tx.DB, tenant, slug)
	if err == nil && !free {
		err = errSlugTaken
	}
	return err
}
