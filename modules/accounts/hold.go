package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

// Find returns an enabled person; who is not is session.ErrExpired.
func Find(_ context.Context, tx *db.SystemTx, user uuid.UUID) (User, error) {
	found, enabled, err := findUser(tx, user)
	if err == nil && !enabled {
		err = session.ErrExpired
	}
	return found, err
}

// HoldTx is Find for whoever is about to change how the person signs in, here or in another module: they take turns, so that each sees what the
// one before left behind.
func HoldTx(_ context.Context, tx *db.SystemTx, user uuid.UUID) (User, error) {
	held, enabled, err := lockAccountTx(tx, user)
	if err == nil && !enabled {
		err = session.ErrExpired
	}
	return held.User, err
}

// HoldActorTx is HoldTx for what the person does in a session. What ends sessions to make an account safe holds the person too, so only now is
// it sure that the session was not ended meanwhile; one that was is session.ErrExpired.
func HoldActorTx(ctx context.Context, tx *db.SystemTx, sessions *session.Service, actor access.Actor) (User, error) {
	held, err := holdActorTx(ctx, tx, sessions, actor)
	return held.User, err
}

func holdActorTx(ctx context.Context, tx *db.SystemTx, sessions *session.Service, actor access.Actor) (account, error) {
	held, enabled, err := lockAccountTx(tx, actor.ID)
	if err != nil {
		return account{}, err
	}
	_, alive, err := sessions.LiveTx(ctx, tx, session.App, actor.Session, actor.ID)
	if err == nil && (!enabled || !alive) {
		err = session.ErrExpired
	}
	return held, err
}

// holdOwnTx holds the account of the person who acts, in the session in which they do.
func (s *service) holdOwnTx(ctx context.Context, tx *db.SystemTx) (account, error) {
	return holdActorTx(ctx, tx, s.Sessions, access.From(ctx))
}

// holdByLinkTx redeems a mailed link, and holds the account that it is for. The account goes first, as wherever such a link is voided. A link
// that the account has outgrown does not work; neither does one of somebody who is disabled.
func (s *service) holdByLinkTx(ctx context.Context, tx *db.SystemTx, kind, token string, payload interface{ fits(account) bool }) (account, error) {
	subject, err := s.OneTime.SubjectTx(ctx, tx, kind, token)
	if err != nil {
		return account{}, err
	}
	id, err := uuid.Parse(subject)
	if err != nil {
		return account{}, onetime.ErrLink
	}
	held, enabled, err := lockAccountTx(tx, id)
	if err != nil {
		return account{}, err
	}
	if _, err := s.OneTime.ConsumeTx(ctx, tx, kind, token, payload); err != nil {
		return account{}, err
	}
	if !enabled || !payload.fits(held) {
		return account{}, onetime.ErrLink
	}
	return held, nil
}
