// Package access says who acts: the actor that authentication or the job runner puts into the context, and the roles and permissions that decide what the actor may do.
package access

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Kind is the sort of actor.
type Kind string

// The kinds of actor. The zero value is nobody: an anonymous request.
const (
	Nobody   Kind = ""
	User     Kind = "user"
	APIKey   Kind = "api_key"
	Operator Kind = "operator"
	Job      Kind = "job"
)

// Actor is who acts, as one value. Only authentication and the job runner make one; input never does.
type Actor struct {
	Kind    Kind
	ID      uuid.UUID // the user, the API key or the operator; zero for a job
	Label   string    // what the audit log calls the actor: the e-mail of a user or an operator, the name of a key; "" for a job
	Session uuid.UUID // the session that signed in; zero for an API key and a job
	Tenant  uuid.UUID // the tenant acted in; zero outside any tenant
	Role    Role      // the user's role in Tenant; Custom for one that the tenant made
	// Permissions is what the actor may do in Tenant, as it was when the rights were read.
	Permissions Set
	// Suspended says that Tenant is suspended: every rule that needs a permission refuses.
	Suspended bool
	// SecondFactorMissing says that Tenant requires a second factor which the session has not proved: every rule that needs a permission refuses.
	SecondFactorMissing bool
	// ReadOnly says that Tenant is read only because a payment failed: every rule that needs a permission refuses to change something, but for
	// those that say otherwise.
	ReadOnly bool
	// ProvedAt is when the user last proved in this session who they are.
	ProvedAt time.Time
}

type actorKey struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From returns who acts in ctx, or the zero Actor (nobody).
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// Origin is where a request came from, for the audit log and for limits.
type Origin struct {
	RequestID string
	IP        string // the trusted client address, canonical text form; "" in a job
	UserAgent string // cut to 200 bytes
}

type originKey struct{}

// WithOrigin returns a context that carries where the request came from.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginFrom returns where the request of ctx came from, or the zero Origin.
func OriginFrom(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
