package session

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// HolderTx returns the session whose refresh token this is, used or not; zero when there is none. It says who sits at a browser, not that
// they may still do anything: see LiveTx.
func (s *Service) HolderTx(ctx context.Context, tx *db.SystemTx, audience, refresh string) (uuid.UUID, error) {
	if len(refresh) != tokenLength {
		return uuid.Nil, nil
	}
	var found []uuid.UUID
	err := tx.Raw(`SELECT s.id FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id WHERE r.hash = ? AND s.audience = ?`,
		hashToken(refresh), audience).Scan(&found).Error
	if err != nil {
		return uuid.Nil, fmt.Errorf("look for the session of a refresh token: %w", err)
	}
	if len(found) == 0 {
		return uuid.Nil, nil
	}
	return found[0], nil
}
