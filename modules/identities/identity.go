package identities

import (
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/oidc"
)

// Identity is who a person is at a provider.
type Identity struct {
	ID         uuid.UUID `json:"id"`
	Provider   string    `json:"provider" example:"google" doc:"Key of the provider"`
	Email      string    `json:"email" example:"ada@example.com" doc:"Address at the provider when it was last used; it may be another one than yours here"`
	LinkedAt   time.Time `json:"linked_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	UserID     uuid.UUID `json:"-"`
	Issuer     string    `json:"-"`
	Subject    string    `json:"-"`
}

// find returns the identity of somebody at a provider, and whether anybody has it. Others who ask for the same one wait until the
// transaction ends, so that a person who comes twice at once gets one account.
func find(tx *db.SystemTx, p oidc.Person) (Identity, bool, error) {
	// The lengths are part of the key, so that no two pairs make one.
	if err := tx.Exec("SELECT pg_advisory_xact_lock(hashtextextended(length(?::text) || ':' || ? || ?, 7))", p.Issuer, p.Issuer, p.Subject).Error; err != nil {
		return Identity{}, false, err
	}
	var found []Identity
	err := tx.Where("issuer = ? AND subject = ?", p.Issuer, p.Subject).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return Identity{}, false, err
	}
	return found[0], true, nil
}

// add keeps who the person is at the provider.
func (s *service) add(tx *db.SystemTx, user uuid.UUID, provider string, p oidc.Person) error {
	now := s.Now()
	return tx.Create(&Identity{
		ID: db.NewID(), UserID: user, Provider: provider, Issuer: p.Issuer, Subject: p.Subject, Email: shown(p.Email), LinkedAt: now, LastUsedAt: now,
	}).Error
}

// used notes that the identity proved its person.
func (s *service) used(tx *db.SystemTx, id uuid.UUID, p oidc.Person) error {
	return tx.Table("identities").Where("id = ?", id).Updates(map[string]any{"email": shown(p.Email), "last_used_at": s.Now()}).Error
}
