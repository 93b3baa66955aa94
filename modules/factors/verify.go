package factors

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// The methods of proof that this module knows.
const (
	methodTOTP     = "totp"
	methodRecovery = "recovery_code"
	methodPasskey  = "passkey"
)

// Codes takes codes as a second factor.
type Codes struct{ service *service }

// NewCodes returns what takes codes.
func NewCodes(d Deps) *Codes { return &Codes{newService(d)} }

// Verify takes a code of the person's authenticator app or one of their recovery codes, and tells which it was. A code counts once, however many
// try it at the same time, and a code of the app not after a later one; when tx rolls back, it was not used. It counts no attempts: its caller does.
func (c *Codes) Verify(ctx context.Context, tx *db.SystemTx, user uuid.UUID, code string) (method string, ok bool, err error) {
	code = strings.Join(strings.Fields(code), "")
	if isTOTPCode(code) {
		ok, err = c.service.spendTOTP(tx, user, code)
		return methodTOTP, ok, err
	}
	ok, err = c.service.spendRecoveryCode(ctx, tx, user, code)
	return methodRecovery, ok, err
}

func isTOTPCode(code string) bool {
	return len(code) == codeDigits && strings.Trim(code, "0123456789") == ""
}

func (s *service) spendTOTP(tx *db.SystemTx, user uuid.UUID, code string) (bool, error) {
	factor, on, err := findTOTP(tx, user)
	if err != nil || !on {
		return false, err
	}
	step, ok, err := factor.step(s.Secret, code, s.Now())
	if err != nil || !ok {
		return false, err
	}
	// Of parallel tries the second waits for the first, and then finds that the step is used. The seed is compared so that a code of a factor that
	// was replaced meanwhile is not taken for the new one's.
	spent := tx.Table("totp_factors").Where("user_id = ? AND seed = ? AND confirmed_at IS NOT NULL AND last_step < ?", user, factor.Seed, step).
		Update("last_step", step)
	return spent.RowsAffected == 1, spent.Error
}
