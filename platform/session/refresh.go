package session

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// Grace is how long after its use a refresh token still yields the same successor: two tabs, a lost answer and a retry all end with one token.
const Grace = 10 * time.Second

// Refreshed is a session that goes on, with the token for the next time.
type Refreshed struct {
	Session uuid.UUID
	Subject uuid.UUID
	Refresh string
	Expires time.Time // when the token ends if it is never used
}

// Refresh spends a refresh token of the audience and returns its successor. Within Grace the same token yields the same successor. A replay
// after the grace, or of a token whose successor was spent too, means that two parties hold the chain (RFC 9700, 4.14.2): the session ends and the
// security log says so. Whatever does not work is ErrExpired.
func (s *Service) Refresh(ctx context.Context, audience, refresh string) (Refreshed, error) {
	if len(refresh) != tokenLength {
		return Refreshed{}, ErrExpired
	}
	var out outcome
	err := s.db.System(ctx, "refresh a session", func(tx *db.SystemTx) (err error) {
		out, err = s.refreshTx(ctx, tx, audience, refresh)
		return err
	})
	// Only now, with a revocation committed, may the answer be an error.
	switch {
	case err != nil:
		return Refreshed{}, err
	case out.reused && s.onReuse != nil:
		return Refreshed{}, ErrExpired.Wrap(s.db.System(ctx, "tell of a replayed refresh token", func(tx *db.SystemTx) error {
			return s.onReuse(ctx, tx, audience, out.Subject)
		}))
	case !out.works:
		return Refreshed{}, ErrExpired
	}
	return out.Refreshed, nil
}

// outcome is what became of a refresh token, once what it caused is written.
type outcome struct {
	Refreshed
	works, reused bool
}

type liveSession struct {
	ID         uuid.UUID
	SubjectID  uuid.UUID
	ExpiresAt  time.Time
	LastUsedAt time.Time
}

// refreshTx returns no error for a token that does not work, so that what it wrote is committed.
func (s *Service) refreshTx(ctx context.Context, tx *db.SystemTx, audience, refresh string) (outcome, error) {
	now, hash := s.now(), hashToken(refresh)
	var live liveSession
	// The lock makes parallel refreshes of one session take turns.
	found := tx.Raw(`
		SELECT id, subject_id, expires_at, last_used_at FROM sessions
		WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = ?) AND audience = ? AND ended_at IS NULL
		FOR UPDATE`, hash, audience).Scan(&live)
	if found.Error != nil {
		return outcome{}, fmt.Errorf("find the session of a refresh token: %w", found.Error)
	}
	life := lifetimes[audience]
	if found.RowsAffected == 0 || !now.Before(live.ExpiresAt) || !now.Before(live.LastUsedAt.Add(life.idle)) {
		return outcome{}, nil
	}
	// Read only now that the turn is ours: before, another refresh may have been at work.
	var state struct {
		UsedAt         *time.Time
		SuccessorSpent bool
	}
	err := tx.Raw(`
		SELECT t.used_at, coalesce(n.used_at IS NOT NULL, false) AS successor_spent
		FROM refresh_tokens t LEFT JOIN refresh_tokens n ON n.parent = t.hash WHERE t.hash = ?`, hash).Scan(&state).Error
	if err != nil {
		return outcome{}, fmt.Errorf("read a refresh token: %w", err)
	}
	switch {
	case state.UsedAt == nil:
		err = s.rotate(tx, live.ID, hash, hashToken(s.next(refresh)), now)
	case state.SuccessorSpent || now.Sub(*state.UsedAt) > Grace:
		err = s.revoke(ctx, tx, audience, live)
		return outcome{reused: true, Refreshed: Refreshed{Subject: live.SubjectID}}, err
	}
	if err != nil {
		return outcome{}, err
	}
	return outcome{works: true, Refreshed: Refreshed{
		Session: live.ID, Subject: live.SubjectID, Refresh: s.next(refresh),
		Expires: earlier(live.ExpiresAt, now.Add(life.idle)),
	}}, nil
}

func (s *Service) rotate(tx *db.SystemTx, session uuid.UUID, spent, successor []byte, now time.Time) error {
	err := tx.Exec(`UPDATE refresh_tokens SET used_at = ? WHERE hash = ?`, now, spent).Error
	if err == nil {
		err = tx.Exec(`
			WITH head AS (INSERT INTO refresh_tokens (session_id, hash, parent, created_at) VALUES (?, ?, ?, ?))
			UPDATE sessions SET last_used_at = ? WHERE id = ?`,
			session, successor, spent, now, now, session).Error
	}
	if err != nil {
		return fmt.Errorf("rotate a refresh token: %w", err)
	}
	return nil
}

// subjects begin the names of whom a session is for, in the security log.
var subjects = map[string]string{App: "user:", Operator: "operator:"}

func (s *Service) revoke(ctx context.Context, tx *db.SystemTx, audience string, live liveSession) error {
	err := tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = 'refresh_reused' WHERE id = ? AND ended_at IS NULL`, s.now(), live.ID).Error
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return audit.RecordSecurity(ctx, tx, "session.refresh_reused", subjects[audience]+live.SubjectID.String(), map[string]any{"session": live.ID.String()})
}
