package operator

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

type endSessionsInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Reason        string `json:"reason" minLength:"3" maxLength:"500" example:"A stolen laptop" doc:"Kept in the security log; the person is told"`
		RemoveFactors bool   `json:"remove_factors,omitempty" doc:"Also remove authenticator app, recovery codes and passkeys, for somebody who lost them or whose thief added their own"`
	}
}

// endSessions signs a customer out everywhere, and tells them. What they may do when they sign in again is as before; what they had begun, such
// as a change of address, is void. With RemoveFactors they sign in with their password alone, or set a new one by mail.
func (s *service) endSessions(ctx context.Context, in *endSessionsInput) error {
	reason, err := cleanReason(in.Body.Reason)
	if err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, changesByOperator, access.From(ctx).ID.String()); err != nil {
		return err
	}
	return s.DB.System(ctx, "end the sessions of a person", func(tx *db.SystemTx) error {
		who, err := findEnabled(tx, access.From(ctx).ID)
		if err != nil {
			return err
		}
		email, err := s.UserEmail(ctx, tx, in.ID)
		if err != nil {
			return fmt.Errorf("find the person: %w", err)
		}
		if err := s.SignOutEverywhere(ctx, tx, in.ID); err != nil {
			return err
		}
		if in.Body.RemoveFactors {
			if err := s.RemoveFactors(ctx, tx, in.ID); err != nil {
				return err
			}
		}
		detail := map[string]any{"reason": reason, "removed_factors": in.Body.RemoveFactors}
		if err := audit.RecordSecurity(as(ctx, who), tx, "user.end_sessions", "user:"+in.ID.String(), detail); err != nil {
			return err
		}
		err = s.Mail.Send(ctx, tx, s.signedOutMail(email, reason, in.Body.RemoveFactors))
		if err != nil && fault.From(err).Code == "mail_off" {
			return nil // a thief is signed out whether or not somebody can be told
		}
		return err
	})
}
