package factors

import (
	"context"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/onetime"
)

// maxPasskeys is how many one person may have.
const maxPasskeys = 30

var (
	errRefused = fault.New(fault.Invalid, "passkey_refused", "This passkey was not accepted. Start again.")
	errTooMany = fault.New(fault.Conflict, "too_many_passkeys", "You have as many passkeys as one person can have. Remove one first.")
)

// addOptions tells the browser how to make a passkey, and which ones the person has already.
func (s *service) addOptions(ctx context.Context, _ *struct{}) (*Options, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, changesByPerson, actor.ID.String()); err != nil {
		return nil, err
	}
	who, err := s.holder(ctx, actor.ID)
	if err != nil {
		return nil, err
	}
	creation, data, err := s.passkeys.BeginRegistration(who,
		webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()),
		webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()))
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, s.adding, actor.Session.String(), begun{Data: *data, Session: actor.Session}, creation.Response)
}

type addPasskeyInput struct {
	Body struct {
		Name       string         `json:"name" minLength:"1" maxLength:"100" example:"Phone"`
		Credential map[string]any `json:"credential" doc:"What PublicKeyCredential.toJSON() of the browser gives"`
	}
}

// addPasskey keeps the passkey that the browser made. It answers every reason not to alike; the log tells them apart.
func (s *service) addPasskey(ctx context.Context, in *addPasskeyInput) (*Passkey, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, changesByPerson, actor.ID.String()); err != nil {
		return nil, err
	}
	data, err := s.takeOf(ctx, s.adding, actor.Session)
	if err != nil {
		return nil, refused(err, errRefused)
	}
	made, err := s.made(actor.ID, data, in.Body.Credential)
	if err != nil {
		return nil, errRefused.Wrap(err)
	}
	out := newPasskey(actor.ID, name, made, s.Now())
	return &out, s.keepPasskey(ctx, &out)
}

// made checks the answer of the browser and returns the credential in it.
func (s *service) made(user uuid.UUID, data webauthn.SessionData, credential map[string]any) (*webauthn.Credential, error) {
	raw, err := written(credential)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(raw)
	if err != nil {
		return nil, err
	}
	return s.passkeys.CreateCredential(holder{Person: Person{ID: user}}, data, parsed)
}

func (s *service) keepPasskey(ctx context.Context, p *Passkey) error {
	return s.DB.System(ctx, "add a passkey", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		has, err := passkeysOf(tx, p.UserID)
		if err != nil {
			return err
		}
		if len(has) >= maxPasskeys {
			return errTooMany
		}
		// An id that somebody has, the person themselves included, is never taken over.
		kept := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "credential_id"}}, DoNothing: true}).Create(p)
		if kept.Error != nil {
			return kept.Error
		}
		if kept.RowsAffected == 0 {
			return errRefused
		}
		if err := audit.RecordSecurity(ctx, tx, "user.add_passkey", target(p.UserID), map[string]any{"passkey": p.ID, "name": p.Name}); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.passkeyAddedMail(person.Email))
	})
}

// holder is the person with their passkeys.
func (s *service) holder(ctx context.Context, user uuid.UUID) (h holder, err error) {
	err = s.DB.System(ctx, "list the passkeys of a person", func(tx *db.SystemTx) error {
		if h.Person, err = s.Person(ctx, tx, user); err != nil {
			return err
		}
		h.passkeys, err = passkeysOf(tx, user)
		return err
	})
	return h, err
}

// refused turns a challenge that does not work into the answer; other errors stay what they are.
func refused(err error, answer *fault.Error) error {
	if errors.Is(err, onetime.ErrLink) {
		return answer.Wrap(err)
	}
	return err
}
