package factors

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// SecondFactor tells whether a password alone does not sign the person in: whether their authenticator app is on.
func SecondFactor(_ context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error) {
	_, on, err := findTOTP(tx, user)
	return on, err
}

// HasPasskey reports whether a person can sign in with a passkey.
func HasPasskey(_ context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error) {
	var n int64
	err := tx.Table(passkeyTable).Where("user_id = ?", user).Count(&n).Error
	return n > 0, err
}

// RemoveAll takes the authenticator app, its recovery codes and the passkeys from a person, for staff who made sure who asks.
func RemoveAll(_ context.Context, tx *db.SystemTx, user uuid.UUID) error {
	return tx.Exec("WITH apps AS (DELETE FROM totp_factors WHERE user_id = ?) DELETE FROM passkeys WHERE user_id = ?", user, user).Error
}
