package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var (
	errToSelf   = fault.New(fault.Invalid, "transfer_to_self", "You are the owner already. Choose somebody else.")
	errDisabled = fault.New(fault.Conflict, "member_disabled", "This person cannot sign in. Choose somebody else.")
)

type transferInput struct {
	Body struct {
		UserID uuid.UUID `json:"user_id" doc:"The member who becomes owner"`
	}
}

// transfer makes a member owner in place of the actor, who becomes an admin: both or neither.
func (s *service) transfer(ctx context.Context, in *transferInput) error {
	actor := access.From(ctx)
	if in.Body.UserID == actor.ID {
		return errToSelf
	}
	if err := s.limitNotices(ctx); err != nil {
		return err
	}
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		pair, err := s.lockTx(ctx, tx, in.Body.UserID)
		switch {
		case err != nil:
			return err
		case !pair.actor.owner || !pair.actor.may.Has(TenantSecurity):
			return errAboveOwn
		case !pair.active:
			return errDisabled
		}
		if err := setRoleTx(tx, in.Body.UserID, RoleRef{Role: access.Owner}); err != nil {
			return err
		}
		if err := setRoleTx(tx, actor.ID, RoleRef{Role: access.Admin}); err != nil {
			return err
		}
		detail := map[string]any{"from": pair.actor.email, "was": pair.member.RoleName}
		if err := pair.record(ctx, tx, "tenant.transfer", detail); err != nil {
			return err
		}
		return s.Queue.Enqueue(ctx, tx, ownersNotice{Event: ownershipGiven, By: pair.actor.email, Member: pair.member.Email, Also: pair.actor.email})
	})
}
