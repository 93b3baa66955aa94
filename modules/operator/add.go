package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/mail"
)

// AddOperator makes the owner of the address an operator and returns a link, good once and for a day, on which they choose their password.
// For an operator that exists it makes a new link and lifts a disablement; their password works until the link is used,
// but not that of a disabled one: it may be why they were disabled.
// Of d it needs DB, OneTime, Now and BaseURL.
func AddOperator(ctx context.Context, d Deps, email string) (link string, err error) {
	email, err = mail.Address(email)
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(email, "@")
	err = d.DB.System(ctx, "add an operator", func(tx *db.SystemTx) error {
		var who Operator
		err := tx.Raw(`
			INSERT INTO operators (id, email, name) VALUES (?, ?, ?)
			ON CONFLICT (email) DO UPDATE SET disabled_at = NULL,
				password_hash = CASE WHEN operators.disabled_at IS NULL THEN operators.password_hash ELSE '' END
			RETURNING id, email, name`, db.NewID(), email, name).Scan(&who).Error
		if err != nil {
			return fmt.Errorf("store an operator: %w", err)
		}
		token, err := d.OneTime.IssueTx(ctx, tx, kindPassword, who.ID.String(), passwordLife, nil)
		if err != nil {
			return err
		}
		link = strings.TrimRight(d.BaseURL, "/") + "/operator/set-password#" + token
		return audit.RecordSecurity(ctx, tx, "operator.add", target(who.ID), map[string]any{"email": email})
	})
	return link, err
}

// ErrUnknown says that no operator has the address.
var ErrUnknown = errors.New("nobody with this address is an operator")

// DisableOperator shuts an operator out: sessions end within a second everywhere, and signing in is over. It returns ErrUnknown for another address.
// Of d it needs DB, OneTime, Sessions and Now.
func DisableOperator(ctx context.Context, d Deps, email string) error {
	email, err := mail.Address(email)
	if err != nil {
		return err
	}
	s := service{Deps: d}
	return d.DB.System(ctx, "disable an operator", func(tx *db.SystemTx) error {
		known, err := findByEmail(tx, email)
		if err != nil {
			return err
		}
		if known.Email == "" {
			return ErrUnknown
		}
		disabled := tx.Table("operators").Where("id = ? AND disabled_at IS NULL", known.ID).Update("disabled_at", d.Now())
		if disabled.Error != nil || disabled.RowsAffected == 0 {
			return disabled.Error
		}
		if err := d.OneTime.VoidTx(ctx, tx, kindPassword, known.ID.String()); err != nil {
			return err
		}
		if err := s.shutOut(ctx, tx, known.ID); err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "operator.disable", target(known.ID), nil)
	})
}
