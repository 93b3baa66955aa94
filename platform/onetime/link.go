package onetime

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/secret"
)

// IssueTx makes a token of the kind for the subject that lives for ttl, and voids the one before it. The payload (JSON, or nil) is handed
// back by ConsumeTx; it is stored in the clear, so it must not hold a secret. The token itself is stored only as a hash.
func (s *Service) IssueTx(ctx context.Context, tx *db.SystemTx, kind, subject string, ttl time.Duration, payload any) (token string, err error) {
	data, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("encode the payload of a one-time token: %w", err)
	}
	token = secret.NewToken()
	if err := s.store(tx, kind, subject, hashToken(token), nil, data, ttl); err != nil {
		return "", err
	}
	return token, nil
}

func (s *Service) store(tx *db.SystemTx, kind, subject string, hash, codeHash, payload []byte, ttl time.Duration) error {
	now := s.now()
	err := tx.Exec(`
		INSERT INTO one_time_tokens (kind, subject, hash, code_hash, payload, created_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, subject) DO UPDATE SET hash = excluded.hash, code_hash = excluded.code_hash, tries = 0,
			payload = excluded.payload, created_at = excluded.created_at, expires_at = excluded.expires_at`,
		kind, subject, hash, codeHash, string(payload), now, now.Add(ttl)).Error
	if err != nil {
		return fmt.Errorf("store a one-time token: %w", err)
	}
	return nil
}

// ConsumeTx redeems a token of the kind, fills payload (a pointer, or nil) and returns its subject. However many try at once, one
// succeeds; when tx rolls back the token is unspent. Every other case is ErrLink.
func (s *Service) ConsumeTx(ctx context.Context, tx *db.SystemTx, kind, token string, payload any) (subject string, err error) {
	if len(token) != tokenLength {
		return "", ErrLink
	}
	var row struct {
		Subject string
		Payload []byte
	}
	// The second of two parallel deletes waits for the first, then finds no row.
	found := tx.Raw(`
		DELETE FROM one_time_tokens WHERE hash = ? AND kind = ? AND code_hash IS NULL AND expires_at > ?
		RETURNING subject, payload`, hashToken(token), kind, s.now()).Scan(&row)
	if found.Error != nil {
		return "", fmt.Errorf("consume a one-time token: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return "", ErrLink
	}
	if payload != nil {
		if err := json.Unmarshal(row.Payload, payload); err != nil {
			return "", fmt.Errorf("decode the payload of a one-time token: %w", err)
		}
	}
	return row.Subject, nil
}

// SubjectTx returns the subject of a live token of the kind, for whoever locks the subject before the token is redeemed. The token stays as it
// is. Every other case is ErrLink.
func (s *Service) SubjectTx(ctx context.Context, tx *db.SystemTx, kind, token string) (string, error) {
	if len(token) != tokenLength {
		return "", ErrLink
	}
	var subjects []string
	err := tx.Raw(`SELECT subject FROM one_time_tokens WHERE hash = ? AND kind = ? AND code_hash IS NULL AND expires_at > ?`,
		hashToken(token), kind, s.now()).Scan(&subjects).Error
	if err != nil {
		return "", fmt.Errorf("look for the subject of a one-time token: %w", err)
	}
	if len(subjects) == 0 {
		return "", ErrLink
	}
	return subjects[0], nil
}

// VoidTx makes the subject's live token or code of the kind worthless, if there is one.
func (s *Service) VoidTx(ctx context.Context, tx *db.SystemTx, kind, subject string) error {
	if err := tx.Exec(`DELETE FROM one_time_tokens WHERE kind = ? AND subject = ?`, kind, subject).Error; err != nil {
		return fmt.Errorf("void a one-time token: %w", err)
	}
	return nil
}

// PurgeTx deletes what has expired and returns how many there were. A periodic job calls it; nothing depends on it being on time.
func (s *Service) PurgeTx(ctx context.Context, tx *db.SystemTx) (int64, error) {
	done := tx.Exec(`DELETE FROM one_time_tokens WHERE expires_at <= ?`, s.now())
	if done.Error != nil {
		return 0, fmt.Errorf("purge one-time tokens: %w", done.Error)
	}
	return done.RowsAffected, nil
}

// PendingTx fills payload (a pointer) with that of the subject's live token of the kind, and reports whether there is one. The token stays as it is.
func (s *Service) PendingTx(ctx context.Context, tx *db.SystemTx, kind, subject string, payload any) (bool, error) {
	var row struct{ Payload []byte }
	found := tx.Raw(`SELECT payload FROM one_time_tokens WHERE kind = ? AND subject = ? AND expires_at > ?`, kind, subject, s.now()).Scan(&row)
	if found.Error != nil {
		return false, fmt.Errorf("look for a one-time token: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return false, nil
	}
	if err := json.Unmarshal(row.Payload, payload); err != nil {
		return false, fmt.Errorf("decode the payload of a one-time token: %w", err)
	}
	return true, nil
}
