package session

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// Info is a live session as its subject sees it.
type Info struct {
	ID         uuid.UUID
	Method     string
	IP         string
	UserAgent  string
	CreatedAt  time.Time // when its subject signed in
	LastUsedAt time.Time
	ExpiresAt  time.Time // when it ends if it is not used: the earlier of its idle and its absolute end
}

// mostListed bounds a list. A person with more sessions ends the others all at once.
const mostListed = 100

// ListTx returns the subject's live sessions, the one used last first.
func (s *Service) ListTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) ([]Info, error) {
	var list []Info
	now, idle := s.now(), lifetimes[audience].idle
	err := tx.Raw(`SELECT id, method, ip, user_agent, created_at, last_used_at, expires_at FROM sessions
		WHERE audience = ? AND subject_id = ? AND ended_at IS NULL AND expires_at > ? AND last_used_at > ?
		ORDER BY last_used_at DESC, id DESC LIMIT ?`, audience, subject, now, now.Add(-idle), mostListed).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	for i := range list {
		list[i].ExpiresAt = earlier(list[i].ExpiresAt, list[i].LastUsedAt.Add(idle))
	}
	return list, nil
}

// EndTx ends one session of the subject, and reports whether there was one to end.
func (s *Service) EndTx(ctx context.Context, tx *db.SystemTx, audience string, subject, session uuid.UUID) (bool, error) {
	done := tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = 'ended'
		WHERE id = ? AND audience = ? AND subject_id = ? AND ended_at IS NULL`, s.now(), session, audience, subject)
	if done.Error != nil {
		return false, fmt.Errorf("end a session: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// EndOthersTx ends every session of the subject but the one to keep, and returns how many there were.
func (s *Service) EndOthersTx(ctx context.Context, tx *db.SystemTx, audience string, subject, keep uuid.UUID) (int64, error) {
	done := tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = 'ended_all'
		WHERE audience = ? AND subject_id = ? AND id <> ? AND ended_at IS NULL`, s.now(), audience, subject, keep)
	if done.Error != nil {
		return 0, fmt.Errorf("end the other sessions: %w", done.Error)
	}
	return done.RowsAffected, nil
}
