package accounts

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

const maxSlug = 40

// reserved are slugs that would read as a part of the product.
var reserved = map[string]bool{
	"admin": true, "api": true, "app": true, "assets": true, "billing": true, "docs": true, "help": true, "hooks": true, "new": true,
	"operator": true, "settings": true, "sign-in": true, "sign-up": true, "static": true, "status": true, "support": true, "www": true,
}

var errSlugTaken = fault.New(fault.Conflict, "slug_taken", "That address is taken.")

type createTenantInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Acme Ltd"`
	}
}

// createTenant makes a tenant whose owner is the actor.
func (s *service) createTenant(ctx context.Context, in *createTenantInput) (*TenantRef, error) {
	name, err := cleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, createTenantsRate, actor.ID.String()); err != nil {
		return nil, err
	}
	var out TenantRef
	err = s.DB.System(ctx, "create a tenant", func(tx *db.SystemTx) error {
		owner, enabled, err := findUser(tx, actor.ID)
		if err != nil {
			return err
		}
		if !enabled {
			return session.ErrExpired
		}
		ctx := audit.WithLabel(ctx, owner.Email)
		out, err = s.createTenantTx(ctx, tx, actor.ID, name, slugs(name)...)
		return err
	})
	return &out, err
}

// createTenantTx makes an active tenant with its owner. It takes the first of the slugs that is free.
func (s *service) createTenantTx(ctx context.Context, tx *db.SystemTx, owner uuid.UUID, name string, slugs ...string) (TenantRef, error) {
	out := TenantRef{ID: db.NewID(), Name: name, Role: access.Owner, Status: statusActive}
	for _, slug := range slugs {
		made := tx.Exec(`INSERT INTO tenants (id, slug, name, status) VALUES (?, ?, ?, ?) ON CONFLICT (slug) DO NOTHING`,
			out.ID, slug, out.Name, out.Status)
		if made.Error != nil {
			return TenantRef{}, made.Error
		}
		if made.RowsAffected == 1 {
			out.Slug = slug
			break
		}
	}
	if out.Slug == "" {
		return TenantRef{}, errSlugTaken
	}
	if err := joinTx(tx, out.ID, owner, access.Owner); err != nil {
		return TenantRef{}, err
	}
	return out, audit.RecordFor(ctx, tx, out.ID, "tenant.create", "tenant:"+out.ID.String(), map[string]any{"slug": out.Slug})
}

// slugs lists what a tenant of that name may be called in addresses, the best first: later ones end in something random,
// so that popular names neither collide for long nor tell how many there are.
func slugs(name string) []string {
	base := slug(name)
	list := make([]string, 0, 6)
	if !reserved[base] && len(base) >= 3 {
		list = append(list, base)
	}
	for range 5 {
		list = append(list, strings.TrimRight(base[:min(len(base), maxSlug-7)], "-")+"-"+strings.ToLower(rand.Text()[:6]))
	}
	return list
}

// slug turns a name into lower-case ASCII words joined by hyphens; accents fall off.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’': // marks and apostrophes join what stands around them
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String()[:min(b.Len(), maxSlug)], "-")
	if s == "" {
		return "workspace"
	}
	return s
}
