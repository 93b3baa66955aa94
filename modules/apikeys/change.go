package apikeys

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type renameInput struct {
	ID   uuid.UUID `path:"id" doc:"The key"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Nightly import"`
	}
}

// rename changes what people call a key, as long as it is not revoked.
func (s *service) rename(ctx context.Context, in *renameInput) (*Key, error) {
	name, err := cleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	var out Key
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if _, err := s.takeTx(ctx, tx, in.ID, &out); err != nil {
			return err
		}
		if err := changeTx(tx, in.ID, map[string]any{"name": name}); err != nil {
			return err
		}
		detail := map[string]any{"prefix": out.Prefix, "from": out.Name, "to": name}
		out.Name = name
		return s.recordTx(ctx, tx, "api_key.rename", &out, detail)
	})
	return &out, err
}

type revokeInput struct {
	ID uuid.UUID `path:"id" doc:"The key"`
}

// revoke ends a key for good, whoever made it.
func (s *service) revoke(ctx context.Context, in *revokeInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var key Key
		if _, err := s.takeTx(ctx, tx, in.ID, &key); err != nil {
			return err
		}
		if err := changeTx(tx, in.ID, map[string]any{"revoked_at": gorm.Expr("now()"), "revoked_reason": "revoked"}); err != nil {
			return err
		}
		return s.recordTx(ctx, tx, "api_key.revoke", &key, map[string]any{"prefix": key.Prefix, "name": key.Name})
	})
}

// changeTx changes a key that is not revoked.
func changeTx(tx *db.Tx, id uuid.UUID, columns map[string]any) error {
	changed := tx.Table("api_keys").Where("id = ? AND revoked_at IS NULL", id).Updates(columns)
	if changed.Error == nil && changed.RowsAffected == 0 {
		return gorm.ErrRecordNotFound
	}
	return changed.Error
}

// recordTx notes what was done to a key, and by whom: a person, or another key.
func (s *service) recordTx(ctx context.Context, tx *db.Tx, action string, key *Key, detail map[string]any) error {
	actor := access.From(ctx)
	var label string
	if actor.Kind == access.APIKey {
		var by Key
		if _, err := s.takeTx(ctx, tx, actor.ID, &by); err != nil {
			return err
		}
		label = by.Name
	} else {
		people, err := s.People(ctx, tx, []uuid.UUID{actor.ID})
		if err != nil {
			return err
		}
		label = people[actor.ID].Email
	}
	return audit.Record(audit.WithLabel(ctx, label), tx, action, key.target(), detail)
}
