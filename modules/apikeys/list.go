package apikeys

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
)

type listInput struct{ db.PageQuery }

// newest lists keys by id, which grows with time.
var newest = db.Order[Key]{
	Name: "api-keys", Columns: []string{"k.id"}, Desc: true,
	Key: func(k Key) []any { return []any{k.ID} },
}

func keysQuery(tx *db.Tx) *gorm.DB { return tx.Table("api_keys AS k").Select(keyColumns) }

// list shows revoked and expired keys, too, until they are purged.
func (s *service) list(ctx context.Context, in *listInput) (*db.Page[Key], error) {
	var page db.Page[Key]
	err := s.DB.Tenant(ctx, func(tx *db.Tx) (err error) {
		if page, err = db.List(keysQuery(tx), in.PageQuery, newest); err != nil {
			return err
		}
		_, err = s.fillTx(ctx, tx, page.Items)
		return err
	})
	return &page, err
}

// takeTx reads one key.
func (s *service) takeTx(ctx context.Context, tx *db.Tx, id uuid.UUID, into *Key) (map[uuid.UUID]Person, error) {
	if err := keysQuery(tx).Where("k.id = ?", id).Take(into).Error; err != nil {
		return nil, err
	}
	one := []Key{*into}
	people, err := s.fillTx(ctx, tx, one)
	*into = one[0]
	return people, err
}

// fillTx completes keys as they were read, and returns who made them.
func (s *service) fillTx(ctx context.Context, tx *db.Tx, keys []Key) (map[uuid.UUID]Person, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	creators := make([]uuid.UUID, len(keys))
	for i, k := range keys {
		creators[i] = k.CreatedBy.ID
	}
	people, err := s.People(ctx, tx, creators)
	for i := range keys {
		keys[i].Scopes, keys[i].CreatedBy.Name = permissions(keys[i].ScopeList), people[keys[i].CreatedBy.ID].Name
	}
	return people, err
}
