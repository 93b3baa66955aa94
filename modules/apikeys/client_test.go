package apikeys_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
)

type fields = map[string]any

// key is what a client knows of a key.
type key struct {
	ID        uuid.UUID
	Name      string
	Prefix    string
	Scopes    []string
	CreatedBy struct {
		ID   uuid.UUID
		Name string
	} `json:"created_by"`
	CreatedAt     time.Time  `json:"created_at"`
	ExpiresAt     *time.Time `json:"expires_at"`
	LastUsedAt    *time.Time `json:"last_used_at"`
	RevokedAt     *time.Time `json:"revoked_at"`
	RevokedReason string     `json:"revoked_reason"`
}

type created struct {
	Key    key `json:"api_key"`
	Secret string
}

type page struct {
	Items      []key
	NextCursor string `json:"next_cursor"`
}

func mint(t *testing.T, a *apptest.Actor, body fields) (c created) {
	t.Helper()
	a.Post(t, "/api-keys", body).Status(t, 201).JSON(t, &c)
	return c
}

func list(t *testing.T, a *apptest.Actor) []key {
	t.Helper()
	var p page
	a.Get(t, "/api-keys?limit=100").Status(t, 200).JSON(t, &p)
	return p.Items
}

func at(k *apptest.Actor) string { return "/api-keys/" + k.ID.String() }

// scan reads one value as a superuser.
func scan[T any](t *testing.T, app *apptest.App, query string, args ...any) (value T) {
	t.Helper()
	if err := app.Admin.QueryRowContext(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// revocation is the longest that a key may outlive its end, on any replica.
const revocation = time.Second

// refused repeats the request until it is answered with the problem. A request that begins later than the promised time must not get through.
func refused(t *testing.T, what string, k *apptest.Actor, status int, code string) {
	t.Helper()
	for ended := time.Now(); ; {
		began := time.Now()
		r := k.Get(t, "/notes")
		if r.StatusCode == status {
			r.Problem(t, status, code)
			return
		}
		if began.Sub(ended) > revocation {
			t.Fatalf("%s: after %s still %d: %s", what, began.Sub(ended), r.StatusCode, r.Body)
		}
	}
}
