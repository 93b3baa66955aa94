package operator

import (
	"bytes"
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

type signInCodeInput struct {
	Body struct {
		Challenge string `json:"challenge" minLength:"1" maxLength:"100"`
		Code      string `json:"code" minLength:"6" maxLength:"6" pattern:"^[0-9]{6}$" example:"123456" doc:"The code that was mailed"`
	}
}

// signInCode redeems the mailed code and starts a session. The session that the browser had ends.
func (s *service) signInCode(ctx context.Context, in *signInCodeInput) (*Session, error) {
	var proved proof
	subject, err := s.OneTime.ConsumeCode(ctx, kindCode, in.Body.Challenge, in.Body.Code, &proved)
	if errors.Is(err, onetime.ErrCode) {
		return nil, s.refuseCode(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(subject)
	if err != nil { // a decoy, guessed
		return nil, s.refuseCode(ctx, onetime.ErrCode)
	}
	who, started, err := s.startProved(ctx, id, proved)
	if errors.Is(err, onetime.ErrCode) {
		return nil, s.refuseCode(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	if old := s.cookie.Get(ctx); old != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.Operator, old); err != nil {
			return nil, err
		}
	}
	s.cookie.Set(ctx, started.Refresh, started.Expires)
	return s.open(ctx, who, started.Session)
}

// startProved starts a session for the operator, or answers onetime.ErrCode when the proved password is theirs no more.
func (s *service) startProved(ctx context.Context, id uuid.UUID, proved proof) (who Operator, started session.Started, err error) {
	err = s.DB.System(ctx, "start an operator's session", func(tx *db.SystemTx) error {
		// The lock orders this against a new password and a disablement: either that is first and the code counts no more,
		// or it comes after and ends this session with the others.
		var still []account
		err := tx.Table("operators").Where("id = ? AND disabled_at IS NULL", id).
			Clauses(clause.Locking{Strength: "SHARE"}).Scan(&still).Error
		if err != nil {
			return err
		}
		if len(still) != 1 || !bytes.Equal(still[0].digest(), proved.Digest) {
			return onetime.ErrCode
		}
		who = still[0].Operator
		if err := audit.RecordSecurity(as(ctx, who), tx, "operator.sign_in", target(id), nil); err != nil {
			return err
		}
		started, err = s.Sessions.StartTx(ctx, tx, session.Operator, id, session.Proof{Method: "password", SecondFactor: true})
		return err
	})
	return who, started, err
}

func (s *service) refuseCode(ctx context.Context, refusal error) error {
	err := s.DB.System(ctx, "record a wrong operator's code", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, "operator.sign_in_failed", "", map[string]any{"step": "code"})
	})
	if err != nil {
		return err
	}
	return refusal
}
