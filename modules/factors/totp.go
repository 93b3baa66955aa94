package factors

import (
	"encoding/base32"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"gorm.io/gorm"

	"saaskit/platform/db"
	"saaskit/platform/secret"
)

const (
	seedBytes = 20               // RFC 4226 section 4: 160 bits
	stepTime  = 30 * time.Second // RFC 6238 section 5.2
	// One step before and one after the server's, for clocks that differ and for the time that typing takes.
	stepsAround = 1
	codeDigits  = 6

	// sealLabel names the key under which seeds are sealed.
	sealLabel = "factors/totp"
)

// totpFactor is the authenticator app of a person.
type totpFactor struct {
	UserID      uuid.UUID `gorm:"primaryKey"`
	Seed        []byte    // sealed for UserID
	LastStep    int64
	CreatedAt   time.Time
	ConfirmedAt *time.Time
}

// TableName is the table of the model.
func (totpFactor) TableName() string { return "totp_factors" }

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// seal encrypts a seed so that it opens for this person only: a row that is copied to another person opens for nobody.
func seal(root secret.Root, user uuid.UUID, seed []byte) []byte {
	return root.Seal(sealLabel, seed, user[:])
}

// step returns the time step in which the code is the factor's, at the server's time and at most one step around it. Every step is
// computed whatever was found before.
func (f totpFactor) step(root secret.Root, code string, now time.Time) (step int64, ok bool, err error) {
	seed, err := root.Open(sealLabel, f.Seed, f.UserID[:])
	if err != nil {
		return 0, false, err
	}
	current := now.Unix() / int64(stepTime/time.Second)
	options := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for at := current - stepsAround; at <= current+stepsAround; at++ {
		same, err := hotp.ValidateCustom(code, uint64(at), base32Plain.EncodeToString(seed), options) //nolint:gosec // G115: times before 1970 do not happen
		if err != nil {
			return 0, false, err
		}
		if same && !ok && at > f.LastStep {
			step, ok = at, true
		}
	}
	return step, ok, nil
}

// findTOTP returns the person's authenticator app if it is on.
func findTOTP(tx *db.SystemTx, user uuid.UUID) (totpFactor, bool, error) {
	var f totpFactor
	err := tx.Where("user_id = ? AND confirmed_at IS NOT NULL", user).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return totpFactor{}, false, nil
	}
	return f, err == nil, err
}
