package factors

import (
	"errors"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
)

const passkeyTable = "passkeys"

// Passkey is a key pair of a person's device or password manager, of which we keep the public half.
type Passkey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name" example:"Phone" doc:"What its owner calls it"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"Missing until it is used for the first time"`
	Synced     bool       `json:"synced" gorm:"-" doc:"Whether it is backed up, so that losing one device does not lose it"`

	UserID       uuid.UUID `json:"-"`
	CredentialID []byte    `json:"-"`
	PublicKey    []byte    `json:"-"` // in COSE form
	SignCount    uint32    `json:"-"`
	Flags        uint8     `json:"-"` // of the authenticator data, as they were at the last use
	Transports   string    `json:"-"` // separated by spaces
	AAGUID       []byte    `json:"-" gorm:"column:aaguid"`
}

// TableName is the table of the model.
func (Passkey) TableName() string { return passkeyTable }

// AfterFind fills what follows from the columns.
func (p *Passkey) AfterFind(*gorm.DB) error {
	p.Synced = protocol.AuthenticatorFlags(p.Flags).HasBackupState()
	return nil
}

// Location is the address of the passkey.
func (p Passkey) Location() string { return "/me/passkeys/" + p.ID.String() }

// credential is the passkey as the ceremonies know it.
func (p Passkey) credential() webauthn.Credential {
	c := webauthn.Credential{
		ID: p.CredentialID, PublicKey: p.PublicKey, Flags: webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(p.Flags)),
		Authenticator: webauthn.Authenticator{AAGUID: p.AAGUID, SignCount: p.SignCount},
	}
	for transport := range strings.FieldsSeq(p.Transports) {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(transport))
	}
	return c
}

// newPasskey is what we keep of a credential that was made.
func newPasskey(user uuid.UUID, name string, c *webauthn.Credential, now time.Time) Passkey {
	var transports []string
	for _, t := range c.Transport {
		if word := string(t); len(word) <= 20 && !strings.ContainsFunc(word, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) && len(transports) < 8 {
			transports = append(transports, word)
		}
	}
	flags := c.Flags.ProtocolValue()
	return Passkey{
		ID: db.NewID(), Name: name, CreatedAt: now, Synced: flags.HasBackupState(), UserID: user,
		CredentialID: c.ID, PublicKey: c.PublicKey, SignCount: c.Authenticator.SignCount, Flags: uint8(flags),
		Transports: strings.Join(transports, " "), AAGUID: c.Authenticator.AAGUID,
	}
}

func passkeysOf(tx *db.SystemTx, user uuid.UUID) ([]Passkey, error) {
	var list []Passkey
	err := tx.Where("user_id = ?", user).Order("created_at, id").Find(&list).Error
	return list, err
}

// findPasskey looks a credential up that its owner named themselves for. Both must match.
func findPasskey(tx *db.SystemTx, credential []byte, user uuid.UUID) (Passkey, bool, error) {
	var p Passkey
	err := tx.Where("credential_id = ? AND user_id = ?", credential, user).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Passkey{}, false, nil
	}
	return p, err == nil, err
}

// holder is a person in a ceremony. The user handle is the id: it says nothing about the person, and stays when name and address change.
type holder struct {
	Person
	passkeys []Passkey
}

// WebAuthnID is the user handle.
func (h holder) WebAuthnID() []byte { return h.ID[:] }

// WebAuthnName tells accounts apart in the browser's list.
func (h holder) WebAuthnName() string { return h.Email }

// WebAuthnDisplayName is for the eye.
func (h holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials are the passkeys of the person.
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(h.passkeys))
	for i, p := range h.passkeys {
		list[i] = p.credential()
	}
	return list
}
