package factors

import (
	"context"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Overview is what a person has besides a password.
type Overview struct {
	TOTP              bool       `json:"totp" doc:"Whether an authenticator app is on"`
	TOTPSince         *time.Time `json:"totp_since,omitempty" doc:"Since when it is on"`
	RecoveryCodesLeft int64      `json:"recovery_codes_left" doc:"How many recovery codes can still be used"`
	Passkeys          []Passkey  `json:"passkeys" doc:"The oldest first"`
}

func (s *service) list(ctx context.Context, _ *struct{}) (*Overview, error) {
	user := access.From(ctx).ID
	var out Overview
	err := s.DB.System(ctx, "show a person their second factor and passkeys", func(tx *db.SystemTx) error {
		factor, on, err := findTOTP(tx, user)
		if err != nil {
			return err
		}
		if on {
			out.TOTP, out.TOTPSince = true, factor.ConfirmedAt
		}
		if err := tx.Table(recoveryTable).Where("user_id = ?", user).Count(&out.RecoveryCodesLeft).Error; err != nil {
			return err
		}
		out.Passkeys, err = passkeysOf(tx, user)
		return err
	})
	return &out, err
}
