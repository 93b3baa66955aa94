package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/limit"
)

// FamiliarTx reports whether the subject signed in from the client address in the time that sessions are kept (see PurgeTx). Addresses are
// compared as limits do: those of one IPv6 network are one, because a client changes them as it likes.
func (s *Service) FamiliarTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID, ip string) (bool, error) {
	if ip == "" {
		return false, nil
	}
	var known []string
	err := tx.Raw(`SELECT DISTINCT ip FROM sessions WHERE audience = ? AND subject_id = ? AND ip <> ''`, audience, subject).Scan(&known).Error
	if err != nil {
		return false, fmt.Errorf("look for an address: %w", err)
	}
	here := limit.Address(ip)
	return slices.ContainsFunc(known, func(other string) bool { return limit.Address(other) == here }), nil
}
