package identities

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Linked is an identity as its person sees it.
type Linked struct {
	Identity
	ProviderName string `json:"provider_name" example:"Google"`
}

// List is the identities of a person, the oldest first.
type List struct {
	Items []Linked `json:"items"`
}

// mostListed bounds a list. Nobody has that many.
const mostListed = 100

func (s *service) list(ctx context.Context, _ *struct{}) (*List, error) {
	var found []Identity
	err := s.DB.System(ctx, "list the identities of a person", func(tx *db.SystemTx) error {
		return tx.Where("user_id = ?", access.From(ctx).ID).Order("linked_at, id").Limit(mostListed).Find(&found).Error
	})
	out := &List{Items: []Linked{}}
	for _, i := range found {
		out.Items = append(out.Items, Linked{Identity: i, ProviderName: s.nameOf(i.Provider)})
	}
	return out, err
}

// Has reports whether a person can sign in with a provider.
func Has(_ context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error) {
	var n int64
	err := tx.Table("identities").Where("user_id = ?", user).Count(&n).Error
	return n > 0, err
}
