package apptest

import (
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
)

// Key makes an API key in the name of a member who may, and returns a client that sends it: its ID is the key's, its Token the secret.
func (a *Actor) Key(tb testing.TB, scopes ...access.Permission) *Actor {
	tb.Helper()
	var made struct {
		Key    struct{ ID uuid.UUID } `json:"api_key"`
		Secret string
	}
	a.Post(tb, "/api-keys", map[string]any{"name": "Key of a test", "scopes": scopes}).Status(tb, 201).JSON(tb, &made)
	key := a.app.newActor(tb)
	key.ID, key.Tenant, key.Token = made.Key.ID, a.Tenant, made.Secret
	return key
}
