package factors

import (
	"context"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

// proof is what the use of a passkey shows: that the person has the device and that the device knows the person.
var proof = session.Proof{Method: methodPasskey, SecondFactor: true}

type usePasskeyInput struct {
	Body struct {
		Credential map[string]any `json:"credential" doc:"What PublicKeyCredential.toJSON() of the browser gives"`
	}
}

// answer is what the browser signed.
func (in *usePasskeyInput) answer() (*protocol.ParsedCredentialAssertionData, error) {
	raw, err := written(in.Body.Credential)
	if err != nil {
		return nil, err
	}
	return protocol.ParseCredentialRequestResponseBytes(raw)
}

// claimed is whose passkey the answer says it is. The signature has to show it.
func claimed(answer *protocol.ParsedCredentialAssertionData) (uuid.UUID, error) {
	user, err := uuid.FromBytes(answer.Response.UserHandle)
	if err == nil && user == uuid.Nil {
		err = errors.New("the user handle is empty")
	}
	return user, err
}

// used notes the use of a passkey whose signature was right. A counter that did not move on is that of a copy: of two uses with the same counter
// one is refused, also when they come at once.
func (s *service) used(ctx context.Context, p Passkey, verified *webauthn.Credential, answered *protocol.ParsedCredentialAssertionData, refusal *fault.Error) error {
	counted, count := false, answered.Response.AuthenticatorData.Counter
	err := s.DB.System(ctx, "note the use of a passkey", func(tx *db.SystemTx) error {
		before := tx.Table(passkeyTable).Where("id = ? AND sign_count < ?", p.ID, count)
		if count == 0 { // this authenticator does not count
			before = tx.Table(passkeyTable).Where("id = ? AND sign_count = 0", p.ID)
		}
		moved := before.Updates(map[string]any{"sign_count": count, "flags": uint8(verified.Flags.ProtocolValue()), "last_used_at": s.Now()})
		if moved.Error != nil {
			return moved.Error
		}
		if counted = moved.RowsAffected == 1; counted {
			return nil
		}
		return s.suspect(ctx, tx, p)
	})
	if err == nil && !counted {
		return refusal.Wrap(errors.New("the counter of the passkey did not move on, or it was removed"))
	}
	return err
}

// tellAgainAfter is how often the owner of a copied passkey hears of it.
const tellAgainAfter = 24 * time.Hour

// suspect records that the counter of a passkey went backwards, and tells its owner. One that was just removed is no cause for alarm.
func (s *service) suspect(ctx context.Context, tx *db.SystemTx, p Passkey) error {
	if _, still, err := findPasskey(tx, p.CredentialID, p.UserID); err != nil || !still {
		return err
	}
	if err := audit.RecordSecurity(ctx, tx, "user.suspect_passkey", target(p.UserID), map[string]any{"passkey": p.ID, "name": p.Name}); err != nil {
		return err
	}
	now := s.Now()
	first := tx.Table(passkeyTable).Where("id = ? AND (suspected_at IS NULL OR suspected_at < ?)", p.ID, now.Add(-tellAgainAfter)).Update("suspected_at", now)
	if first.Error != nil || first.RowsAffected == 0 {
		return first.Error
	}
	person, err := s.Person(ctx, tx, p.UserID)
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, s.passkeyCopiedMail(person.Email))
}
