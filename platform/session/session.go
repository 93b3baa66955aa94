// Package session keeps who is signed in: sessions with an idle and an absolute end, and refresh tokens that rotate at every use.
package session

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/secret"
)

// The audiences: who a session is for. A session of one is unknown to the other.
const (
	App      = "app"
	Operator = "operator"
)

// lifetime says when a session ends by itself. The ends are written, and judged here, by the application's clock. SQL that asks whether a session
// is over goes by the database's: where the clocks differ, an access token of a session at its absolute end works that much longer or shorter.
type lifetime struct {
	absolute time.Duration // after sign-in, whatever happens
	idle     time.Duration // after the last refresh
}

var lifetimes = map[string]lifetime{
	App:      {absolute: 30 * 24 * time.Hour, idle: 7 * 24 * time.Hour},
	Operator: {absolute: 12 * time.Hour, idle: time.Hour},
}

// ErrExpired is the answer to every refresh token that does not work, whatever the reason.
var ErrExpired = fault.New(fault.Unauthenticated, "session_expired", "You have been signed out. Sign in again.")

// Service starts, refreshes and ends sessions. All state is in the database, so any replica serves any session.
type Service struct {
	db      *db.DB
	root    secret.Root
	now     func() time.Time
	onReuse func(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error
}

// New returns the service.
func New(d *db.DB, root secret.Root, now func() time.Time) *Service {
	return &Service{db: d, root: root, now: now}
}

// OnReuse sets what happens, in a transaction of its own, after a session was ended because its refresh token was replayed, such as a mail to
// its owner. Call it before the first request. The session stays ended whatever fn returns; its error goes to the log.
func (s *Service) OnReuse(fn func(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error) {
	s.onReuse = fn
}

// Started is a new session.
type Started struct {
	Session uuid.UUID
	Refresh string    // the refresh token, for a cookie; it is stored only as a hash
	Expires time.Time // when the token ends if it is never used
}

// Proof is how somebody proved who they are.
type Proof struct {
	Method       string // the way of it, such as "password", "passkey" or the key of an identity provider
	SecondFactor bool   // two factors were proved: what somebody knows and what they have
}

// StartTx starts a session for the subject. Every sign-in gets a session and a token of its own; nothing the client sent becomes part of them.
func (s *Service) StartTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID, proof Proof) (Started, error) {
	life, known := lifetimes[audience]
	if !known {
		return Started{}, fmt.Errorf("start a session: unknown audience %q", audience)
	}
	now := s.now()
	return s.insert(ctx, tx, row{audience, subject, now, now.Add(life.absolute), proof})
}

// row is what a new session begins with.
type row struct {
	audience       string
	subject        uuid.UUID
	created, until time.Time
	proof          Proof
}

func (s *Service) insert(ctx context.Context, tx *db.SystemTx, r row) (Started, error) {
	now, origin := s.now(), access.OriginFrom(ctx)
	started := Started{Session: db.NewID(), Refresh: secret.NewToken()}
	started.Expires = earlier(r.until, now.Add(lifetimes[r.audience].idle))
	err := tx.Exec(`
		WITH started AS (
			INSERT INTO sessions (id, audience, subject_id, created_at, last_used_at, expires_at, ip, user_agent, method, second_factor, proved_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id)
		INSERT INTO refresh_tokens (hash, session_id, created_at) SELECT ?, id, ? FROM started`,
		started.Session, r.audience, r.subject, r.created, now, r.until, origin.IP, origin.UserAgent, r.proof.Method, r.proof.SecondFactor, now,
		hashToken(started.Refresh), now).Error
	if err != nil {
		return Started{}, fmt.Errorf("start a session: %w", err)
	}
	return started, nil
}

// ProveTx notes that the subject of a live session proved again who they are. The session goes on under a new id and token, with its old
// absolute end and with a second factor that it had; whoever holds the old ones is out. A session that is over is ErrExpired.
func (s *Service) ProveTx(ctx context.Context, tx *db.SystemTx, audience string, session, subject uuid.UUID, proof Proof) (Started, error) {
	var old struct {
		CreatedAt, ExpiresAt time.Time
		SecondFactor         bool
	}
	ended := tx.Raw(`UPDATE sessions SET ended_at = ?, end_reason = 'replaced'
		WHERE id = ? AND audience = ? AND subject_id = ? AND ended_at IS NULL AND expires_at > ? RETURNING created_at, expires_at, second_factor`,
		s.now(), session, audience, subject, s.now()).Scan(&old)
	if ended.Error != nil {
		return Started{}, fmt.Errorf("replace a session: %w", ended.Error)
	}
	if ended.RowsAffected == 0 {
		return Started{}, ErrExpired
	}
	proof.SecondFactor = proof.SecondFactor || old.SecondFactor
	return s.insert(ctx, tx, row{audience, subject, old.CreatedAt, old.ExpiresAt, proof})
}

// EndAllTx ends every session of the subject, as after a new password or when the account is disabled.
func (s *Service) EndAllTx(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error {
	err := tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = 'ended_all'
		WHERE audience = ? AND subject_id = ? AND ended_at IS NULL`, s.now(), audience, subject).Error
	if err != nil {
		return fmt.Errorf("end all sessions: %w", err)
	}
	return nil
}

// EndByRefresh ends the session that the refresh token belongs to. A token that belongs to none is no error: the caller is signed out either way.
func (s *Service) EndByRefresh(ctx context.Context, audience, refresh string) error {
	if len(refresh) != tokenLength {
		return nil
	}
	err := s.db.System(ctx, "sign out", func(tx *db.SystemTx) error {
		return tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = 'signed_out'
			WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = ?) AND audience = ? AND ended_at IS NULL`,
			s.now(), hashToken(refresh), audience).Error
	})
	if err != nil {
		return fmt.Errorf("end the session of a refresh token: %w", err)
	}
	return nil
}

