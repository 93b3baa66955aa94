package invitations

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/session"
)

type acceptNewInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the mailed link"`
		Name     string `json:"name" minLength:"1" maxLength:"100" example:"Ada Lovelace"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters; any character counts"`
	}
}

// acceptNew makes an account for whoever proved with the link to read the mailbox, joins and signs in. An account that exists is never touched.
func (e *entrance[Session, Tenant]) acceptNew(ctx context.Context, in *acceptNewInput) (*Session, error) {
	if err := password.Check(in.Body.Password, in.Body.Name); err != nil {
		return nil, err
	}
	if err := e.Limits.Take(ctx, acceptByToken, in.Body.Token); err != nil {
		return nil, err
	}
	// Hashing is slow: it happens before the transaction, and only for a link that works.
	if _, err := e.look(ctx, in.Body.Token); err != nil {
		return nil, err
	}
	hash, err := e.Passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	person := uuid.Nil
	err = e.DB.System(ctx, "accept an invitation with a new account", func(tx *db.SystemTx) (err error) {
		person, err = e.acceptNewTx(ctx, tx, in, hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	if person == uuid.Nil {
		return nil, onetime.ErrLink
	}
	return e.SignIn(ctx, person, session.Proof{Method: "invitation"})
}

// acceptNewTx returns the new person, or nobody when the invitation was voided.
func (e *entrance[Session, Tenant]) acceptNewTx(ctx context.Context, tx *db.SystemTx, in *acceptNewInput, hash string) (uuid.UUID, error) {
	p, err := e.findTx(tx, in.Body.Token)
	if err != nil {
		return uuid.Nil, err
	}
	if err := password.Check(in.Body.Password, in.Body.Name, p.Email); err != nil {
		return uuid.Nil, err // the rollback leaves the link as it was, for another try
	}
	if usable, err := e.usableTx(ctx, tx, p, in.Body.Token); err != nil || !usable {
		return uuid.Nil, err
	}
	if _, taken, err := e.PersonAt(ctx, tx, p.Email); err != nil {
		return uuid.Nil, err
	} else if taken {
		return uuid.Nil, errAccount
	}
	person, err := e.SignUp(ctx, tx, p.Email, in.Body.Name, hash)
	if fault.From(err) != nil && fault.From(err).Kind == fault.Conflict {
		return uuid.Nil, errAccount // somebody signed up with it just now
	}
	if err != nil {
		return uuid.Nil, err
	}
	ctx = access.With(ctx, access.Actor{Kind: access.User, ID: person, Label: p.Email})
	return person, e.redeemTx(ctx, tx, p, person)
}
