package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Member is a user in a tenant, with a role.
type Member struct {
	UserID   uuid.UUID   `json:"user_id"`
	Name     string      `json:"name" example:"Ada Lovelace"`
	Email    string      `json:"email" example:"ada@example.com"`
	Role     access.Role `json:"role" enum:"owner,admin,member,viewer"`
	JoinedAt time.Time   `json:"joined_at"`
}

const memberColumns = "m.user_id, u.name, u.email, m.role, m.created_at AS joined_at"

// membersQuery is the query for the members of the transaction's tenant.
func membersQuery(tx *db.Tx) *gorm.DB {
	return tx.Table("memberships AS m").Select(memberColumns).
		Joins("JOIN users u ON u.id = m.user_id")
}

// joinTx adds the user to the tenant. A member stays what they are: then it returns ErrExists.
func joinTx(tx *db.SystemTx, tenant, user uuid.UUID, role access.Role) error {
	made := tx.Exec(`INSERT INTO memberships (tenant_id, user_id, role) VALUES (?, ?, ?) ON CONFLICT (tenant_id, user_id) DO NOTHING`,
		tenant, user, role)
	if made.Error == nil && made.RowsAffected == 0 {
		return ErrExists
	}
	return made.Error
}

type listMembersInput struct{ db.PageQuery }

var membersByJoining = db.Order[Member]{
	Name: "members.joined", Columns: []string{"m.created_at", "m.user_id"},
	Key: func(m Member) []any { return []any{m.JoinedAt, m.UserID} },
}

func (s *service) listMembers(ctx context.Context, in *listMembersInput) (*db.Page[Member], error) {
	var page db.Page[Member]
	err := s.DB.One(ctx, func(tx *db.Tx) (err error) {
		page, err = db.List(membersQuery(tx), in.PageQuery, membersByJoining)
		return err
	})
	return &page, err
}
