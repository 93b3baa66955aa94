package factors

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

const (
	recoveryTable = "recovery_codes"
	recoveryCodes = 10
	recoveryChars = 10 // of 5 bits each
)

// recoveryAlphabet has no characters that look alike: no i, l, o and u.
var recoveryAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// RecoveryCodes is a new set of recovery codes.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"Each signs you in once without the app. They are never shown again"`
}

type recoveryCode struct {
	UserID    uuid.UUID
	Hash      []byte
	CreatedAt time.Time
}

// renewRecoveryCodes makes a new set. The codes of the old one are worthless.
func (s *service) renewRecoveryCodes(ctx context.Context, _ *struct{}) (*RecoveryCodes, error) {
	user := access.From(ctx).ID
	if err := s.Limits.Take(ctx, changesByPerson, user.String()); err != nil {
		return nil, err
	}
	var out RecoveryCodes
	err := s.DB.System(ctx, "make new recovery codes", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		_, on, err := findTOTP(tx, user)
		if err != nil {
			return err
		}
		if !on {
			return errTOTPOff
		}
		if out.RecoveryCodes, err = s.replaceRecoveryCodes(tx, user); err != nil {
			return err
		}
		if err := audit.RecordSecurity(ctx, tx, "user.renew_recovery_codes", target(user), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.recoveryCodesMail(person.Email))
	})
	return &out, err
}

func (s *service) replaceRecoveryCodes(tx *db.SystemTx, user uuid.UUID) ([]string, error) {
	if err := tx.Exec("DELETE FROM recovery_codes WHERE user_id = ?", user).Error; err != nil {
		return nil, err
	}
	shown := make([]string, recoveryCodes)
	rows := make([]recoveryCode, recoveryCodes)
	for i := range shown {
		code := newRecoveryCode()
		shown[i] = code[:recoveryChars/2] + "-" + code[recoveryChars/2:]
		rows[i] = recoveryCode{UserID: user, Hash: s.hashRecoveryCode(user, code), CreatedAt: s.Now()}
	}
	return shown, tx.Table(recoveryTable).Create(&rows).Error
}

func newRecoveryCode() string {
	raw := make([]byte, recoveryChars)
	rand.Read(raw) // never fails: the program ends instead
	return recoveryAlphabet.EncodeToString(raw)[:recoveryChars]
}

// hashRecoveryCode is keyed, because 50 bits under a plain hash could be tried out from a copy of the table. It binds the code to its person.
func (s *service) hashRecoveryCode(user uuid.UUID, code string) []byte {
	mac := hmac.New(sha256.New, s.Secret.Key("factors/recovery-code"))
	mac.Write(user[:])
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// spendRecoveryCode uses a code up, and tells its owner.
func (s *service) spendRecoveryCode(ctx context.Context, tx *db.SystemTx, user uuid.UUID, code string) (bool, error) {
	code = plainRecoveryCode(code)
	if len(code) != recoveryChars {
		return false, nil
	}
	// The second of two parallel deletes waits for the first, and then finds no row.
	spent := tx.Exec("DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?", user, s.hashRecoveryCode(user, code))
	if spent.Error != nil || spent.RowsAffected != 1 {
		return false, spent.Error
	}
	var left int64
	if err := tx.Table(recoveryTable).Where("user_id = ?", user).Count(&left).Error; err != nil {
		return false, err
	}
	person, err := s.Person(ctx, tx, user)
	if err != nil {
		return false, err
	}
	if err := audit.RecordSecurity(ctx, tx, "user.use_recovery_code", target(user), map[string]any{"left": left}); err != nil {
		return false, err
	}
	return true, s.tell(ctx, tx, s.recoveryCodeUsedMail(person.Email, left))
}

// plainRecoveryCode is a code as it was made, from what a person typed: with or without hyphens, in any case, and with letters for the digits that look like them.
func plainRecoveryCode(typed string) string {
	return strings.NewReplacer("-", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(typed))
}
