package factors

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// removeTOTP turns the authenticator app off. The recovery codes go with it.
func (s *service) removeTOTP(ctx context.Context, _ *struct{}) error {
	user := access.From(ctx).ID
	if err := s.Limits.Take(ctx, changesByPerson, user.String()); err != nil {
		return err
	}
	return s.DB.System(ctx, "turn an authenticator app off", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		off := tx.Where("user_id = ? AND confirmed_at IS NOT NULL", user).Delete(&totpFactor{})
		if off.Error != nil {
			return off.Error
		}
		if off.RowsAffected == 0 {
			return errTOTPOff
		}
		if err := s.oneFactorLeft(ctx, tx, user); err != nil {
			return err
		}
		if err := audit.RecordSecurity(ctx, tx, "user.remove_totp", target(user), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.totpOffMail(person.Email))
	})
}
