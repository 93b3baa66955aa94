package audit

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// ListFor returns a page of the entries of one tenant, or with uuid.Nil of all tenants, newest first.
func ListFor(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, p db.PageQuery) (db.Page[TenantEntry], error) {
	q := tx.Table(tenantLog)
	if tenant != uuid.Nil {
		q = q.Where("tenant_id = ?", tenant)
	}
	return db.List(q, p, db.Order[TenantEntry]{
		Name: "audit-all", Columns: []string{"id"}, Desc: true,
		Key: func(e TenantEntry) []any { return []any{e.ID} },
	})
}

// ListAbout returns a page of the entries outside any tenant that are about the target, newest first.
func ListAbout(ctx context.Context, tx *db.SystemTx, target string, p db.PageQuery) (db.Page[Entry], error) {
	return db.List(tx.Table(securityLog).Where("target = ?", target), p, db.Order[Entry]{
		Name: "security-about", Columns: []string{"id"}, Desc: true,
		Key: func(e Entry) []any { return []any{e.ID} },
	})
}
