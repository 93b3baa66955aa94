package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
)

// Member is a user in a tenant, with a role.
type Member struct {
	UserID   uuid.UUID `json:"user_id"`
	Name     string    `json:"name" example:"Ada Lovelace"`
	Email    string    `json:"email" example:"ada@example.com"`
	Role     string    `json:"role" example:"admin" doc:"owner, admin, member, viewer, or the id of a role that the workspace made"`
	RoleName string    `json:"role_name" example:"admin" doc:"Name of the role"`
	JoinedAt time.Time `json:"joined_at"`
	Held     held      `gorm:"embedded" json:"-"`
}

const memberColumns = "m.user_id, u.name, u.email, m.created_at AS joined_at, " + roleColumns

// membersQuery is the query for the members of the transaction's tenant.
func membersQuery(tx *db.Tx) *gorm.DB {
	return tx.Table("memberships AS m").Select(memberColumns).
		Joins("JOIN users u ON u.id = m.user_id").Joins(joinRoles)
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
