package invitations

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

type listInput struct{ db.PageQuery }

var newestFirst = db.Order[Invitation]{
	Name: "invitations.created", Columns: []string{"created_at", "id"}, Desc: true,
	Key: func(i Invitation) []any { return []any{i.CreatedAt, i.ID} },
}

// list shows the invitations that are neither accepted nor revoked.
func (s *service) list(ctx context.Context, in *listInput) (*db.Page[Invitation], error) {
	var page db.Page[Invitation]
	err := s.DB.Tenant(ctx, func(tx *db.Tx) (err error) {
		if page, err = db.List(waiting(tx), in.PageQuery, newestFirst); err != nil {
			return err
		}
		return s.describe(ctx, tx, page.Items)
	})
	return &page, err
}

// describe adds the names of roles and people, and what the clock says.
func (s *service) describe(ctx context.Context, tx *db.Tx, items []Invitation) error {
	roles, err := s.RoleNames(ctx, tx)
	if err != nil {
		return err
	}
	people := make([]uuid.UUID, len(items))
	for i, item := range items {
		people[i] = item.InvitedBy.ID
	}
	names, err := s.Names(ctx, tx, people)
	if err != nil {
		return err
	}
	now := s.Now()
	for i := range items {
		items[i].RoleName = items[i].Role
		if name, own := roles[items[i].Role]; own {
			items[i].RoleName = name
		}
		items[i].InvitedBy.Name = names[items[i].InvitedBy.ID]
		items[i].Expired = !items[i].ExpiresAt.After(now)
	}
	return nil
}
