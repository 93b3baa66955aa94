package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

// SignOutEverywhereTx ends every session of a person, disabled or not, and voids what waits to become one or to change the account: a sign-in
// without its second factor, a link to set a password, a change of address.
func SignOutEverywhereTx(ctx context.Context, tx *db.SystemTx, sessions *session.Service, oneTime *onetime.Service, user uuid.UUID) error {
	if _, _, err := lockAccountTx(tx, user); err != nil {
		return err
	}
	if err := sessions.EndAllTx(ctx, tx, session.App, user); err != nil {
		return err
	}
	for _, kind := range []string{kindChallenge, kindReset, kindEmail} {
		if err := oneTime.VoidTx(ctx, tx, kind, user.String()); err != nil {
			return err
		}
	}
	return nil
}
