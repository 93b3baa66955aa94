package apikeys

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// labelled returns a context in which the record calls the actor by a name: a person by their address, a key by its own name.
func (s *service) labelled(ctx context.Context, tx *db.Tx) (context.Context, error) {
	actor := access.From(ctx)
	if actor.Kind == access.APIKey {
		var name string
		err := tx.Table("api_keys").Where("id = ?", actor.ID).Pluck("name", &name).Error
		return audit.WithLabel(ctx, name), err
	}
	people, err := s.People(ctx, tx, []uuid.UUID{actor.ID})
	return audit.WithLabel(ctx, people[actor.ID].Email), err
}
