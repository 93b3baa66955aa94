package session

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// AgeProofsTx makes the proof of every session of the subject that has not proved a second factor older than any that still counts: from now on
// one factor is not enough.
func (s *Service) AgeProofsTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error {
	err := tx.Exec(`UPDATE sessions SET proved_at = 'epoch'
		WHERE audience = ? AND subject_id = ? AND NOT second_factor AND ended_at IS NULL`, audience, subject).Error
	if err != nil {
		return fmt.Errorf("age the proofs of sessions: %w", err)
	}
	return nil
}

// ForgetSecondFactorTx makes every session of the subject one that has not proved a second factor, because there is none any more.
func (s *Service) ForgetSecondFactorTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error {
	err := tx.Exec(`UPDATE sessions SET second_factor = false
		WHERE audience = ? AND subject_id = ? AND second_factor AND ended_at IS NULL`, audience, subject).Error
	if err != nil {
		return fmt.Errorf("forget the second factor of sessions: %w", err)
	}
	return nil
}
