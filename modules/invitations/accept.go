package invitations

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

// accept joins as the person who is signed in. The link must be there as well as the address: an address that somebody else vouches for, such
// as an identity provider, is not enough, and neither is the link in other hands.
func (e *entrance[Session, Tenant]) accept(ctx context.Context, in *tokenInput) (*Tenant, error) {
	if err := e.Limits.Take(ctx, acceptByToken, in.Body.Token); err != nil {
		return nil, err
	}
	var out *Tenant
	err := e.DB.System(ctx, "accept an invitation", func(tx *db.SystemTx) error {
		p, err := e.findTx(tx, in.Body.Token)
		if err != nil {
			return err
		}
		person, enabled, err := e.Person(ctx, tx, access.From(ctx).ID)
		if err != nil {
			return err
		}
		if !enabled {
			return session.ErrExpired
		}
		if person.Email != p.Email {
			return errNotYours
		}
		if usable, err := e.usableTx(ctx, tx, p, in.Body.Token); err != nil || !usable {
			return err
		}
		if err := e.redeemTx(ctx, tx, p, person.ID); err != nil {
			return err
		}
		tenant, err := e.TenantOf(ctx, tx, p.TenantID, person.ID)
		out = &tenant
		return err
	})
	if err == nil && out == nil {
		err = onetime.ErrLink
	}
	return out, err
}
