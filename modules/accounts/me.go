package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/session"
)

// Me is a person as they see themselves.
type Me struct {
	User
	HasPassword  bool      `json:"has_password" doc:"Whether you can sign in with a password"`
	SecondFactor bool      `json:"second_factor" gorm:"-" doc:"Whether sign-in asks for a second factor"`
	PendingEmail string    `json:"pending_email" gorm:"-" example:"" doc:"The address that you asked to change to and have not confirmed yet; empty for none"`
	CreatedAt    time.Time `json:"created_at" doc:"When you signed up"`
}

// account is a person with the state of their password, which marks every mailed link: a new password makes the older links worthless.
type account struct {
	Me
	ChangedAt time.Time // when the password was set; the epoch for none
}

func (s *service) me(ctx context.Context, _ *struct{}) (*Me, error) {
	var out account
	err := s.DB.System(ctx, "show a person to themselves", func(tx *db.SystemTx) (err error) {
		out, err = s.ownAccountTx(ctx, tx)
		return err
	})
	return &out.Me, err
}

// ownAccountTx reads the account of the person who acts.
func (s *service) ownAccountTx(ctx context.Context, tx *db.SystemTx) (account, error) {
	a, enabled, err := findAccountTx(tx, access.From(ctx).ID)
	if err != nil {
		return account{}, err
	}
	if !enabled {
		return account{}, session.ErrExpired
	}
	if a.SecondFactor, err = s.SecondFactor(ctx, tx, a.ID); err != nil {
		return account{}, err
	}
	a.PendingEmail, err = s.pendingEmailTx(ctx, tx, a)
	return a, err
}

// findAccountTx returns the enabled person with the id, and whether there is one.
func findAccountTx(tx *db.SystemTx, id uuid.UUID) (account, bool, error) {
	var a account
	found := tx.Table("users AS u").
		Select("u.id, u.email, u.name, u.created_at, c.user_id IS NOT NULL AS has_password, coalesce(c.changed_at, 'epoch') AS changed_at").
		Joins("LEFT JOIN user_credentials c ON c.user_id = u.id").Where("u.id = ? AND u.disabled_at IS NULL", id).Limit(1).Scan(&a)
	return a, found.RowsAffected == 1, found.Error
}

// lockAccountTx is findAccountTx for whoever is about to change address or password: they take turns. The second read sees what the one before
// left behind.
func lockAccountTx(tx *db.SystemTx, id uuid.UUID) (account, bool, error) {
	var locked []uuid.UUID
	err := tx.Table("users").Where("id = ?", id).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Pluck("id", &locked).Error
	if err != nil || len(locked) == 0 {
		return account{}, false, err
	}
	return findAccountTx(tx, id)
}

type updateMeInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Ada Lovelace"`
	}
}

func (s *service) updateMe(ctx context.Context, in *updateMeInput) (*Me, error) {
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	var out account
	err = s.DB.System(ctx, "change the name of a person", func(tx *db.SystemTx) error {
		if out, err = s.ownAccountTx(ctx, tx); err != nil || out.Name == name {
			return err
		}
		out.Name = name
		if err := tx.Table("users").Where("id = ?", out.ID).Update("name", name).Error; err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "user.change_name", target(out.ID), nil)
	})
	return &out.Me, err
}
