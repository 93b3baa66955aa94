package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

var errNoSession = fault.New(fault.NotFound, "not_found", "There is no such session.")

// SessionInfo is a place where a person is signed in.
type SessionInfo struct {
	ID         uuid.UUID `json:"id"`
	Current    bool      `json:"current" doc:"Whether it is the one that asks"`
	Device     string    `json:"device" example:"Firefox on Linux" doc:"The program, as it names itself"`
	Place      string    `json:"place" example:"Berlin, Germany" doc:"Where the address is, as far as is known"`
	IP         string    `json:"ip" example:"203.0.113.7" doc:"The address at sign-in"`
	Method     string    `json:"method" example:"password" doc:"How the person proved who they are"`
	CreatedAt  time.Time `json:"created_at" doc:"When the person signed in"`
	LastUsedAt time.Time `json:"last_used_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"When it ends if it is not used"`
}

// SessionList is every live session of a person, the one used last first.
type SessionList struct {
	Items []SessionInfo `json:"items"`
}

func (s *service) listSessions(ctx context.Context, _ *struct{}) (*SessionList, error) {
	actor := access.From(ctx)
	var live []session.Info
	err := s.DB.System(ctx, "list the sessions of a person", func(tx *db.SystemTx) (err error) {
		live, err = s.Sessions.ListTx(ctx, tx, session.App, actor.ID)
		return err
	})
	list := &SessionList{Items: make([]SessionInfo, len(live))}
	for i, one := range live {
		list.Items[i] = SessionInfo{
			ID: one.ID, Current: one.ID == actor.Session, Device: device(one.UserAgent), Place: s.Places.Of(one.IP), IP: one.IP,
			Method: one.Method, CreatedAt: one.CreatedAt, LastUsedAt: one.LastUsedAt, ExpiresAt: one.ExpiresAt,
		}
	}
	return list, err
}

type endSessionInput struct {
	ID uuid.UUID `path:"id"`
}

// endSession ends one session of the person who acts. Ending the one that asks is signing out.
func (s *service) endSession(ctx context.Context, in *endSessionInput) error {
	actor := access.From(ctx)
	err := s.DB.System(ctx, "end a session of a person", func(tx *db.SystemTx) error {
		own, err := s.holdOwnTx(ctx, tx)
		if err != nil {
			return err
		}
		ended, err := s.Sessions.EndTx(ctx, tx, session.App, actor.ID, in.ID)
		if err != nil {
			return err
		}
		if !ended {
			return errNoSession
		}
		if err := s.cancelEmailChangeTx(ctx, tx, own); err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "user.end_session", target(actor.ID), map[string]any{"session": in.ID.String()})
	})
	if err == nil && in.ID == actor.Session {
		s.cookie.Clear(ctx)
	}
	return err
}

// endOtherSessions signs the person who acts out everywhere else.
func (s *service) endOtherSessions(ctx context.Context, _ *struct{}) error {
	actor := access.From(ctx)
	return s.DB.System(ctx, "end the other sessions of a person", func(tx *db.SystemTx) error {
		own, err := s.holdOwnTx(ctx, tx)
		if err != nil {
			return err
		}
		ended, err := s.Sessions.EndOthersTx(ctx, tx, session.App, actor.ID, actor.Session)
		if err != nil {
			return err
		}
		if err := s.cancelEmailChangeTx(ctx, tx, own); err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "user.end_other_sessions", target(actor.ID), map[string]any{"ended": ended})
	})
}
