package apikeys

import (
	"context"

	"saaskit/platform/db"
)

// countCall counts a request of the key that acts, in a transaction of its own, and refuses it when the month has no more. Nothing that a client
// sends makes two requests one.
func (s *service) countCall(ctx context.Context) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error { return s.Plans.Record(ctx, tx, APICalls, 1, "") })
}
