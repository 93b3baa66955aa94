package factors

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/onetime"
)

// challengeLife is how long a challenge works.
const challengeLife = 5 * time.Minute

// maxCredential bounds what a browser may send, in bytes. The largest attestations are around ten thousand.
const maxCredential = 32 << 10

var (
	errOff        = fault.New(fault.Unavailable, "passkeys_off", "Passkeys do not work at this address.")
	errCredential = fault.New(fault.Invalid, "passkey_unreadable", "The passkey cannot be read.")
)

// relyingParty is the product as passkeys know it. Its origin and its domain come from the base URL, never from a request, and every ceremony
// wants to know that the device has recognised its owner: a passkey then stands for two factors.
func relyingParty(baseURL string) (*webauthn.WebAuthn, error) {
	origin, host, err := originOf(baseURL)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: app.Brand, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: challengeLife, TimeoutUVD: challengeLife},
			Registration: webauthn.TimeoutConfig{Timeout: challengeLife, TimeoutUVD: challengeLife},
		},
	})
}

// Options is what a browser is told to begin with.
type Options struct {
	Options map[string]any `json:"options" doc:"For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON in the browser"`
}

// ceremony is one use of passkeys. Its challenges are of no use to any other.
type ceremony struct {
	kind   string
	cookie api.SessionCookie // binds a challenge to the browser that asked for it
}

func newCeremony(name, baseURL string) ceremony {
	return ceremony{kind: "factors.passkey." + name, cookie: api.NewSessionCookie("passkey-"+name, baseURL)}
}

// begun is a ceremony that waits for the browser.
type begun struct {
	Data    webauthn.SessionData `json:"data"`
	Session uuid.UUID            `json:"session"` // that began it; zero for a sign-in
}

// begin remembers the challenge and gives the browser what brings it back. A newer challenge of the same subject voids the older.
func (s *service) begin(ctx context.Context, c ceremony, subject string, b begun, options any) (*Options, error) {
	out := &Options{}
	raw, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("write the options of a passkey: %w", err)
	}
	if err := json.Unmarshal(raw, &out.Options); err != nil {
		return nil, fmt.Errorf("read the options of a passkey: %w", err)
	}
	err = s.DB.System(ctx, "remember the challenge of a passkey", func(tx *db.SystemTx) error {
		token, err := s.OneTime.IssueTx(ctx, tx, c.kind, subject, challengeLife, b)
		if err != nil {
			return err
		}
		c.cookie.Set(ctx, token, s.Now().Add(challengeLife))
		return nil
	})
	return out, err
}

// take spends the challenge that this browser asked for. It is spent whatever follows, and of parallel tries one gets it; the others get onetime.ErrLink.
func (s *service) take(ctx context.Context, c ceremony) (b begun, err error) {
	err = s.DB.System(ctx, "spend the challenge of a passkey", func(tx *db.SystemTx) error {
		_, err := s.OneTime.ConsumeTx(ctx, tx, c.kind, c.cookie.Get(ctx), &b)
		return err
	})
	return b, err
}

// takeOf spends the challenge if the session began it.
func (s *service) takeOf(ctx context.Context, c ceremony, session uuid.UUID) (webauthn.SessionData, error) {
	b, err := s.take(ctx, c)
	if err == nil && b.Session != session {
		err = onetime.ErrLink
	}
	return b.Data, err
}

// written is the credential in the form in which the ceremonies read it.
func written(credential map[string]any) ([]byte, error) {
	raw, err := json.Marshal(credential)
	if err != nil {
		return nil, fmt.Errorf("write a credential: %w", err)
	}
	if len(raw) > maxCredential {
		return nil, errCredential
	}
	return raw, nil
}

func (s *service) usable() error {
	if s.passkeys == nil {
		return errOff.Wrap(s.whyNone)
	}
	return nil
}
