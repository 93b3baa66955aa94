package operator

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"saaskit/platform/app"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/mail"
	"saaskit/platform/password"
)

// Provision makes an operator with a password, for the local stack and tests; no route leads to it. Who is an operator already stays as they are.
// Of d it needs DB and Passwords.
func Provision(ctx context.Context, d Deps, email, name, pass string) (id uuid.UUID, err error) {
	email, err = mail.Address(email)
	if err != nil {
		return uuid.Nil, err
	}
	if err := password.Check(pass, name, email, app.Brand); err != nil {
		return uuid.Nil, err
	}
	var known account
	err = d.DB.System(ctx, "look for an operator to provision", func(tx *db.SystemTx) (err error) {
		known, err = findByEmail(tx, email)
		return err
	})
	if err != nil || known.Email != "" {
		return known.ID, err
	}
	hash, err := d.Passwords.Hash(ctx, pass)
	if err != nil {
		return uuid.Nil, err
	}
	id = db.NewID()
	err = d.DB.System(ctx, "provision an operator", func(tx *db.SystemTx) error {
		err := tx.Exec(`INSERT INTO operators (id, email, name, password_hash) VALUES (?, ?, ?, ?)`, id, email, name, hash).Error
		if err != nil {
			return fmt.Errorf("store an operator: %w", err)
		}
		return audit.RecordSecurity(ctx, tx, "operator.provision", target(id), nil)
	})
	return id, err
}
