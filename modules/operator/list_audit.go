package operator

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type listAuditInput struct {
	db.PageQuery
	TenantID uuid.UUID `query:"tenant_id" doc:"Only what was done in this tenant"`
}

// listAudit returns a page of what was done in one tenant or in all, newest first.
func (s *service) listAudit(ctx context.Context, in *listAuditInput) (*db.Page[audit.TenantEntry], error) {
	var page db.Page[audit.TenantEntry]
	err := s.DB.System(ctx, "list the audit log for an operator", func(tx *db.SystemTx) (err error) {
		page, err = audit.ListFor(ctx, tx, in.TenantID, in.PageQuery)
		return err
	})
	return &page, err
}
