package apikeys

import (
	"context"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

const (
	mostNoted = 8 // uses that are written down at the same time; what comes on top is noted at the next use
	noteLimit = 5 * time.Second
)

// noteUse writes down that a key is in use, beside the request. Its failure is nothing to the request.
func (s *service) noteUse(ctx context.Context, key access.Actor) {
	select {
	case s.noting <- struct{}{}:
	default:
		return
	}
	ctx = access.With(context.WithoutCancel(ctx), key)
	go func() {
		defer func() { <-s.noting }()
		ctx, cancel := context.WithTimeout(ctx, noteLimit)
		defer cancel()
		err := s.DB.One(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE api_keys SET last_used_at = now()
				WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= now() - interval '1 minute')`, key.ID).Error
		})
		if err != nil {
			s.Log.WarnContext(ctx, "note the use of an API key", "error", err)
		}
	}()
}
