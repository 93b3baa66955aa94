package identities

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/oidc"
	"saaskit/platform/session"
)

type callbackInput struct {
	Body struct {
		Code  string `json:"code,omitempty" maxLength:"4096" doc:"As the provider gave it"`
		State string `json:"state" maxLength:"200" doc:"As the provider gave it"`
		Iss   string `json:"iss,omitempty" maxLength:"1000" doc:"As the provider gave it (RFC 9207)"`
		Error string `json:"error,omitempty" maxLength:"200" doc:"As the provider gave it"`
	}
}

// Arrival is how a way to a provider ended.
type Arrival[S any] struct {
	Outcome string `json:"outcome" enum:"signed_in,linked,reauthenticated"`
	Session *S     `json:"session,omitempty" doc:"Absent after linking: the session stays as it is"`
	Next    string `json:"next" example:"/t/acme/notes" doc:"Page of the product to go on to; empty for the one that fits"`
}

// outcomes are what came of each intent.
var outcomes = map[intent]string{toSignIn: "signed_in", toLink: "linked", toProve: "reauthenticated"}

var errDenied = fault.New(fault.Invalid, "provider_denied", "You did not sign in at the provider.")

func callback[S any](s *service, door Door[S]) func(context.Context, *callbackInput) (*Arrival[S], error) {
	return func(ctx context.Context, in *callbackInput) (*Arrival[S], error) {
		f, own, err := s.take(ctx, in.Body.State)
		if err != nil {
			return nil, err
		}
		p, err := s.ask(ctx, f, own, in)
		if err != nil {
			return nil, s.refuse(ctx, f, uuid.Nil, err)
		}
		out := &Arrival[S]{Outcome: outcomes[f.Intent], Next: f.Next}
		proof := session.Proof{Method: f.Provider}
		user := f.User
		switch f.Intent {
		case toSignIn:
			if user, err = s.whoIs(ctx, f, p); err == nil {
				out.Session, err = door.SignIn(ctx, user, proof)
			}
		case toLink:
			err = s.link(ctx, f, p)
		case toProve:
			if err = s.confirm(ctx, f, p); err == nil {
				out.Session, err = door.Reauthenticate(actingIn(ctx, f), proof)
			}
		default:
			err = errFlow
		}
		if err != nil {
			return nil, s.refuse(ctx, f, user, err)
		}
		return out, nil
	}
}

// ask has the provider say who came back.
func (s *service) ask(ctx context.Context, f flow, own secrets, in *callbackInput) (oidc.Person, error) {
	provider, known := s.Providers.Find(f.Provider)
	if !known {
		return oidc.Person{}, errFlow
	}
	switch in.Body.Error {
	case "":
	case "server_error", "temporarily_unavailable":
		return oidc.Person{}, oidc.ErrUnavailable
	case "access_denied":
		return oidc.Person{}, errDenied
	default:
		return oidc.Person{}, oidc.ErrAnswer
	}
	return provider.Person(ctx, oidc.Answer{
		Code: in.Body.Code, Issuer: in.Body.Iss, Nonce: own.nonce, Verifier: own.verifier, Fresh: f.Intent == toProve,
	})
}

// refuse records what a return from a provider was refused for. Faults of ours and a second factor that is still to come are no refusals.
func (s *service) refuse(ctx context.Context, f flow, user uuid.UUID, why error) error {
	known := fault.From(why)
	if known.Kind == fault.Internal || known.Kind == fault.Unavailable || known.Code == "second_factor_required" {
		return why
	}
	about := ""
	if user == uuid.Nil {
		user = f.User
	}
	if user != uuid.Nil {
		about = target(user)
	}
	actions := map[intent]string{toSignIn: "user.sign_in_failed", toLink: "user.link_identity_failed", toProve: "user.reauthentication_failed"}
	err := s.DB.System(ctx, "record a refused return from a provider", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, actions[f.Intent], about, map[string]any{"method": f.Provider, "reason": known.Code})
	})
	if err != nil {
		return err
	}
	return why
}

// actingIn returns a context in which the one who began the flow acts.
func actingIn(ctx context.Context, f flow) context.Context {
	return access.With(ctx, access.Actor{Kind: access.User, ID: f.User, Session: f.Session, Tenant: f.Tenant})
}

// actingAs returns a context in which the person acts, who has just shown who they are.
func actingAs(ctx context.Context, p Person) context.Context {
	return access.With(ctx, access.Actor{Kind: access.User, ID: p.ID, Label: p.Email})
}
