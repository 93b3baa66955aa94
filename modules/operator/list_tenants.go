package operator

import (
	"context"
	"strings"

	"saaskit/platform/db"
)

type listTenantsInput struct {
	db.PageQuery
	Q string `query:"q" maxLength:"200" example:"acme" doc:"Part of the name, of the slug or of an owner's e-mail address"`
}

var tenantsNewestFirst = db.Order[Tenant]{
	Name: "operator.tenants", Columns: []string{"id"}, Desc: true,
	Key: func(t Tenant) []any { return []any{t.ID} },
}

// listTenants returns a page of all tenants, newest first, or of those that match.
func (s *service) listTenants(ctx context.Context, in *listTenantsInput) (*db.Page[Tenant], error) {
	var page db.Page[Tenant]
	err := s.DB.System(ctx, "list tenants for an operator", func(tx *db.SystemTx) (err error) {
		query := tx.Table("tenants").Select("id, slug, name, status, created_at")
		if q := strings.TrimSpace(in.Q); q != "" {
			pattern := contains(q)
			query = query.Where("(name ILIKE ? OR slug ILIKE ? OR id IN (?))", pattern, pattern, s.OwnedBy(tx, pattern))
		}
		page, err = db.List(query, in.PageQuery, tenantsNewestFirst)
		if err != nil {
			return err
		}
		tenants := make([]*Tenant, len(page.Items))
		for i := range page.Items {
			tenants[i] = &page.Items[i]
		}
		return s.describe(ctx, tx, tenants...)
	})
	return &page, err
}

var wildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, "\x00", "")

// contains is the LIKE pattern of texts that hold q as it stands.
func contains(q string) string { return "%" + wildcards.Replace(q) + "%" }
