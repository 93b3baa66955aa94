package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/session"
)

// Operator is a person who runs the product.
type Operator struct {
	ID    uuid.UUID `json:"id"`
	Email string    `json:"email" example:"ops@example.com"`
	Name  string    `json:"name" example:"Grace Hopper"`
}

// account is an operator with what only signing in looks at.
type account struct {
	Operator
	PasswordHash string
	DisabledAt   *time.Time
}

// canSignIn reports whether there is such an operator, with a password and not disabled.
func (a account) canSignIn() bool {
	return a.ID != uuid.Nil && a.PasswordHash != "" && a.DisabledAt == nil
}

// findByEmail returns the zero account when there is none.
func findByEmail(tx *db.SystemTx, email string) (account, error) {
	var a account
	err := tx.Table("operators").Where("email = ?", email).Limit(1).Scan(&a).Error
	if err != nil {
		return account{}, fmt.Errorf("find an operator by address: %w", err)
	}
	return a, nil
}

// findEnabled returns the operator with the id, or session.ErrExpired when there is none or it is disabled: whoever asks is signed out.
func findEnabled(tx *db.SystemTx, id uuid.UUID) (Operator, error) {
	var o Operator
	found := tx.Table("operators").Where("id = ? AND disabled_at IS NULL", id).Limit(1).Scan(&o)
	if found.Error != nil {
		return Operator{}, fmt.Errorf("find an operator: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return Operator{}, session.ErrExpired
	}
	return o, nil
}

// as returns a context in which the operator acts, for the audit log.
func as(ctx context.Context, o Operator) context.Context {
	actor := access.From(ctx)
	actor.Kind, actor.ID, actor.Label = access.Operator, o.ID, o.Email
	return access.With(ctx, actor)
}

// As returns a context in which the operator who asks acts, for what another module records of them; one who may not work any more is signed out.
func As(ctx context.Context, tx *db.SystemTx) (context.Context, error) {
	o, err := findEnabled(tx, access.From(ctx).ID)
	return as(ctx, o), err
}

func target(id uuid.UUID) string { return "operator:" + id.String() }

// me returns the operator who asks.
func (s *service) me(ctx context.Context, _ *struct{}) (*Operator, error) {
	var o Operator
	err := s.DB.System(ctx, "read the signed-in operator", func(tx *db.SystemTx) (err error) {
		o, err = findEnabled(tx, access.From(ctx).ID)
		return err
	})
	return &o, err
}
