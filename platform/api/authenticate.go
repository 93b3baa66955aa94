package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/fault"
	"saaskit/platform/token"
)

// maxBearer bounds the work that an unverified token can cause; ours are a tenth of it.
const maxBearer = 4096

var (
	errNoToken  = fault.New(fault.Unauthenticated, "unauthenticated", "Sign in to do this.")
	errBadToken = fault.New(fault.Unauthenticated, "invalid_token", "The access token is not valid.")
)

// authenticate finds out who acts. Every way out that is not a complete actor is an error.
func (a *API) authenticate(ctx context.Context, r Rule, authorization string) (access.Actor, error) {
	audience := r.audience()
	if audience == "" {
		return access.Actor{}, nil
	}
	raw, err := bearer(authorization)
	if err != nil {
		return access.Actor{}, err
	}
	if !strings.Contains(raw, ".") { // no JWT
		return a.bearsKey(ctx, audience, raw)
	}
	actorOf := a.cfg.Actors[audience]
	if a.cfg.Verify == nil || actorOf == nil {
		return access.Actor{}, fmt.Errorf("nobody can act as %q here", audience)
	}
	claims, err := a.cfg.Verify(ctx, raw, audience)
	if err != nil {
		return access.Actor{}, a.notGenuine(ctx, err)
	}
	if claims.Audience != audience {
		return access.Actor{}, errBadToken.Wrap(fmt.Errorf("audience %q where %q is needed", claims.Audience, audience))
	}
	actor, err := actorOf(ctx, claims)
	if err != nil {
		return access.Actor{}, err
	}
	if err := complete(audience, claims, actor); err != nil {
		return access.Actor{}, errWrongActor.Wrap(err)
	}
	return actor, nil
}

// notGenuine is the answer to a token that does not verify. It comes after the signature was looked at, which is cheap and needs no database:
// whoever has a good token gets in from an address where others try out bad ones.
func (a *API) notGenuine(ctx context.Context, why error) error {
	if fault.From(why).Code != errBadToken.Code {
		return why
	}
	if err := a.failed.check(ctx); err != nil {
		return err
	}
	a.failed.count(ctx, why)
	return why
}

// bearsKey finds out which API key acts.
func (a *API) bearsKey(ctx context.Context, audience, raw string) (access.Actor, error) {
	if audience != AudienceApp || a.cfg.APIKey == nil {
		return access.Actor{}, errBadToken
	}
	key := digest(sha256.Sum256([]byte(raw)))
	if err := a.failed.checkKey(ctx, key); err != nil {
		return access.Actor{}, err
	}
	actor, err := a.cfg.APIKey(ctx, raw)
	a.failed.tried(ctx, key, err)
	if err != nil {
		return access.Actor{}, err
	}
	if actor.Kind != access.APIKey || !present(actor.ID) || !present(actor.Tenant) || present(actor.Session) {
		return access.Actor{}, errWrongActor.Wrap(errors.New("an API key's actor is incomplete"))
	}
	return actor, nil
}

// Readmit decides anew whether the caller may call the operation of ctx, and returns ctx with the actor as they are now. It is for operations
// that wait: what was allowed when the request came may no longer be.
func Readmit(ctx context.Context) (context.Context, error) {
	record := RecordFrom(ctx)
	if record.api == nil {
		return ctx, errNoRule
	}
	actor, err := record.api.authenticate(ctx, record.rule, record.authorization)
	if err != nil {
		return ctx, err
	}
	record.Actor = actor
	if err := record.api.admit(record.rule, actor); err != nil {
		return ctx, err
	}
	return access.With(ctx, actor), nil
}

// complete reports an actor that does not belong to the claims, whatever made it.
func complete(audience string, c token.Claims, actor access.Actor) error {
	want := access.User
	if audience == AudienceOperator {
		want = access.Operator
	}
	switch {
	case actor.Kind != want:
		return fmt.Errorf("actor of kind %q for audience %q", actor.Kind, audience)
	case !present(actor.ID) || actor.ID != c.Subject:
		return errors.New("actor is not the token's subject")
	case actor.Session != c.Session:
		return errors.New("actor is not of the token's session")
	case present(actor.Tenant) && actor.Tenant != c.Tenant:
		return errors.New("actor is not in the token's tenant")
	}
	return nil
}

func bearer(authorization string) (string, error) {
	if authorization == "" {
		return "", errNoToken
	}
	scheme, raw, found := strings.Cut(authorization, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || raw == "" || len(raw) > maxBearer {
		return "", errBadToken
	}
	return raw, nil
}

func present(id uuid.UUID) bool { return id != uuid.Nil }
