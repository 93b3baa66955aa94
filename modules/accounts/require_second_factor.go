package accounts

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

var errSecondFactorHere = fault.New(fault.Forbidden, "second_factor_required_here",
	"You would shut yourself out. Sign in with a second factor first.")

type requireSecondFactorInput struct {
	Body struct {
		Required bool `json:"required" doc:"Whether only sessions that proved a second factor may work in the workspace"`
	}
}

// requireSecondFactor sets the tenant's rule. Who makes it must meet it.
func (s *service) requireSecondFactor(ctx context.Context, in *requireSecondFactorInput) (*CurrentTenant, error) {
	actor, required := access.From(ctx), in.Body.Required
	if required {
		if err := s.needSecondFactor(ctx, actor); err != nil {
			return nil, err
		}
	}
	if err := s.limitNotices(ctx); err != nil {
		return nil, err
	}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		by, err := s.actingTx(ctx, tx)
		if err != nil {
			return err
		}
		if !by.may.Has(TenantSecurity) {
			return errAboveOwn
		}
		changed := tx.Exec("UPDATE tenants SET require_second_factor = ?, updated_at = now() WHERE id = ? AND require_second_factor <> ?",
			required, actor.Tenant, required)
		if changed.Error != nil || changed.RowsAffected == 0 {
			return changed.Error
		}
		detail := map[string]any{"required": required}
		if err := audit.Record(ctx, tx, "tenant.require_second_factor", tenantTarget(actor.Tenant), detail); err != nil {
			return err
		}
		n := ownersNotice{Event: secondFactorDone, By: by.email}
		if required {
			n.Event = secondFactorOn
		}
		return s.Queue.Enqueue(ctx, tx, n)
	})
	if err != nil {
		return nil, err
	}
	return s.currentTenant(ctx, nil)
}

// needSecondFactor refuses an actor whose session has not proved a second factor.
func (s *service) needSecondFactor(ctx context.Context, actor access.Actor) error {
	return s.DB.System(ctx, "look how a session was proved", func(tx *db.SystemTx) error {
		live, alive, err := s.Sessions.LiveTx(ctx, tx, session.App, actor.Session, actor.ID)
		switch {
		case err != nil:
			return err
		case !alive:
			return session.ErrExpired
		case !live.SecondFactor:
			return errSecondFactorHere
		}
		return nil
	})
}
