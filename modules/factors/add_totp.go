package factors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

// pendingLife is how long a seed that was shown waits for its first code.
const pendingLife = 15 * time.Minute

var (
	errTOTPOn     = fault.New(fault.Conflict, "totp_on", "Your authenticator app is already on. Turn it off before you add another one.")
	errTOTPOff    = fault.New(fault.Conflict, "totp_off", "Your authenticator app is not on.")
	errNotStarted = fault.New(fault.Conflict, "totp_not_started", "That took too long, or the app is already on. Start again.")
	errCodeWrong  = fault.New(fault.Invalid, "code_wrong", "This code is wrong, or it is too old. Type the one that the app shows now.")
)

// Enrolment is what an authenticator app needs to know.
type Enrolment struct {
	Secret string `json:"secret" example:"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" doc:"The seed in base32, to type into an app that cannot scan"`
	URI    string `json:"uri" doc:"The same as an otpauth address, for an app on this device"`
	QR     string `json:"qr" doc:"The same as a QR code: the text of an SVG image"`
}

// startTOTP makes a seed. It proves nothing until a code of it has come back; one that was shown before and never confirmed is worthless from now on.
func (s *service) startTOTP(ctx context.Context, _ *struct{}) (*Enrolment, error) {
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, changesByPerson, actor.ID.String()); err != nil {
		return nil, err
	}
	var out Enrolment
	err := s.DB.System(ctx, "start to add an authenticator app", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: app.Brand, AccountName: person.Email, SecretSize: seedBytes})
		if err != nil {
			return fmt.Errorf("make a seed: %w", err)
		}
		seed, err := base32Plain.DecodeString(key.Secret())
		if err != nil {
			return fmt.Errorf("read the seed: %w", err)
		}
		out.Secret, out.URI = key.Secret(), key.URL()
		if out.QR, err = qrCode(out.URI); err != nil {
			return err
		}
		stored := tx.Exec(`
			INSERT INTO totp_factors (user_id, seed, created_at) VALUES (?, ?, ?)
			ON CONFLICT (user_id) DO UPDATE SET seed = excluded.seed, created_at = excluded.created_at
			WHERE totp_factors.confirmed_at IS NULL`, person.ID, seal(s.Secret, person.ID, seed), s.Now())
		if stored.Error == nil && stored.RowsAffected == 0 {
			return errTOTPOn
		}
		return stored.Error
	})
	return &out, err
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"20" example:"123456" doc:"The six digits that the app shows"`
	}
}

// Confirmed is an authenticator app that is on.
type Confirmed[S any] struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"Each signs you in once without the app. They are never shown again"`
	Session       *S       `json:"session" doc:"This session, which has proved a second factor now"`
}

// confirmTOTP turns the app on with its first code. Who could read a code off the app has it, so the session counts as proved by it.
func confirmTOTP[S any](s *service, door Door[S]) func(context.Context, *codeInput) (*Confirmed[S], error) {
	return func(ctx context.Context, in *codeInput) (*Confirmed[S], error) {
		codes, err := s.turnOnTOTP(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		current, err := door.Reauthenticate(ctx, session.Proof{Method: methodTOTP, SecondFactor: true})
		if err != nil {
			return nil, err
		}
		return &Confirmed[S]{RecoveryCodes: codes, Session: current}, nil
	}
}

func (s *service) turnOnTOTP(ctx context.Context, code string) (codes []string, err error) {
	user := access.From(ctx).ID
	if err := s.Limits.Take(ctx, codesByPerson, user.String()); err != nil {
		return nil, err
	}
	err = s.DB.System(ctx, "turn an authenticator app on", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		var pending totpFactor
		err = tx.Where("user_id = ? AND confirmed_at IS NULL AND created_at > ?", user, s.Now().Add(-pendingLife)).Take(&pending).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errNotStarted
		}
		if err != nil {
			return err
		}
		step, ok := int64(0), false
		if isTOTPCode(code) {
			if step, ok, err = pending.step(s.Secret, code, s.Now()); err != nil {
				return err
			}
		}
		if !ok {
			return errCodeWrong
		}
		on := tx.Table("totp_factors").Where("user_id = ? AND seed = ? AND confirmed_at IS NULL", user, pending.Seed).
			Updates(map[string]any{"confirmed_at": s.Now(), "last_step": step})
		if on.Error != nil {
			return on.Error
		}
		if on.RowsAffected != 1 {
			return errNotStarted
		}
		if codes, err = s.replaceRecoveryCodes(tx, user); err != nil {
			return err
		}
		// A proof by one factor, which somebody else may have given, must not be enough to turn the app off again.
		if err := s.Sessions.AgeProofsTx(ctx, tx, session.App, user); err != nil {
			return err
		}
		if err := audit.RecordSecurity(ctx, tx, "user.add_totp", target(user), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.totpOnMail(person.Email))
	})
	return codes, err
}