// Live is what a living session says of its subject.
type Live struct {
	ProvedAt     time.Time
	SecondFactor bool
}

// LiveTx returns the session of the audience and subject, and whether it has neither ended nor passed its absolute end.
func (s *Service) LiveTx(ctx context.Context, tx *db.SystemTx, audience string, session, subject uuid.UUID) (Live, bool, error) {
	var live Live
	found := tx.Raw(`SELECT proved_at, second_factor FROM sessions
		WHERE id = ? AND audience = ? AND subject_id = ? AND ended_at IS NULL AND expires_at > ?`,
		session, audience, subject, s.now()).Scan(&live)
	if found.Error != nil {
		return Live{}, false, fmt.Errorf("look for a session: %w", found.Error)
	}
	return live, found.RowsAffected == 1, nil
}

// PurgeTx deletes the sessions, with their tokens, that ended, idled out or passed their absolute end more than 30 days ago, and returns how
// many there were. Until then they can be looked into.
func (s *Service) PurgeTx(ctx context.Context, tx *db.SystemTx) (int64, error) {
	before, purged := s.now().Add(-30*24*time.Hour), int64(0)
	for audience, life := range lifetimes {
		done := tx.Exec(`DELETE FROM sessions WHERE audience = ? AND (expires_at < ? OR ended_at < ? OR last_used_at < ?)`,
			audience, before, before, before.Add(-life.idle))
		if done.Error != nil {
			return 0, fmt.Errorf("purge sessions: %w", done.Error)
		}
		purged += done.RowsAffected
	}
	return purged, nil
}

// tokenLength is that of secret.NewToken and of a derived successor.
const tokenLength = 43

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// next derives the token that replaces the given one. Because it is derived, it can be handed out again within the grace although only hashes are stored.
func (s *Service) next(token string) string {
	mac := hmac.New(sha256.New, s.root.Key("session/successor"))
	mac.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
