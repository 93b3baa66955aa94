package session

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/token"
)

// rightsAtOnce is how many reads of rights run at once. Their tokens are genuine, so this only smooths peaks.
const rightsAtOnce = 32

// Rights remembers for a moment who the bearer of a token is. Requests of one session in one tenant share one read; a failure is never remembered.
type Rights struct {
	memory *Memory[token.Claims, access.Actor]
}

// NewRights returns a cache in front of load, which reads from the database whether the session is alive and what its subject may do.
func NewRights(load func(context.Context, token.Claims) (access.Actor, error), now func() time.Time) *Rights {
	about := func(id uuid.UUID, c token.Claims, _ *access.Actor) bool {
		return id == c.Session || id == c.Subject || id == c.Tenant
	}
	return &Rights{memory: NewMemory(rightsAtOnce, load, about, now)}
}

// Actor returns who the bearer of c is, read at most RightsLife ago.
func (r *Rights) Actor(ctx context.Context, c token.Claims) (access.Actor, error) {
	return r.memory.Get(ctx, c)
}

// Forget drops what is remembered of a person, a session or a tenant: who asks from now on has it read again. The zero id means everything.
func (r *Rights) Forget(id uuid.UUID) { r.memory.Forget(id) }
