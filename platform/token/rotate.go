package token

import (
	"context"
	"fmt"
	"time"

	"saaskit/platform/db"
)

// JWKS returns the public keys as a JSON Web Key Set (RFC 7517): those that sign, those that will, and those whose tokens still live.
// The answer may be kept for JWKSLife.
func (s *Service) JWKS(ctx context.Context) ([]byte, error) {
	set, err := s.keys.current(ctx)
	if err != nil {
		return nil, err
	}
	return set.jwks, nil
}

// Rotate makes a new signing key, publishes it at once and lets it sign when every cached copy of the published keys has expired; the old
// keys retire when their last token has ended. While a new key is still waiting it does nothing, so that two calls make one key.
func (s *Service) Rotate(ctx context.Context) error {
	var set *keyset
	err := s.keys.db.System(ctx, "rotate signing keys", func(tx *db.SystemTx) (err error) {
		if err = s.keys.lock(tx); err != nil {
			return err
		}
		if set, err = s.keys.read(tx); err != nil {
			return err
		}
		now := s.now()
		if len(set.ordered) > 0 && set.ordered[0].signsFrom.After(now) {
			return nil
		}
		signsFrom := now
		if len(set.ordered) > 0 {
			signsFrom = now.Add(signsAfter)
		}
		if err = s.keys.retire(tx, set, signsFrom.Add(retiresAfter)); err != nil {
			return err
		}
		if err = s.keys.create(tx, now, signsFrom); err != nil {
			return err
		}
		set, err = s.keys.read(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("rotate signing keys: %w", err)
	}
	s.keys.loading.Lock()
	defer s.keys.loading.Unlock()
	s.keys.replace(s.keys.set.Load(), set)
	return nil
}

// retire gives the keys of the set an end, and deletes those that have passed theirs.
func (r *keyring) retire(tx *db.SystemTx, set *keyset, at time.Time) error {
	err := tx.Exec(`DELETE FROM signing_keys WHERE retire_at <= ?`, r.now()).Error
	for _, k := range set.ordered {
		if err == nil {
			err = tx.Exec(`UPDATE signing_keys SET retire_at = ? WHERE kid = ? AND retire_at IS NULL`, at, k.kid).Error
		}
	}
	if err != nil {
		return fmt.Errorf("retire signing keys: %w", err)
	}
	return nil
}
