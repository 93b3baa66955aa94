package api

import (
	"context"
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
	actorOf := a.cfg.Actors[audience]
	if a.cfg.Verify == nil || actorOf == nil {
		return access.Actor{}, fmt.Errorf("nobody can act as %q here", audience)
	}
	claims, err := a.cfg.Verify(ctx, raw, audience)
	if err != nil {
		return access.Actor{}, err
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
