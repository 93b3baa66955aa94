package operator

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/platform/api"
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
	subject, err := s.OneTime.ConsumeCode(ctx, kindCode, in.Body.Challenge, in.Body.Code)
	if errors.Is(err, onetime.ErrCode) {
		return nil, s.refuseCode(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(subject)
	if err != nil {
		return nil, err
	}
	var who Operator
	var started session.Started
	err = s.DB.System(ctx, "start an operator's session", func(tx *db.SystemTx) error {
		who, err = findEnabled(tx, id)
		if err != nil {
			return err
		}
		if err = audit.RecordSecurity(as(ctx, who), tx, "operator.sign_in", target(id), nil); err != nil {
			return err
		}
		started, err = s.Sessions.StartTx(ctx, tx, session.Operator, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if old := api.Cookie(ctx, s.cookieName()); old != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.Operator, old); err != nil {
			return nil, err
		}
	}
	s.setCookie(ctx, started.Refresh, started.Expires)
	return s.open(ctx, who, started.Session)
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
