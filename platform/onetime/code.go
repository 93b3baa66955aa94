package onetime

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/secret"
)

// MaxTries is how often a code may be tried for one challenge, the right try included.
const MaxTries = 5

const codeDigits = 6

// IssueCodeTx makes a code of six digits of the kind for the subject, and voids the one before it. The challenge goes to whoever asks and
// names the try; the code goes to the mailbox. Both are needed to redeem it. The payload is as with IssueTx.
func (s *Service) IssueCodeTx(ctx context.Context, tx *db.SystemTx, kind, subject string, ttl time.Duration, payload any) (challenge, code string, err error) {
	data, err := json.Marshal(payload)
	if err != nil {
		return "", "", fmt.Errorf("encode the payload of a one-time code: %w", err)
	}
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", "", fmt.Errorf("draw a code: %w", err)
	}
	challenge, code = secret.NewToken(), fmt.Sprintf("%0*d", codeDigits, number)
	if err := s.store(tx, kind, subject, hashToken(challenge), s.hashCode(challenge, code), data, ttl); err != nil {
		return "", "", err
	}
	return challenge, code, nil
}

// ConsumeCode redeems a code, fills payload (a pointer, or nil) and returns its subject; of parallel tries with the right code one succeeds. A wrong try is
// counted for good, whatever its caller does next, and after MaxTries the challenge is dead. Every failure is ErrCode.
func (s *Service) ConsumeCode(ctx context.Context, kind, challenge, code string, payload any) (subject string, err error) {
	if len(challenge) != tokenLength || len(code) != codeDigits {
		return "", ErrCode
	}
	var redeemed *row
	err = s.db.System(ctx, "redeem a one-time code", func(tx *db.SystemTx) error {
		redeemed, err = s.try(tx, kind, challenge, code)
		return err
	})
	if err != nil {
		return "", err
	}
	// Only now, with the count committed, may the answer be an error.
	if redeemed == nil {
		return "", ErrCode
	}
	if payload != nil {
		if err := json.Unmarshal(redeemed.Payload, payload); err != nil {
			return "", fmt.Errorf("decode the payload of a one-time code: %w", err)
		}
	}
	return redeemed.Subject, nil
}

// row is a stored code.
type row struct {
	Subject  string
	CodeHash []byte
	Payload  []byte
}

// try returns the code's row when the try is right, and nil when it is not.
func (s *Service) try(tx *db.SystemTx, kind, challenge, code string) (*row, error) {
	var r row
	hash := hashToken(challenge)
	// The update locks the row: parallel tries are counted one after the other.
	found := tx.Raw(`
		UPDATE one_time_tokens SET tries = tries + 1
		WHERE hash = ? AND kind = ? AND code_hash IS NOT NULL AND tries < ? AND expires_at > ?
		RETURNING subject, code_hash, payload`, hash, kind, MaxTries, s.now()).Scan(&r)
	if found.Error != nil {
		return nil, fmt.Errorf("count a try of a one-time code: %w", found.Error)
	}
	if found.RowsAffected == 0 || subtle.ConstantTimeCompare(r.CodeHash, s.hashCode(challenge, code)) != 1 {
		return nil, nil
	}
	if err := tx.Exec(`DELETE FROM one_time_tokens WHERE hash = ?`, hash).Error; err != nil {
		return nil, fmt.Errorf("spend a one-time code: %w", err)
	}
	return &r, nil
}
