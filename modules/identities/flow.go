package identities

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/oidc"
	"saaskit/platform/onetime"
	"saaskit/platform/secret"
)

const (
	kindFlow = "identities.flow"
	flowLife = 10 * time.Minute
)

// intent is what somebody goes to a provider for.
type intent string

const (
	toSignIn intent = "sign_in"
	toLink   intent = "link"
	toProve  intent = "reauthenticate"
)

// errFlow is the one answer to a return from a provider that belongs to nothing this browser began.
var errFlow = fault.New(fault.Invalid, "flow_invalid", "This took too long, or was begun in another browser. Start again.")

// flow is somebody's way to a provider and back. What is secret about it is in the browser only, see secrets.
type flow struct {
	Provider string    `json:"provider"`
	Intent   intent    `json:"intent"`
	Next     string    `json:"next"`
	User     uuid.UUID `json:"user"` // who began it; zero for a sign-in
	Session  uuid.UUID `json:"session"`
	Tenant   uuid.UUID `json:"tenant"`
}

// secrets are what binds a flow to its browser. All of them come from the flow's cookie, of which the database keeps nothing else than name, a
// digest: who can read the database can neither redeem a code nor replay an ID token.
type secrets struct{ name, nonce, verifier string }

func secretsOf(cookie string) secrets {
	derive := func(label string) string {
		mac := hmac.New(sha256.New, []byte(cookie))
		mac.Write([]byte(label))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return secrets{name: derive("name"), nonce: derive("nonce"), verifier: derive("verifier")}
}

// Started tells where to go.
type Started struct {
	URL string `json:"url" example:"https://accounts.google.com/o/oauth2/v2/auth?client_id=..." doc:"Address at the provider; send the browser there"`
}

// begin makes the way to the provider for the actor of ctx, or for whoever is about to sign in.
func (s *service) begin(ctx context.Context, key string, to intent, next string) (*Started, error) {
	provider, known := s.Providers.Find(key)
	if !known {
		return nil, errNoProvider
	}
	cookie := secret.NewToken()
	own := secretsOf(cookie)
	actor := access.From(ctx)
	f := flow{Provider: key, Intent: to, Next: safeNext(next), User: actor.ID, Session: actor.Session, Tenant: actor.Tenant}
	// The provider is asked first: no transaction waits for it, and a provider that is away leaves nothing behind.
	question := oidc.Question{State: placeholder, Nonce: own.nonce, Verifier: own.verifier, Fresh: to == toProve}
	if _, err := provider.Address(ctx, question); err != nil {
		return nil, err
	}
	err := s.DB.System(ctx, "begin a way to a provider", func(tx *db.SystemTx) (err error) {
		question.State, err = s.OneTime.IssueTx(ctx, tx, kindFlow, own.name, flowLife, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	address, err := provider.Address(ctx, question)
	if err != nil {
		return nil, err
	}
	s.flow.Set(ctx, cookie, s.Now().Add(flowLife))
	return &Started{URL: address}, nil
}

// placeholder stands for a state while a provider is only asked whether it is there.
const placeholder = "-"

// take spends the flow of the state, which this browser must have begun. It is spent whatever follows: a state that comes back in another
// browser has leaked.
func (s *service) take(ctx context.Context, state string) (f flow, own secrets, err error) {
	own = secretsOf(s.flow.Get(ctx))
	name := ""
	err = s.DB.System(ctx, "return from a provider", func(tx *db.SystemTx) (err error) {
		name, err = s.OneTime.ConsumeTx(ctx, tx, kindFlow, state, &f)
		return err
	})
	if errors.Is(err, onetime.ErrLink) {
		return flow{}, secrets{}, errFlow
	}
	if err != nil {
		return flow{}, secrets{}, err
	}
	if subtle.ConstantTimeCompare([]byte(name), []byte(own.name)) != 1 {
		return flow{}, secrets{}, errFlow
	}
	s.flow.Clear(ctx)
	return f, own, nil
}
