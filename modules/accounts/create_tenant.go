package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/session"
)

type createTenantInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Acme Ltd"`
	}
}

// createTenant makes a tenant whose owner is the actor.
func (s *service) createTenant(ctx context.Context, in *createTenantInput) (*TenantRef, error) {
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, createTenantsRate, actor.ID.String()); err != nil {
		return nil, err
	}
	var out TenantRef
	err = s.DB.System(ctx, "create a tenant", func(tx *db.SystemTx) error {
		_, enabled, err := findUser(tx, actor.ID)
		if err != nil {
			return err
		}
		if !enabled {
			return session.ErrExpired
		}
		out, err = s.createTenantTx(ctx, tx, actor.ID, name, slugs(name)...)
		return err
	})
	return &out, err
}

// createTenantTx makes an active tenant with its owner. It takes the first of the slugs that is free.
func (s *service) createTenantTx(ctx context.Context, tx *db.SystemTx, owner uuid.UUID, name string, slugs ...string) (TenantRef, error) {
	out := TenantRef{ID: db.NewID(), Name: name, Role: string(access.Owner), RoleName: string(access.Owner), Status: statusActive}
	for _, slug := range slugs {
		free, err := claimSlug(tx.DB, out.ID, slug)
		if err != nil {
			return TenantRef{}, err
		}
		if free {
			out.Slug = slug
			break
		}
	}
	if out.Slug == "" {
		return TenantRef{}, errSlugTaken
	}
	if err := tx.Exec("INSERT INTO tenants (id, slug, name, status) VALUES (?, ?, ?, ?)", out.ID, out.Slug, out.Name, out.Status).Error; err != nil {
		return TenantRef{}, err
	}
	if err := s.joinTx(ctx, tx, out.ID, owner, RoleRef{Role: access.Owner}); err != nil {
		return TenantRef{}, err
	}
	return out, audit.RecordFor(ctx, tx, out.ID, "tenant.create", tenantTarget(out.ID), map[string]any{"slug": out.Slug})
}
